/** The worker that durable benches measure on. */
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { openNativeSession } from 'kedro-temporal';
import { KedroPlugin } from 'kedro-temporal/plugin';

export const TASK_QUEUE = 'bench';

// A process has one, and `npm run bench` measures several things in one.
let hasRuntime = false;

/** A worker with a warm session of ten no-op nodes, our workflows, and the bare ones that ours are held against. */
export async function openWorker(address: string): Promise<Worker> {
  if (!hasRuntime) Runtime.install({ logger: new DefaultLogger('WARN') });
  hasRuntime = true;
  const project = path.join(import.meta.dirname, 'noop');
  return await Worker.create({
    connection: await NativeConnection.connect({ address }),
    taskQueue: TASK_QUEUE,
    workflowBundle: await bundleWorkflowCode({
      workflowsPath: path.join(import.meta.dirname, 'workflows.ts'),
      logger: new DefaultLogger('WARN'),
    }),
    plugins: [new KedroPlugin({ session: () => openNativeSession({ project }) })],
    activities: { noop: async () => 46 },
    maxConcurrentActivityTaskExecutions: 500,
    maxConcurrentWorkflowTaskExecutions: 200,
    maxCachedWorkflows: 2000,
    maxEagerActivityReservationsPerWorkflowTask: 100,
    workflowTaskPollerBehavior: { type: 'simple-maximum', maximum: 20 },
    activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 20 },
  });
}
