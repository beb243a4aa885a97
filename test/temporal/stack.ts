/** A worker with a warm session of the project in `test/projects/temporal`, and a client, for one test. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { inject, onTestFinished } from 'vitest';
import { createKedroClient, type KedroClient } from '../../src/client/index.ts';
import { openNativeSession } from '../../src/index.ts';
import { KedroPlugin, type KedroPluginOptions } from '../../src/plugin/index.ts';
import type { DurableRunOptions } from '../../workflows/index.ts';

export const PROJECT = path.resolve(import.meta.dirname, '../projects/temporal');

/** So that a lost worker, a cancel and a retry show within seconds. */
export const QUICK = {
  heartbeatTimeout: '2 seconds',
  retry: { initialInterval: '100 milliseconds' },
} as const satisfies DurableRunOptions;

/** The SDK says little, and leaves the process' signals alone. Once a process; each test file has its own. */
export function quietRuntime(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => {}),
    telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
    shutdownSignals: [],
  });
}

/** A worker that runs. */
export interface RunningWorker {
  readonly worker: Worker;
  /** Settles when it has ended. */
  readonly ended: Promise<void>;
  /** Twice is fine. */
  stop(): Promise<void>;
}

export interface Stack {
  readonly kedro: KedroClient;
  readonly client: Client;
  readonly address: string;
  readonly taskQueue: string;
  /** A folder of this test's own, where the nodes write. */
  readonly folder: string;
  /** Where large results go. */
  readonly results: string;
  /** Starts a worker (on the same task queue); it ends with the test at the latest. */
  startWorker(options?: Partial<WorkerOptions>, plugin?: Partial<KedroPluginOptions>): Promise<RunningWorker>;
}

/** What a test needs, gone when it is over. `address`: of another server than the common one. */
export async function openStack(address = inject('temporalAddress')): Promise<Stack> {
  const folder = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-run-'));
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  const taskQueue = `test-${crypto.randomUUID()}`;
  const results = path.join(folder, 'results');
  const workers: RunningWorker[] = [];
  onTestFinished(async () => {
    await Promise.allSettled(workers.map((worker) => worker.stop()));
    await connection.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return {
    kedro: createKedroClient(client, { taskQueue }),
    client,
    address,
    taskQueue,
    folder,
    results,
    async startWorker(options = {}, plugin = {}) {
      const session = () => openNativeSession({ project: PROJECT });
      const plugins = [new KedroPlugin({ session, results: { folder: results }, ...plugin })];
      const running = await startWorker(address, { taskQueue, plugins, ...options });
      workers.push(running);
      return running;
    },
  };
}

/** Starts a worker and returns when it polls. */
export async function startWorker(address: string, options: WorkerOptions): Promise<RunningWorker> {
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    workflowBundle: { codePath: inject('workflowBundle') },
    maxHeartbeatThrottleInterval: '200 milliseconds',
    ...options,
  });
  const ended = worker.run().finally(() => connection.close());
  await Promise.race([until(() => worker.getState() !== 'INITIALIZED'), ended]);
  return {
    worker,
    ended,
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}

/** Waits until `check` holds. Fails after `mostMs`, 20 seconds by default. */
export async function until(
  check: () => boolean | Promise<boolean>,
  what = 'what was waited for',
  mostMs = 20_000,
): Promise<void> {
  const deadline = Date.now() + mostMs;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`${what} did not happen`);
    await delay(20);
  }
}

/** A JSON file of the test's folder. */
export async function readJson(...parts: string[]): Promise<unknown> {
  return JSON.parse(await readFile(path.join(...parts), 'utf8'));
}

/** Writes a JSON file in the test's folder. */
export async function writeJson(value: unknown, ...parts: string[]): Promise<void> {
  const file = path.join(...parts);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(value));
}
