/**
 * Reaching Temporal from a command: the server at an address, or a dev server with a worker for as long as the command runs.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Client } from '@temporalio/client';
import { isPipelineError, PipelineError } from '../core/index.ts';
import { findDevServer, openDevServer } from '../dev/index.ts';
import { type ProjectJobs, readJobs } from '../jobs/index.ts';
import { isKedroProject, type ProjectFlags } from './session.ts';
import { say, styled } from './terminal.ts';

/** Flags that say which server. */
export interface ServerFlags {
  address?: string;
  namespace?: string;
  taskQueue?: string;
}

/** The same with every choice made. */
export interface SettledServer extends ServerFlags {
  address: string;
  taskQueue: string;
}

const DEFAULT_ADDRESS = 'localhost:7233';

/**
 * Which server, namespace and task queue a command means: the flag, else `TEMPORAL_ADDRESS` or `TEMPORAL_NAMESPACE`, else
 * the project's temporal.yml, else (the server) the dev server of the project, else localhost. The task queue is named after
 * the project's folder by default, so that two projects on one server do not take each other's runs.
 */
export async function settleServer<T extends ServerFlags & ProjectFlags>(flags: T): Promise<T & SettledServer> {
  const { connection, worker } = await settingsOf(flags);
  const given = flags.address || process.env.TEMPORAL_ADDRESS || connection.address;
  const address = given || (await findDevServer(databaseOf(flags.project))) || DEFAULT_ADDRESS;
  const namespace = flags.namespace || process.env.TEMPORAL_NAMESPACE || connection.namespace;
  const taskQueue = flags.taskQueue || worker.taskQueue || taskQueueOf(flags);
  return { ...ownOf(worker), ...flags, address, taskQueue, ...(namespace === undefined ? {} : { namespace }) };
}

/** What temporal.yml says of a project's workers, as flags. */
function ownOf({ preload, isolation, threads, hosts, maxConcurrentRuns }: ProjectJobs['worker']) {
  const own = { preload: preload && [...preload], isolation, threads, hosts, maxConcurrentRuns };
  return Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
}

// A file with a mistake must not keep anybody from reaching what runs by it.
async function settingsOf({ project, env }: ProjectFlags): Promise<Pick<ProjectJobs, 'connection' | 'worker'>> {
  try {
    return await readJobs({ project: path.resolve(project), env });
  } catch (error) {
    if (!isPipelineError(error)) throw error;
    if (error.code === 'JOB_INVALID') say(styled('yellow', `Going on without temporal.yml: ${error.message}`));
    return { connection: {}, worker: {} };
  }
}

function taskQueueOf({ taskQueue, project }: ServerFlags & ProjectFlags): string {
  return taskQueue || `kedro-${path.basename(path.resolve(project))}`;
}

export function namespaceOf(flags: ServerFlags): string {
  return flags.namespace || process.env.TEMPORAL_NAMESPACE || 'default';
}

function databaseOf(project: string): string {
  return path.join(path.resolve(project), '.kedro-temporal', 'temporal.db');
}

/** A client for a command. Throws `SERVER_UNREACHABLE`. */
export async function connectClient(flags: SettledServer) {
  const { Client, Connection } = await import('@temporalio/client');
  const { address } = flags;
  try {
    const connection = await Connection.connect({ address, connectTimeout: '3 seconds' });
    return { client: new Client({ connection, namespace: namespaceOf(flags) }), close: () => connection.close() };
  } catch (cause) {
    throw new PipelineError(
      'SERVER_UNREACHABLE',
      `No Temporal server answers at ${address}. Start one with "npx kedro-temporal dev", add --dev to this command, or name another with --address.`,
      { cause, details: { address } },
    );
  }
}

/** Says so where nobody would take the runs of a task queue: else a command would wait in silence. */
export async function warnWithoutWorker(
  client: Client,
  { address, taskQueue, ...flags }: SettledServer,
): Promise<void> {
  const answer = await client.workflowService
    .describeTaskQueue({ namespace: namespaceOf(flags), taskQueue: { name: taskQueue }, taskQueueType: WORKFLOW_TASKS })
    .catch(() => undefined);
  if (answer === undefined || (answer.pollers ?? []).length > 0) return;
  say(
    styled(
      'yellow',
      `No worker listens on task queue "${taskQueue}" at ${address} yet; the run waits for one ("npx kedro-temporal worker").`,
    ),
  );
}

const WORKFLOW_TASKS = 1;

/** Opens (or joins) the dev server of a project; its state is kept in the project's `.kedro-temporal/`. */
export async function projectServer(project: string, flags: ServerFlags, signal: AbortSignal) {
  await checkProject(project);
  const dbFile = databaseOf(project);
  await mkdir(path.dirname(dbFile), { recursive: true });
  // Nothing in there is for a repository.
  await writeFile(path.join(path.dirname(dbFile), '.gitignore'), '*\n');
  return await openDevServer({ address: flags.address, namespace: namespaceOf(flags), dbFile, onMessage: say, signal });
}

// Before a server is started for nothing, and a folder made where none belongs.
async function checkProject(project: string): Promise<void> {
  if ((await isKedroProject(project)) || existsSync(path.join(project, 'conf'))) return;
  throw new PipelineError(
    'PROJECT_NOT_FOUND',
    `${path.resolve(project)} is not a project: it has neither conf/ nor a pyproject.toml of Kedro. Name one with --project.`,
    { details: { project } },
  );
}
