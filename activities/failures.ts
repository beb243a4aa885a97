/**
 * The only place where an error of ours becomes a failure of Temporal's: its type is the code, and whether Temporal tries
 * again is what the error says.
 */
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { isPipelineError } from '../src/core/index.ts';

/** What an activity throws for `error`. A cancel stays a cancel; what is not ours is left to Temporal, which tries again. */
export function toFailure(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted && signal.reason instanceof CancelledFailure) return signal.reason;
  if (!isPipelineError(error)) return error;
  return ApplicationFailure.create({
    message: error.message,
    type: error.code,
    nonRetryable: !error.retryable,
    details: [error.details],
    ...(error.cause instanceof Error ? { cause: error.cause } : {}),
  });
}
