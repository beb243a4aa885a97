/**
 * What we add to Temporal: a backfill of no-op days against bare child workflows with one no-op activity each, the same
 * number of them in the same window, in turn on one server and one worker.
 */
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { openNativeSession } from 'kedro-temporal';
import { createKedroClient } from 'kedro-temporal/client';
import { openDevServer } from 'kedro-temporal/dev';
import { KedroPlugin } from 'kedro-temporal/plugin';
import { median, report } from './measure.ts';

const COUNT = 1_000;
const WINDOW = 50;
const ROUNDS = 3;
const TASK_QUEUE = 'bench';

/** Returns false when the aim is missed. */
export async function benchDurable(): Promise<boolean> {
  Runtime.install({ logger: new DefaultLogger('WARN') });
  await using server = await openDevServer({
    port: 0,
    ui: false,
    environment: { ...process.env, TEMPORAL_ADDRESS: '' },
  });
  const worker = await openWorker(server.address);
  const client = new Client({ connection: await Connection.connect({ address: server.address }) });
  const ratios: number[] = [];
  const each: { bare: number; ours: number } = { bare: 0, ours: 0 };
  await worker.runUntil(async () => {
    for (let round = 0; round <= ROUNDS; round++) {
      const isWarmUp = round === 0;
      const count = isWarmUp ? 100 : COUNT;
      const bare = await timed(() => runBare(client, count, round));
      const ours = await timed(() => runBackfill(client, count, round));
      if (isWarmUp) continue;
      ratios.push(bare / ours);
      each.bare = bare / count;
      each.ours = ours / count;
    }
  });
  const ratio = median(ratios);
  const detail = `${each.ours.toFixed(1)} ms a day, bare ${each.bare.toFixed(1)}`;
  report(
    `durable: backfill of ${COUNT} no-op days against bare children (${detail})`,
    ratio.toFixed(2),
    '>= 0.9',
    ratio >= 0.9,
  );
  return ratio >= 0.9;
}

async function openWorker(address: string): Promise<Worker> {
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

async function runBare(client: Client, count: number, round: number): Promise<void> {
  const done = await client.workflow.execute('bareParent', {
    workflowId: `bare/${round}`,
    taskQueue: TASK_QUEUE,
    args: [count, WINDOW],
  });
  if (done !== count) throw new Error(`${done} of ${count} bare children ran`);
}

async function runBackfill(client: Client, count: number, round: number): Promise<void> {
  const from = Date.UTC(2000, 0, 1);
  const backfill = await createKedroClient(client, { taskQueue: TASK_QUEUE }).startBackfill({
    job: `round-${round}`,
    from: new Date(from).toISOString().slice(0, 10),
    to: new Date(from + count * 86_400_000).toISOString().slice(0, 10),
    concurrency: WINDOW,
    request: { pipelines: ['chain'], runtimeData: { value_0: 1 } },
  });
  const { succeeded } = await backfill.result();
  if (succeeded !== count) throw new Error(`${succeeded} of ${count} days succeeded`);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
