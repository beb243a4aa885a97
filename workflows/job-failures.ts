/** Why something ended badly, inside what Temporal wraps it in. */
import { ApplicationFailure, CancelledFailure, TerminatedFailure, TimeoutFailure } from '@temporalio/common';
import { messageOf } from '../src/core/index.ts';
import type { EndState } from '../src/planner/index.ts';

/** How a run that did not succeed ended. */
export interface BadEnd {
  state: Extract<EndState, 'failed' | 'cancelled'>;
  /** An error code; what is not ours is `RUN_FAILED`, or the type that the user's own failure has. */
  reason: string;
  message: string;
}

/** The reason is inside what Temporal wraps it in: child workflow, then activity. */
export function badEndOf(error: unknown): BadEnd {
  const reason = reasonOf(error);
  if (reason instanceof ApplicationFailure) {
    return { state: 'failed', reason: reason.type ?? 'RUN_FAILED', message: reason.message };
  }
  if (reason instanceof TimeoutFailure) return { state: 'failed', reason: 'RUN_TIMED_OUT', message: reason.message };
  if (reason instanceof CancelledFailure || reason instanceof TerminatedFailure) {
    const how = reason instanceof CancelledFailure ? 'cancelled' : 'terminated';
    return { state: 'cancelled', reason: 'RUN_CANCELLED', message: `The run was ${how} by hand.` };
  }
  return { state: 'failed', reason: 'RUN_FAILED', message: messageOf(reason) };
}

// A timeout is a reason of its own; what a server may put inside is how an earlier attempt ended.
function reasonOf(error: unknown): unknown {
  const isReason = error instanceof ApplicationFailure || error instanceof TimeoutFailure;
  return error instanceof Error && !isReason && error.cause !== undefined ? reasonOf(error.cause) : error;
}
