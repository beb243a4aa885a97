import {
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { ERROR_CODES, type ErrorCode, type ErrorDetails, messageOf, PipelineError } from '../core/index.ts';

/**
 * Asks Temporal about a workflow and speaks of failures in our codes: `RUN_NOT_FOUND`, and what {@link asPipelineError}
 * makes of a workflow that failed. Anything else (the server does not answer) is left as it is.
 */
export async function asked<T>(who: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof WorkflowFailedError) throw asPipelineError(error, who);
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new PipelineError('RUN_NOT_FOUND', `${who} is not known to the server; check the id and the namespace.`, {
      cause: error,
    });
  }
}

/** Why a workflow failed, as one of our errors. */
function asPipelineError(error: unknown, who: string): PipelineError {
  const at = reasonOf(error);
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

// A timeout is a reason of its own; what a server may put inside is how an earlier attempt ended.
function reasonOf(error: unknown): unknown {
  const isReason = error instanceof ApplicationFailure || error instanceof TimeoutFailure;
  return error instanceof Error && !isReason && error.cause !== undefined ? reasonOf(error.cause) : error;
}

function isCode(type: string | undefined | null): type is ErrorCode {
  return typeof type === 'string' && Object.hasOwn(ERROR_CODES, type);
}
