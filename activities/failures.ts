/**
 * The only place where an error of ours becomes a failure of Temporal's: its type is the code, and whether Temporal tries
 * again is what the error says.
 */
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { isPipelineError } from '../src/core/index.ts';

// A failure that is too large to send is no answer at all: the run would go on until it times out, its reason unknown.
const MOST_LETTERS = 10_000;
const MOST_CAUSES = 5;

/** What an activity throws for `error`. A cancel stays a cancel; what is not ours is left to Temporal, which tries again. */
export function toFailure(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted && signal.reason instanceof CancelledFailure) return signal.reason;
  if (!isPipelineError(error)) return error instanceof Error ? cutDown(error) : error;
  return ApplicationFailure.create({
    message: cut(error.message),
    type: error.code,
    nonRetryable: !error.retryable,
    details: JSON.stringify(error.details).length > MOST_LETTERS ? [] : [error.details],
    ...(error.cause instanceof Error ? { cause: cutDown(error.cause) } : {}),
  });
}

/** The error itself when it is short all the way down, else a copy of it that is. */
function cutDown(error: Error, depth = 1): Error {
  const cause = error.cause instanceof Error && depth < MOST_CAUSES ? cutDown(error.cause, depth + 1) : undefined;
  const { message, stack = '' } = error;
  if (cause === error.cause && message.length <= MOST_LETTERS && stack.length <= 2 * MOST_LETTERS) return error;
  const copy = new Error(cut(message), cause === undefined ? undefined : { cause });
  copy.name = error.name;
  copy.stack = cut(stack);
  return copy;
}

function cut(text: string): string {
  return text.length <= MOST_LETTERS ? text : `${text.slice(0, MOST_LETTERS)} … (${text.length} letters)`;
}
