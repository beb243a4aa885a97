/**
 * Attempts of a run's parts, from what a history keeps of an activity and what the server says of one that is pending.
 *
 * A history has the last attempt only, with the failure of the one before it. Earlier ones are forgotten, and so left out.
 */
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { RunProgress, RunReport, RunRequest } from '../core/index.ts';
import { decoded, type Failed, failedOf, type HistoryEvent, instantOf } from './history-words.ts';

/** One try of one part. Instants are ISO 8601, UTC. */
export interface RunAttempt {
  /** Name of the part; the pipelines of a run by itself. */
  part: string;
  /** From 1. */
  attempt: number;
  /** `waiting`: for a worker, or for its time after a failure. */
  state: 'waiting' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'timed-out';
  startedAt?: string;
  endedAt?: string;
  /** Identity of the worker. */
  worker?: string;
  error?: Failed;
}

/** One part of a run: one activity. */
export interface RunPart {
  /** Its name; the pipelines of a run by itself. */
  part: string;
  activityId: string;
  request: RunRequest;
  /** The last attempt, where it has ended. */
  attempts: RunAttempt[];
  report?: RunReport;
  failure?: Failed;
  /** As of the last heartbeat, while it is pending. */
  progress?: RunProgress;
}

type Pending = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];

const RUN_ACTIVITY = 'kedro.run';

// Of Temporal's PendingActivityState: STARTED, CANCEL_REQUESTED. Both run.
const RUNNING: readonly unknown[] = [2, 3];

/** The parts of a history, in the order in which they were asked for. `partOf` names the part of a request. */
export async function partsOf(
  client: Client,
  events: readonly HistoryEvent[],
  partOf: (request: RunRequest) => string,
): Promise<RunPart[]> {
  const parts = new Map<string, RunPart>();
  const started = new Map<string, HistoryEvent>();
  for (const event of events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled?.activityType?.name === RUN_ACTIVITY) {
      const [request] = (await decoded(client, scheduled.input?.payloads)) as [RunRequest];
      const activityId = scheduled.activityId ?? '';
      parts.set(String(event.eventId), { activityId, request, part: partOf(request), attempts: [] });
    }
    const start = event.activityTaskStartedEventAttributes;
    if (start != null) started.set(String(start.scheduledEventId), event);
    const end = endOf(event);
    const part = end && parts.get(String(end.scheduledEventId));
    if (end != null && part != null) await addEnd(client, part, started.get(String(end.scheduledEventId)), event);
  }
  return [...parts.values()];
}

function endOf(event: HistoryEvent) {
  return (
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes
  );
}

async function addEnd(
  client: Client,
  part: RunPart,
  start: HistoryEvent | undefined,
  end: HistoryEvent,
): Promise<void> {
  const completed = end.activityTaskCompletedEventAttributes;
  const sent =
    end.activityTaskFailedEventAttributes?.failure ?? end.activityTaskTimedOutEventAttributes?.failure ?? undefined;
  const failure = await failedOf(client, sent);
  if (completed != null) part.report = (await decoded(client, completed.result?.payloads))[0] as RunReport;
  if (failure !== undefined) part.failure = failure;
  const started = start?.activityTaskStartedEventAttributes;
  const state = completed != null ? 'succeeded' : (failure?.kind ?? 'cancelled');
  const attempt = started?.attempt ?? 1;
  await addBefore(client, part, attempt, started?.lastFailure);
  part.attempts.push({
    part: part.part,
    attempt,
    state,
    ...times(instantOf(start?.eventTime), instantOf(end.eventTime)),
    ...(started?.identity ? { worker: started.identity } : {}),
    ...(failure === undefined ? {} : { error: failure }),
  });
}

/** Adds what the server says of the parts that have not ended. */
export async function addPending(
  client: Client,
  parts: readonly RunPart[],
  pending: readonly Pending[],
): Promise<void> {
  for (const each of pending) {
    const part = parts.find(({ activityId }) => activityId === each.activityId);
    if (part === undefined) continue;
    const [progress] = (await decoded(client, each.heartbeatDetails?.payloads)) as [RunProgress?];
    if (Array.isArray(progress?.done)) part.progress = progress;
    const failure = await failedOf(client, each.lastFailure);
    if (failure !== undefined) part.failure = failure;
    addPendingAttempts(part, each, failure);
  }
}

function addPendingAttempts(part: RunPart, each: Pending, failure: Failed | undefined): void {
  const attempt = each.attempt ?? 1;
  const isRunning = RUNNING.includes(each.state);
  const worker = each.lastWorkerIdentity ? { worker: each.lastWorkerIdentity } : {};
  const last = instantOf(each.lastStartedTime);
  if (failure !== undefined && attempt > 1) {
    // While the next one waits, the times are those of the one that failed.
    const told = isRunning ? {} : { ...times(last, instantOf(each.lastAttemptCompleteTime)), ...worker };
    part.attempts.push({ part: part.part, attempt: attempt - 1, state: failure.kind, ...told, error: failure });
  }
  if (isRunning) part.attempts.push({ part: part.part, attempt, state: 'running', ...times(last), ...worker });
  else part.attempts.push({ part: part.part, attempt, state: 'waiting' });
}

async function addBefore(
  client: Client,
  { attempts, part }: RunPart,
  attempt: number,
  sent: Parameters<typeof failedOf>[1],
): Promise<void> {
  const error = attempt > 1 ? await failedOf(client, sent) : undefined;
  if (error !== undefined) attempts.push({ part, attempt: attempt - 1, state: error.kind, error });
}

function times(startedAt?: string, endedAt?: string): { startedAt?: string; endedAt?: string } {
  return { ...(startedAt === undefined ? {} : { startedAt }), ...(endedAt === undefined ? {} : { endedAt }) };
}
