/** What the server remembers of a job's intervals: how each last ended, whichever way it was run. */
import type { Client } from '@temporalio/client';
import type { BackfillReport } from '../../workflows/index.ts';
import type { KnownRuns } from '../backfill/index.ts';
import {
  endedIn,
  type FrozenPlan,
  type IndexSet,
  indexesOf,
  indexOfKey,
  indexSetOf,
  intervalAt,
} from '../planner/index.ts';

/** How the newest run of an interval stands. */
export type PastState = 'succeeded' | 'failed' | 'running';

interface Known {
  at: number;
  state: PastState;
}

const STATES: Record<string, PastState> = {
  RUNNING: 'running',
  CONTINUED_AS_NEW: 'running',
  PAUSED: 'running',
  COMPLETED: 'succeeded',
};

/**
 * Reads the runs of a job from the server's list of workflows, and from the reports of backfills whose intervals had no
 * workflow of their own. The server forgets what is older than the namespace's retention.
 */
export async function pastRuns(client: Client, job: string, plan: FrozenPlan): Promise<KnownRuns> {
  const known = new Map<number, Known>();
  const durations: number[] = [];
  const note = (index: number | undefined, at: number, state: PastState) => {
    if (index === undefined || (known.get(index)?.at ?? -1) > at) return;
    known.set(index, { at, state });
  };
  for await (const run of client.workflow.list({ query: `WorkflowId STARTS_WITH '${job}/'`, pageSize: 1000 })) {
    const at = run.startTime.getTime();
    const rest = run.workflowId.slice(job.length + 1);
    if (run.type === 'backfill') {
      if (run.status.name === 'COMPLETED') await noteReport(client, run.workflowId, run.runId, plan, note);
      continue;
    }
    const state = STATES[run.status.name] ?? 'failed';
    note(indexOfKey(plan, rest), at, state);
    if (state === 'succeeded' && run.closeTime !== undefined) durations.push(run.closeTime.getTime() - at);
  }
  return { ...setsOf(known), durations };
}

async function noteReport(
  client: Client,
  id: string,
  runId: string,
  plan: FrozenPlan,
  note: (index: number | undefined, at: number, state: PastState) => void,
): Promise<void> {
  const report: BackfillReport = await client.workflow.getHandle(id, runId).result();
  if (report.units === 'workflow') return;
  const at = Date.parse(report.startedAt) + report.durationMs;
  const tell = (set: IndexSet, state: PastState) => {
    for (const index of indexesOf(set)) note(indexOfKey(plan, intervalAt(report.intervals, index).key), at, state);
  };
  tell(endedIn(report.outcomes, 'succeeded'), 'succeeded');
  tell(endedIn(report.outcomes, 'failed'), 'failed');
}

function setsOf(known: ReadonlyMap<number, Known>): Omit<KnownRuns, 'durations'> {
  const of = (state: PastState) =>
    indexSetOf([...known].flatMap(([index, each]) => (each.state === state ? [index] : [])));
  return { succeeded: of('succeeded'), failed: of('failed'), running: of('running') };
}
