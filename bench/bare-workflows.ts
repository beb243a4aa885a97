/** What a backfill is held against, in the same window: child workflows with one activity each, or activities alone. */
import { executeChild, proxyActivities } from '@temporalio/workflow';

const { noop } = proxyActivities<{ noop(): Promise<number> }>({
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: '30 seconds',
});

export async function bareChild(): Promise<number> {
  return await noop();
}

export async function bareParent(count: number, window: number): Promise<number> {
  let next = 0;
  const lane = async () => {
    while (next < count) await executeChild(bareChild, { workflowId: `bare-${count}/${next++}` });
  };
  await Promise.all(Array.from({ length: window }, lane));
  return next;
}
