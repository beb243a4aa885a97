/** What a sweep is held against: activities from one workflow, so many at once, and nothing else. */
import { proxyActivities } from '@temporalio/workflow';

const { noop } = proxyActivities<{ noop(): Promise<number> }>({
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: '30 seconds',
});

export async function bareActivities(count: number, window: number): Promise<number> {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      next++;
      await noop();
    }
  };
  await Promise.all(Array.from({ length: window }, lane));
  return next;
}
