/**
 * A worker of the command line: our plugin, and settings that suit many short runs.
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, makeTelemetryFilterString, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { PipelineSession } from '../core/index.ts';
import { checkListening } from '../dev/index.ts';
import { KedroPlugin } from '../plugin/index.ts';
import { projectServer, type ServerFlags, type SettledServer, settleDevServer, unreachable } from './server.ts';
import { isKedroProject, openSession, type ProjectFlags } from './session.ts';
import { say } from './terminal.ts';
import { workerLog } from './worker-log.ts';

export interface WorkerFlags extends ServerFlags, ProjectFlags {
  preload?: string[];
  maxConcurrentRuns?: number;
}

/** A worker that takes tasks until it is stopped. */
export interface RunningWorker {
  /** Settles when the worker has ended; rejects when it failed. */
  readonly ended: Promise<void>;
  /** Takes no more tasks, gives running ones some seconds, closes the session. Twice is fine. */
  stop(): Promise<void>;
}

/** How a worker is started, where its flags do not say it. */
export interface WorkerStart {
  /** Opens its session; the worker closes it. Default: the one of the project. */
  session?: () => Promise<PipelineSession>;
  /** How long running tasks may go on after `stop`, in milliseconds. Default: 5,000. */
  graceMs?: number;
  /** File of bundled workflows, made where it is not there. Default: they are bundled anew. */
  bundleFile?: string;
}

/** Starts a worker; returns when it takes tasks. Throws what opening its session or loading its artifacts throws. */
export async function startWorker(flags: WorkerFlags & SettledServer, how: WorkerStart = {}): Promise<RunningWorker> {
  // First: a runtime that no connection has used keeps the process alive.
  await checkListening(flags.address).catch((cause: unknown) => {
    throw unreachable(flags, cause);
  });
  // The SDK would end the process' signals itself; the command decides what Ctrl-C means.
  Runtime.install({
    logger: workerLog(),
    // Without forwarding, the core writes to stdout, where a command's result belongs.
    telemetryOptions: { logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) } },
    shutdownSignals: [],
  });
  const connection = await connect(flags);
  const { promise: ready, resolve: onReady } = promiseOf();
  const worker = await createWorker(connection, flags, how, onReady).catch(async (error: unknown) => {
    await connection.close();
    throw error;
  });
  const ended = worker.run().finally(() => connection.close());
  await Promise.race([ready, ended]);
  return {
    ended,
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}

async function createWorker(
  connection: NativeConnection,
  flags: WorkerFlags & SettledServer,
  { session = () => openSession(flags), graceMs = 5_000, bundleFile }: WorkerStart,
  onReady: () => void,
): Promise<Worker> {
  const preload = flags.preload === undefined ? {} : { preload: flags.preload };
  return await Worker.create({
    connection,
    namespace: flags.namespace,
    taskQueue: flags.taskQueue,
    plugins: [new KedroPlugin({ session, ...preload, onReady })],
    ...(bundleFile === undefined ? {} : { workflowBundle: { codePath: await bundled(bundleFile) } }),
    maxConcurrentActivityTaskExecutions: flags.maxConcurrentRuns ?? (await mostRuns(flags)),
    maxConcurrentWorkflowTaskExecutions: 200,
    maxCachedWorkflows: 2000,
    maxEagerActivityReservationsPerWorkflowTask: 100,
    workflowTaskPollerBehavior: { type: 'simple-maximum', maximum: 20 },
    activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 20 },
    shutdownGraceTime: graceMs,
  });
}

// Bundling takes longer than all the rest of a start.
async function bundled(file: string): Promise<string> {
  if (existsSync(file)) return file;
  const { code } = await bundleWorkflowCode({ workflowsPath: WORKFLOWS, logger: Runtime.instance().logger });
  await writeFile(file, code);
  return file;
}

const WORKFLOWS = fileURLToPath(
  new URL(`../../workflows/index${path.extname(fileURLToPath(import.meta.url))}`, import.meta.url),
);

// A Kedro run has a host to itself, one in a thread its thread: what waits for one here could run on another worker.
async function mostRuns({
  project,
  hosts = 1,
  isolation,
  threads = availableParallelism(),
}: WorkerFlags): Promise<number> {
  if (await isKedroProject(project)) return hosts;
  return isolation === 'thread' ? threads : 100;
}

async function connect(flags: SettledServer): Promise<NativeConnection> {
  const { address, connection } = flags;
  try {
    return await NativeConnection.connect({ ...connection, address });
  } catch (cause) {
    throw unreachable(flags, cause);
  }
}

function promiseOf(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** A dev server and a worker for as long as a command runs. */
export interface LocalStack {
  readonly flags: WorkerFlags & SettledServer;
  readonly uiUrl: string | undefined;
  /** Settles when the worker has ended. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** Starts both, or joins the server that the project has already. */
export async function openLocalStack(flags: WorkerFlags, signal: AbortSignal): Promise<LocalStack> {
  const server = await projectServer(flags.project, flags, signal);
  try {
    const own = await settleDevServer(flags, server);
    say('Starting a worker with one warm session (its workflows are bundled first, about two seconds).');
    const worker = await startWorker(own);
    return {
      flags: own,
      uiUrl: server.uiUrl,
      ended: worker.ended,
      async close() {
        await worker.stop().finally(() => server.close());
      },
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}
