/**
 * Reaching Temporal from a command: the server at an address, or a dev server with a worker for as long as the command runs.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Client } from '@temporalio/client';
import { isPipelineError, messageOf, PipelineError } from '../core/index.ts';
import { checkListening, type DevServer, type DevServerOptions, findDevServer, openDevServer } from '../dev/index.ts';
import type { ProjectJobs } from '../jobs/index.ts';
import { type ConnectionFlags, type SettledConnection, settleConnection } from './connection.ts';
import { isKedroProject, type ProjectFlags, placeOf } from './session.ts';
import { say, styled } from './terminal.ts';

/** Flags that say which server, and which of its workers. */
export interface ServerFlags extends ConnectionFlags {
  taskQueue?: string;
}

/** The same with every choice made. */
export interface SettledServer extends ServerFlags, SettledConnection {
  address: string;
  namespace: string;
  taskQueue: string;
}

/**
 * Which server, namespace and task queue a command means: `connection.ts` has the order. The task queue is named after the
 * project's folder by default, so that two projects on one server do not take each other's runs.
 */
export async function settleServer<T extends ServerFlags & ProjectFlags>(flags: T): Promise<T & SettledServer> {
  const { connection, worker } = await settingsOf(flags);
  const project = path.resolve(flags.project);
  const settled = await settleConnection(flags, connection, project, () => findDevServer(databaseOf(project)));
  return { ...ownOf(worker), ...flags, ...settled, taskQueue: queueOf(flags, worker) };
}

/** The same for a dev server, which speaks plainly and knows no keys. */
export async function settleDevServer<T extends ServerFlags & ProjectFlags>(
  flags: T,
  { address, pid }: DevServer,
): Promise<T & SettledServer> {
  // One without a process is a server that was given, reached as any other.
  if (pid === undefined) return await settleServer({ ...flags, address });
  const { worker } = await settingsOf(flags);
  const settled = { address, namespace: namespaceOf(flags), addressFrom: 'the dev server', connection: {} };
  return { ...ownOf(worker), ...flags, ...settled, taskQueue: queueOf(flags, worker) };
}

function queueOf({ taskQueue, project }: ServerFlags & ProjectFlags, worker: ProjectJobs['worker']): string {
  return taskQueue || worker.taskQueue || `kedro-${path.basename(path.resolve(project))}`;
}

/** What temporal.yml says of a project's workers, as flags. */
export function ownOf({ preload, isolation, threads, hosts, maxConcurrentRuns }: ProjectJobs['worker']) {
  const own = { preload: preload && [...preload], isolation, threads, hosts, maxConcurrentRuns };
  return Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
}

// A file with a mistake must not keep anybody from reaching what runs by it.
async function settingsOf(flags: ProjectFlags): Promise<Pick<ProjectJobs, 'connection' | 'worker'>> {
  const { readJobs } = await import('../jobs/index.ts');
  try {
    return await readJobs(placeOf(flags));
  } catch (error) {
    if (!isPipelineError(error)) throw error;
    if (error.code === 'JOB_INVALID') say(styled('yellow', `Going on without temporal.yml: ${error.message}`));
    return { connection: {}, worker: {} };
  }
}

/** The namespace that the flags or Temporal's variable say. */
export function namespaceOf(flags: ServerFlags): string {
  return flags.namespace || process.env.TEMPORAL_NAMESPACE || 'default';
}

/** The folder of what is kept about a project, and is not for its repository. */
export function stateFolder(project: string): string {
  return path.join(path.resolve(project), '.kedro-temporal');
}

function databaseOf(project: string): string {
  return path.join(stateFolder(project), 'temporal.db');
}

/** Clients for a command, Temporal's and ours. Throws `SERVER_UNREACHABLE`. */
export async function connectClient(flags: SettledServer) {
  const [{ Client, Connection }, { createKedroClient }] = await Promise.all([
    import('@temporalio/client'),
    import('../client/index.ts'),
  ]);
  const { address, namespace, taskQueue, connection: how } = flags;
  try {
    await checkListening(address);
    const connection = await Connection.connect({ ...how, address, connectTimeout: '3 seconds' });
    const client = new Client({ connection, namespace });
    return { client, kedro: createKedroClient(client, { taskQueue }), close: () => connection.close() };
  } catch (cause) {
    throw unreachable(flags, cause);
  }
}

/** The error for a server that cannot be reached, with what would mend it. */
export function unreachable({ address, addressFrom, connection }: SettledServer, cause: unknown): PipelineError {
  const isSecured = connection.tls !== undefined || connection.apiKey !== undefined;
  const how = isSecured
    ? `It was asked with ${connection.apiKey === undefined ? 'TLS' : 'an API key'} (${messageOf(cause)}): correct the address, the certificates or the key.`
    : 'Start one with "npx kedro-temporal dev", add --dev to this command, or name another with --address.';
  const message = `No Temporal server answers at ${address} (${addressFrom}). ${how}`;
  return new PipelineError('SERVER_UNREACHABLE', message, { cause, details: { address } });
}

/** Says so where nobody would take the runs of a task queue: else a command would wait in silence. */
export async function warnWithoutWorker(
  client: Client,
  { address, taskQueue, namespace }: SettledServer,
): Promise<void> {
  const answer = await client.workflowService
    .describeTaskQueue({ namespace, taskQueue: { name: taskQueue }, taskQueueType: WORKFLOW_TASKS })
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
export async function projectServer(
  project: string,
  flags: ServerFlags,
  signal: AbortSignal,
  onMessage: NonNullable<DevServerOptions['onMessage']> = say,
) {
  await checkProject(project);
  const dbFile = databaseOf(project);
  await mkdir(path.dirname(dbFile), { recursive: true });
  // Nothing in there is for a repository.
  await writeFile(path.join(path.dirname(dbFile), '.gitignore'), '*\n');
  return await openDevServer({ address: flags.address, namespace: namespaceOf(flags), dbFile, onMessage, signal });
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
