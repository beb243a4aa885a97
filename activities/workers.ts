/** Who the workers of a task queue are. */
import { Context } from '@temporalio/activity';

interface Poller {
  identity?: string | null;
  lastAccessTime?: { seconds?: unknown; nanos?: number | null } | null;
}

// A worker that is alive asks again within a minute; the server lists one that has ended for five.
const SEEN_WITHIN_SECONDS = 90;

const ACTIVITY_TASKS = 2;
const ALL_PARTITIONS = 1;

/** Identities of the workers that have lately asked `taskQueue` for activities, sorted. */
export async function workersOf({ taskQueue }: { taskQueue: string }): Promise<string[]> {
  const { workflowService, options } = Context.current().client;
  const about = { namespace: options.namespace, taskQueue: { name: taskQueue } };
  const asked = { ...about, taskQueueType: ACTIVITY_TASKS };
  const everywhere = { ...about, taskQueueTypes: [ACTIVITY_TASKS], apiMode: ALL_PARTITIONS, reportPollers: true };
  const [root, all] = await Promise.all([
    workflowService.describeTaskQueue(asked),
    // The plain answer is that of one partition of the queue. Servers are about to drop the other one.
    workflowService.describeTaskQueue(everywhere).catch(() => undefined),
  ]);
  const others = Object.values(all?.versionsInfo ?? {}).flatMap(({ typesInfo }) =>
    Object.values(typesInfo ?? {}).flatMap(({ pollers }) => pollers ?? []),
  );
  return seenLately([...(root.pollers ?? []), ...others]);
}

function seenLately(pollers: readonly Poller[]): string[] {
  // By the server's clock, not by ours: this worker is one of them, so the newest is now.
  const newest = Math.max(...pollers.map(seenAt));
  const lately = pollers.filter((each) => newest - seenAt(each) <= SEEN_WITHIN_SECONDS);
  return [...new Set(lately.flatMap(({ identity }) => identity || []))].sort();
}

function seenAt({ lastAccessTime }: Poller): number {
  return Number(lastAccessTime?.seconds ?? 0);
}
