import type { Client } from '@temporalio/client';
import { until } from './stack.ts';

const [WORKFLOW_TASKS, ACTIVITY_TASKS] = [1, 2];

/** Waits until the server lists workers of these identities for both kinds of tasks: a moment after they run. */
export async function untilListed(client: Client, taskQueue: string, identities: readonly string[]): Promise<void> {
  for (const taskQueueType of [WORKFLOW_TASKS, ACTIVITY_TASKS]) {
    await until(async () => {
      const { namespace } = client.options;
      const about = { namespace, taskQueue: { name: taskQueue }, taskQueueType };
      const { pollers } = await client.workflowService.describeTaskQueue(about);
      const listed = new Set((pollers ?? []).map(({ identity }) => identity));
      return identities.every((identity) => listed.has(identity));
    }, `the listing of ${identities}`);
  }
}
