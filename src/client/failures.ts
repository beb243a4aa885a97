import { ApplicationFailure, CancelledFailure, TerminatedFailure, TimeoutFailure } from '@temporalio/client';
import { ERROR_CODES, type ErrorCode, type ErrorDetails, messageOf, PipelineError } from '../core/index.ts';

/** What failed at the bottom of a workflow's failure, as one of our errors. */
export function asPipelineError(error: unknown, who: string): PipelineError {
  let at = error;
  while (at instanceof Error && !(at instanceof ApplicationFailure) && at.cause !== undefined) at = at.cause;
  if (at instanceof CancelledFailure)
    return new PipelineError('RUN_CANCELLED', `${who} was cancelled.`, { cause: error });
  if (at instanceof TerminatedFailure)
    return new PipelineError('RUN_CANCELLED', `${who} was terminated.`, { cause: error });
  if (at instanceof TimeoutFailure) {
    return new PipelineError(
      'RUN_TIMED_OUT',
      `${who} timed out: ${at.message}. A worker that stopped, or a limit that is too short?`,
      { cause: error },
    );
  }
  if (at instanceof ApplicationFailure && isCode(at.type)) {
    const [details] = at.details ?? [];
    return new PipelineError(at.type, at.message, {
      cause: error,
      details: (details ?? {}) as ErrorDetails,
      retryable: !at.nonRetryable,
    });
  }
  return new PipelineError('RUN_FAILED', `${who} failed: ${messageOf(at)}`, { cause: error });
}

function isCode(type: string | undefined | null): type is ErrorCode {
  return typeof type === 'string' && Object.hasOwn(ERROR_CODES, type);
}
