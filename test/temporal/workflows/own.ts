/** A user's own workflows, ours not among them. */
import { proxyActivities } from '@temporalio/workflow';

const activities = proxyActivities<{ 'kedro.describe'(): Promise<unknown> }>({ startToCloseTimeout: '10 seconds' });

export async function describeOnce(): Promise<unknown> {
  return await activities['kedro.describe']();
}
