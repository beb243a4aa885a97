/**
 * A worker's own task queue, for what is asked of this one and no other: a second, small Worker on the same connection, or on
 * one of its own where the SDK made the first one's.
 */
import { Runtime, Worker } from '@temporalio/worker';
import type { KedroActivities } from '../../activities/index.ts';
import { messageOf, ownTaskQueueOf } from '../core/index.ts';

/** The activities that are about one worker's memory. */
export type OwnActivities = Pick<KedroActivities, 'kedro.preload' | 'kedro.release' | 'kedro.warm'>;

/** Something that goes on until it is stopped. */
export interface OwnQueue {
  /** Takes no more tasks; gives those that run some seconds to hear of their cancel. Never throws. */
  stop(): Promise<void>;
}

export function ownQueueNameOf({ options }: Worker): string {
  return ownTaskQueueOf(options.taskQueue, options.identity);
}

/** Serves the own task queue of `worker`, which has not started to poll yet. */
export async function serveOwnQueue(worker: Worker, activities: OwnActivities): Promise<OwnQueue> {
  // A connection that the SDK made is closed by the worker it was made for, which fails where another one still has it.
  const { connection } = worker;
  const { connection: given, namespace, identity, dataConverter } = worker.options;
  if (connection === undefined) return { stop: async () => {} };
  const own = await Worker.create({
    ...(given === undefined ? {} : { connection }),
    namespace,
    identity,
    taskQueue: ownQueueNameOf(worker),
    activities: { ...activities },
    maxConcurrentActivityTaskExecutions: 10,
    activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 1 },
    // Else a load that does not listen to its signal would hold up the end of the process.
    shutdownForceTime: '5 seconds',
    ...(dataConverter === undefined ? {} : { dataConverter }),
  });
  // The worker itself goes on without it: it only cannot be reached by itself.
  const ended = own.run().catch((error: unknown) => {
    Runtime.instance().logger.warn(`Task queue "${own.options.taskQueue}" is not served any more: ${messageOf(error)}`);
  });
  return {
    async stop() {
      if (own.getState() === 'RUNNING') own.shutdown();
      await ended;
    },
  };
}
