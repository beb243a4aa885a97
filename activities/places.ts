/** Places in pools: what needs the server. */
import { Context } from '@temporalio/activity';

/** What `kedro.requestPlace` asks for. */
export interface PlaceInput {
  pool: string;
  /** How many places the pool has. */
  size: number;
  request: { workflowId: string; runId: string; priorityKey: number };
}

/** Asks a pool for a place, and starts the pool where it does not run. Twice is once. */
export async function requestPlace({ pool, size, request }: PlaceInput): Promise<void> {
  const { client, info } = Context.current();
  await client.workflow.signalWithStart('pool', {
    workflowId: `pool/${pool}`,
    taskQueue: info.taskQueue,
    args: [{ size }],
    signal: 'request',
    signalArgs: [request, size],
  });
}

/** The run ids (Temporal's) of those that do not run any more. */
export async function endedRuns({
  runs,
}: {
  runs: readonly { workflowId: string; runId: string }[];
}): Promise<string[]> {
  const { client } = Context.current();
  const ended: string[] = [];
  for (const { workflowId, runId } of runs) {
    try {
      const { status } = await client.workflow.getHandle(workflowId, runId).describe();
      if (status.name !== 'RUNNING' && status.name !== 'PAUSED') ended.push(runId);
    } catch (error) {
      if (!(error instanceof Error && error.name === 'WorkflowNotFoundError')) throw error;
      ended.push(runId);
    }
  }
  return ended;
}
