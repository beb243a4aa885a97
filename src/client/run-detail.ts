/** One durable run: what was asked, how each part goes or went, and what came of it. */
import { type Client, type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';
import type { ScheduledRunReport } from '../../workflows/index.ts';
import { type DatasetRef, type JsonObject, type JsonValue, PipelineError, type RunReport } from '../core/index.ts';
import { mergedReport, type RunInterval } from '../planner/index.ts';
import { boundedMap } from './bounded-map.ts';
import { decoded, type Failed, failedOf, type HistoryEvent } from './history-words.ts';
import { type AskedRun, askedRun } from './run-asked.ts';
import { addPending, partsOf, type RunAttempt, type RunPart } from './run-attempts.ts';
import { type RunStatus, runStateOf } from './run-handle.ts';
import { jobOfRun, RUN_TYPES } from './run-list.ts';
import { nodesOf, type RunNode } from './run-nodes.ts';
import { reached } from './server-calls.ts';

/** See above. Instants are ISO 8601, UTC. */
export interface RunDetail {
  runId: string;
  job?: string;
  interval?: RunInterval;
  state: RunStatus['state'];
  saveVersion?: string;
  startedAt: string;
  endedAt?: string;
  pipelines: string[];
  /** Of all parts, the interval's included. */
  runtimeParams: JsonObject;
  attempts: RunAttempt[];
  nodes: RunNode[];
  /** Parts that have not ended, with what each was asked, and how many nodes it has where a heartbeat has said so. */
  pending: { part: string; request: RunPart['request']; total?: number }[];
  outputs: Record<string, JsonValue>;
  references: Record<string, DatasetRef>;
  saved: DatasetRef[];
  error?: Failed;
}

/** Reads runs, and remembers histories that have not grown since. */
export type RunReader = (runId: string) => Promise<RunDetail>;

// A page that is open follows a few runs.
const MOST_HISTORIES = 50;

interface ReadHistory {
  asked: AskedRun;
  events: readonly HistoryEvent[];
  parts: readonly RunPart[];
}

/** Makes a reader. It throws `RUN_NOT_FOUND` and `SERVER_UNREACHABLE`. */
export function runReader(client: Client): RunReader {
  const histories = boundedMap<string, ReadHistory>(MOST_HISTORIES);
  const historyOf = async (about: WorkflowExecutionDescription): Promise<ReadHistory> => {
    const key = `${about.runId} ${about.historyLength}`;
    const known = histories.get(key);
    if (known !== undefined) return known;
    const history = await readHistory(client, about);
    histories.set(key, history);
    return history;
  };
  const read = async (runId: string): Promise<RunDetail> => {
    const about = await describeRun(client, runId);
    const history = await historyOf(about);
    const other = about.type === 'scheduledRun' ? await runOfSchedule(client, history.events) : undefined;
    if (other !== undefined) return await read(other);
    // What is pending is new each time.
    const parts = history.parts.map((part) => ({ ...part, attempts: [...part.attempts] }));
    await addPending(client, parts, about.raw.pendingActivities ?? []);
    return await detailOf(client, about, { ...history, parts });
  };
  return read;
}

async function describeRun(client: Client, runId: string): Promise<WorkflowExecutionDescription> {
  const unknown = (what: string, cause?: unknown) =>
    new PipelineError(
      'RUN_NOT_FOUND',
      `Run "${runId}" is not known to the server${what}; check the id and the namespace.`,
      {
        ...(cause === undefined ? {} : { cause }),
        details: { runId },
      },
    );
  try {
    const about = await reached(client, () => client.workflow.getHandle(runId).describe());
    if (RUN_TYPES.includes(about.type)) return about;
    throw unknown(` as a run: it is a workflow of type "${about.type}"`);
  } catch (error) {
    throw error instanceof WorkflowNotFoundError ? unknown('', error) : error;
  }
}

async function readHistory(client: Client, { workflowId, runId }: WorkflowExecutionDescription): Promise<ReadHistory> {
  const handle = client.workflow.getHandle(workflowId, runId);
  const events = (await reached(client, () => handle.fetchHistory())).events ?? [];
  const asked = await askedRun(client, workflowId, events);
  return { asked, events, parts: await partsOf(client, events, asked.partOf) };
}

/** The run that a schedule's start has made, or joined. */
async function runOfSchedule(client: Client, events: readonly HistoryEvent[]): Promise<string | undefined> {
  for (const event of events) {
    const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
    if (child?.workflowId) return child.workflowId;
  }
  const end = events.at(-1)?.workflowExecutionCompletedEventAttributes;
  const [report] = (await decoded(client, end?.result?.payloads)) as [ScheduledRunReport?];
  return report?.runId;
}

async function detailOf(
  client: Client,
  about: WorkflowExecutionDescription,
  { asked, events, parts }: ReadHistory,
): Promise<RunDetail> {
  const job = jobOfRun(about);
  const saveVersion = parts[0]?.request.saveVersion;
  const error = await errorOf(client, events.at(-1));
  const reports = parts.flatMap(({ report }) => report ?? []);
  const { outputs, references, saved } = reportOf(about, reports);
  return {
    runId: about.workflowId,
    ...(job === undefined ? {} : { job }),
    ...(asked.interval === undefined ? {} : { interval: asked.interval }),
    state: runStateOf(about.status.name),
    ...(saveVersion === undefined ? {} : { saveVersion }),
    startedAt: about.startTime.toISOString(),
    ...(about.closeTime === undefined ? {} : { endedAt: about.closeTime.toISOString() }),
    pipelines: asked.pipelines,
    runtimeParams: asked.runtimeParams,
    attempts: parts.flatMap(({ attempts }) => attempts),
    nodes: parts.flatMap(nodesOf),
    pending: about.status.name === 'RUNNING' ? parts.filter(isPending).map(pendingOf) : [],
    outputs,
    references,
    saved,
    ...(error === undefined ? {} : { error }),
  };
}

function isPending({ attempts }: RunPart): boolean {
  const last = attempts.at(-1)?.state;
  return last === 'running' || last === 'waiting';
}

function pendingOf({ part, request, progress }: RunPart): RunDetail['pending'][number] {
  return { part, request, ...(progress === undefined ? {} : { total: progress.total }) };
}

/** What the parts that have ended have made. */
function reportOf(
  { workflowId, startTime }: WorkflowExecutionDescription,
  reports: readonly RunReport[],
): Pick<RunReport, 'outputs' | 'references' | 'saved'> {
  const run = { job: { parts: [] }, runId: workflowId, saveVersion: '' };
  return mergedReport(run, reports, startTime.getTime(), 0);
}

async function errorOf(client: Client, last: HistoryEvent | undefined): Promise<Failed | undefined> {
  if (last?.workflowExecutionFailedEventAttributes != null)
    return await failedOf(client, last.workflowExecutionFailedEventAttributes.failure);
  const by = (code: 'RUN_CANCELLED' | 'RUN_TIMED_OUT', message: string): Failed => ({
    code,
    message,
    retryable: code === 'RUN_TIMED_OUT',
    kind: code === 'RUN_CANCELLED' ? 'cancelled' : 'timed-out',
  });
  if (last?.workflowExecutionCanceledEventAttributes != null) return by('RUN_CANCELLED', 'The run was cancelled.');
  const terminated = last?.workflowExecutionTerminatedEventAttributes;
  if (terminated != null) {
    return by('RUN_CANCELLED', `The run was terminated${terminated.reason ? `: ${terminated.reason}` : '.'}`);
  }
  if (last?.workflowExecutionTimedOutEventAttributes == null) return undefined;
  return by('RUN_TIMED_OUT', 'The run took longer than its workflow may.');
}
