/** What workflows ask the server about runs that are not their own, over the Worker's own client. */
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import type { DatasetRef, JsonObject, RunReport } from '../src/core/index.ts';

/** An output of another run, under its name. */
export interface OtherOutput {
  values: JsonObject;
  references: Record<string, DatasetRef>;
}

/** How a run of an id stands. */
export interface OtherRun {
  state: 'running' | 'succeeded' | 'failed' | 'cancelled' | 'unknown';
  /** Why, for one that failed; empty else. */
  message: string;
}

/** What the server says about the newest run of an id. */
export async function otherRun({ runId }: { runId: string }): Promise<OtherRun> {
  try {
    const { status } = await Context.current().client.workflow.getHandle(runId).describe();
    return { state: STATES[status.name] ?? 'running', message: status.name };
  } catch (error) {
    if (isNotFound(error)) return { state: 'unknown', message: 'The server knows no run with this id.' };
    throw error;
  }
}

/**
 * Returns when the newest run of each id has succeeded (or, with `anyEnd`, has ended). Until then it fails retryably, with
 * type `RUN_NOT_DONE`: between two looks Temporal holds the task, not a worker.
 */
export async function awaitRuns({
  runIds,
  anyEnd,
}: {
  runIds: readonly string[];
  anyEnd?: boolean;
}): Promise<OtherRun[]> {
  const runs: OtherRun[] = [];
  for (const runId of runIds) {
    const run = await otherRun({ runId });
    const isDone = anyEnd === true ? run.state !== 'running' : run.state === 'succeeded';
    if (!isDone) throw notDone(runId, run);
    runs.push(run);
  }
  return runs;
}

/** An output of a run that has succeeded: its value, or a reference to it. Throws `RUN_NOT_FOUND` for a run that is not known. */
export async function outputOf({ runId, output }: { runId: string; output: string }): Promise<OtherOutput> {
  const handle = Context.current().client.workflow.getHandle(runId);
  const report = (await reportOf(handle)) as Partial<RunReport> | undefined;
  const value = report?.outputs?.[output];
  if (value !== undefined) return { values: { [output]: value }, references: {} };
  const reference = report?.references?.[output];
  if (reference !== undefined) return { values: {}, references: { [output]: reference } };
  throw ApplicationFailure.create({
    type: 'RUN_NOT_FOUND',
    nonRetryable: true,
    message: `The output "${output}" of the run "${runId}" is not known any more; run that interval again, then this one.`,
  });
}

async function reportOf(handle: WorkflowHandle): Promise<unknown> {
  try {
    const { report } = await handle.query<{ report?: unknown }, []>('progress');
    return report;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/**
 * How many live runs are late: started by a schedule, and waiting for a worker for longer than a second. Looks at twenty of
 * them at most.
 */
export async function lateRuns(): Promise<number> {
  const { client } = Context.current();
  let late = 0;
  let looked = 0;
  const query = `WorkflowType = 'scheduledRun' AND ExecutionStatus = 'Running'`;
  for await (const { workflowId } of client.workflow.list({ query, pageSize: 20 })) {
    if (looked++ >= 20) break;
    if (await isLate(workflowId)) late++;
  }
  return late;
}

/** Lets a schedule run again, with a note that says why. */
export async function unpauseSchedule({ scheduleId, note }: { scheduleId: string; note: string }): Promise<void> {
  await Context.current().client.schedule.getHandle(scheduleId).unpause(note);
}

const LATE_MS = 1_000;

const STATES: Record<string, OtherRun['state']> = {
  RUNNING: 'running',
  CONTINUED_AS_NEW: 'running',
  PAUSED: 'running',
  COMPLETED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'cancelled',
};

async function isLate(workflowId: string): Promise<boolean> {
  const { client } = Context.current();
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  if (isOld(raw.pendingWorkflowTask?.scheduledTime) && raw.pendingWorkflowTask?.startedTime == null) return true;
  for (const child of raw.pendingChildren ?? []) {
    if (child.workflowId == null) continue;
    const { raw: run } = await client.workflow.getHandle(child.workflowId).describe();
    // 1: scheduled, and not with a worker yet. A retry waits for its time, not for a worker.
    const waits = (run.pendingActivities ?? []).some(
      (each) => each.state === 1 && each.attempt === 1 && isOld(each.scheduledTime),
    );
    if (waits) return true;
  }
  return false;
}

function isOld(time: { seconds?: unknown } | null | undefined): boolean {
  return time?.seconds != null && Date.now() - Number(time.seconds) * 1000 > LATE_MS;
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && error.name === 'WorkflowNotFoundError';
}

function notDone(runId: string, { state }: OtherRun): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'RUN_NOT_DONE',
    message: state === 'unknown' ? `The run "${runId}" has not started.` : `The run "${runId}" is ${state}.`,
  });
}
