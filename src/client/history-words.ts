/** What stands in histories, read: payloads, times and failures as the server sends them. */
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { ERROR_CODES, type ErrorCode } from '../core/index.ts';
import { reached } from './server-calls.ts';

/** One event of a history. */
export type HistoryEvent = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

/** A failure as it is sent. */
export type SentFailure = NonNullable<NonNullable<HistoryEvent['workflowExecutionFailedEventAttributes']>['failure']>;

/** A time as it is sent. */
type SentTime = { seconds?: unknown; nanos?: number | null } | null | undefined;

/** Why something failed. The code is ours, or the type that the user's own failure has; `RUN_FAILED` else. */
export interface Failed {
  code: string;
  message: string;
  /** Whether the same request may succeed when it is tried again. */
  retryable: boolean;
  /** How Temporal calls it. */
  kind: 'failed' | 'timed-out' | 'cancelled';
  /** The node that failed, where the error names one. */
  node?: string;
}

/** The values of payloads. */
export async function decoded(client: Client, payloads: readonly Payload[] | null | undefined): Promise<unknown[]> {
  const { payloadConverter, payloadCodecs } = client.options.loadedDataConverter;
  let plain = [...(payloads ?? [])];
  for (const codec of payloadCodecs.toReversed()) plain = await codec.decode(plain);
  return plain.map((payload) => payloadConverter.fromPayload(payload));
}

/** The arguments with which an execution was started. */
export async function firstInput(client: Client, workflowId: string, runId: string): Promise<unknown[]> {
  const { namespace } = client.options;
  const about = { namespace, execution: { workflowId, runId }, maximumPageSize: 1 };
  const { history } = await reached(client, () => client.workflowService.getWorkflowExecutionHistory(about));
  return await decoded(client, history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads);
}

/** Milliseconds since the epoch. */
export function millisOf(time: SentTime): number | undefined {
  if (time?.seconds == null) return undefined;
  return Number(time.seconds) * 1000 + Math.floor((time.nanos ?? 0) / 1e6);
}

/** ISO 8601, UTC. */
export function instantOf(time: SentTime): string | undefined {
  const at = millisOf(time);
  // The server says year 1 for a time that has not come.
  return at === undefined || at <= 0 ? undefined : new Date(at).toISOString();
}

/** The reason is inside what Temporal wraps it in: child workflow, then activity. */
export async function failedOf(client: Client, failure: SentFailure | null | undefined): Promise<Failed | undefined> {
  if (failure == null) return undefined;
  const own = failure.applicationFailureInfo;
  if (own != null) {
    const [details] = (await decoded(client, own.details?.payloads).catch(() => [])) as [{ node?: unknown }?];
    return {
      code: own.type || 'RUN_FAILED',
      message: failure.message ?? '',
      retryable: own.nonRetryable !== true,
      kind: 'failed',
      ...(typeof details?.node === 'string' ? { node: details.node } : {}),
    };
  }
  if (failure.timeoutFailureInfo != null) {
    const message = failure.message || 'timed out';
    return { code: 'RUN_TIMED_OUT', message, retryable: retryableOf('RUN_TIMED_OUT'), kind: 'timed-out' };
  }
  if (failure.canceledFailureInfo != null || failure.terminatedFailureInfo != null) {
    const message = failure.message || 'The run was cancelled.';
    return { code: 'RUN_CANCELLED', message, retryable: false, kind: 'cancelled' };
  }
  if (failure.cause != null) return await failedOf(client, failure.cause);
  return { code: 'RUN_FAILED', message: failure.message ?? '', retryable: true, kind: 'failed' };
}

function retryableOf(code: ErrorCode): boolean {
  return ERROR_CODES[code].retryable;
}
