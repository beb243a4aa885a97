/** The newest durable runs of a task queue. */
import type { Client } from '@temporalio/client';
import { checkJobName } from '../backfill/index.ts';
import { type Execution, newestExecutions, quoted } from './executions.ts';
import { type RunStatus, runStateOf } from './run-handle.ts';

/** Which runs. */
export interface RunListOptions {
  /** Only those of this job. Default: all. */
  job?: string;
  /** Most runs. Default: 100. */
  limit?: number;
}

/** A run, as far as the server's list knows it. Instants are ISO 8601, UTC. */
export interface ListedRun {
  runId: string;
  /** Of a job's run. */
  job?: string;
  state: RunStatus['state'];
  startedAt: string;
  endedAt?: string;
}

/** Workflow types whose workflows are runs: of pipelines, of a job, and what a schedule starts, which starts a job's. */
export const RUN_TYPES: readonly string[] = ['runPipeline', 'runJob', 'scheduledRun'];

/** Newest first. Throws `SERVER_UNREACHABLE`, and `REQUEST_INVALID` for what is no name of a job. */
export async function listRuns(
  client: Client,
  taskQueue: string,
  { job, limit = 100 }: RunListOptions = {},
): Promise<ListedRun[]> {
  if (job !== undefined) checkJobName(job);
  const types = RUN_TYPES.map(quoted).join(', ');
  const ofJob = job === undefined ? '' : ` AND WorkflowId STARTS_WITH ${quoted(`${job}/`)}`;
  const query = `TaskQueue = ${quoted(taskQueue)} AND WorkflowType IN (${types})${ofJob}`;
  // Some of them only stand for another one.
  const found = await newestExecutions(client, query, 2 * limit);
  const parents = new Set(found.flatMap(({ parent }) => parent?.runId ?? []));
  return found
    .filter((each) => each.type !== 'scheduledRun' || isByItself(each, parents))
    .slice(0, limit)
    .map(summaryOf);
}

/** The job of a run's id, where it is a job's run. */
export function jobOfRun({ type, workflowId }: Pick<Execution, 'type' | 'workflowId'>): string | undefined {
  const end = workflowId.indexOf('/');
  return type === 'runPipeline' || end < 1 ? undefined : workflowId.slice(0, end);
}

// A start by a schedule that has made a run is seen as that run, one that had nothing to do not at all.
function isByItself({ runId, status }: Execution, parents: ReadonlySet<string>): boolean {
  return !parents.has(runId) && status !== 'COMPLETED';
}

function summaryOf(execution: Execution): ListedRun {
  const { workflowId, status, startTime, closeTime } = execution;
  const job = jobOfRun(execution);
  return {
    runId: workflowId,
    ...(job === undefined ? {} : { job }),
    state: runStateOf(status),
    startedAt: startTime.toISOString(),
    ...(closeTime === undefined ? {} : { endedAt: closeTime.toISOString() }),
  };
}
