/** The server: whether it answers, its namespace, who works for it, its clock, and the schedules on it. */
import type { Client } from '@temporalio/client';
import { diffSchedules } from '../../client/index.ts';
import { messageOf } from '../../core/index.ts';
import { readJobs } from '../../jobs/index.ts';
import { connectClient, type ServerFlags, type SettledServer, settleServer } from '../server.ts';
import { type ProjectFlags, placeOf } from '../session.ts';
import { type Check, fail, ok, warn } from './check.ts';

const GRPC_NOT_FOUND = 5;
const WORKFLOW_TASKS = 1;
/** Milliseconds by which a clock may differ before schedules and timeouts are felt to be wrong. */
const SKEW_MS = 5_000;

/** Connects, and asks. */
export async function checkServer(given: ServerFlags & ProjectFlags): Promise<Check[]> {
  let flags: ServerFlags & ProjectFlags & SettledServer;
  try {
    flags = await settleServer(given);
  } catch (error) {
    return [fail('Server', messageOf(error))];
  }
  const server = await connectClient(flags).catch((error: unknown) => messageOf(error));
  if (typeof server === 'string') return [fail('Server', server, 'npx kedro-temporal dev')];
  try {
    const { client } = server;
    const { serverVersion } = await client.workflowService.getSystemInfo({});
    const answers = ok('Server', `${serverVersion} at ${flags.address} (${flags.addressFrom})`);
    const namespace = await checkNamespace(client, flags.namespace);
    if (namespace.state === 'fail') return [answers, namespace];
    return [answers, namespace, ...(await checkWorkers(client, flags)), await checkSchedules(client, flags)];
  } catch (error) {
    return [
      fail('Server', `${flags.address} refuses: ${messageOf(error)}`, 'correct the API key, certificate or namespace'),
    ];
  } finally {
    await server.close();
  }
}

async function checkNamespace(client: Client, namespace: string): Promise<Check> {
  try {
    await client.workflowService.describeNamespace({ namespace });
    return ok('Namespace', namespace);
  } catch (error) {
    if ((error as { code?: unknown }).code !== GRPC_NOT_FOUND) throw error;
    return fail('Namespace', `the server has no "${namespace}"`, `temporal operator namespace create -n ${namespace}`);
  }
}

async function checkWorkers(client: Client, { namespace, taskQueue }: SettledServer): Promise<Check[]> {
  const about = { namespace, taskQueue: { name: taskQueue }, taskQueueType: WORKFLOW_TASKS };
  const { pollers } = await client.workflowService.describeTaskQueue(about);
  const seen = (pollers ?? []).map(({ identity, lastAccessTime }) => ({
    who: identity ?? '',
    at: Number(lastAccessTime?.seconds ?? 0) * 1000,
  }));
  if (seen.length === 0) return [warn('Workers', `none takes runs from "${taskQueue}"`, 'npx kedro-temporal worker')];
  const workers = ok('Workers', `${seen.length} on "${taskQueue}": ${seen.map(({ who }) => who).join(', ')}`);
  return [workers, checkClock(Math.max(...seen.map(({ at }) => at)), Date.now())];
}

/**
 * The server says when a worker has last asked: that is at most a minute ago, and never in the future. `at`, `now`: milliseconds
 * since the epoch, by the server's clock and by ours.
 */
export function checkClock(at: number, now: number): Check {
  const ahead = at - now;
  if (ahead > SKEW_MS)
    return warn('Clock', `the server’s is ${Math.round(ahead / 1000)} s ahead of this machine’s`, 'set both by NTP');
  return ok('Clock', 'the server’s is not ahead of this machine’s');
}

async function checkSchedules(client: Client, flags: SettledServer & ProjectFlags): Promise<Check> {
  const jobs = await readJobs(placeOf(flags)).catch(() => undefined);
  if (jobs === undefined) return warn('Schedules', 'not compared: temporal.yml cannot be read');
  const changes = await diffSchedules(client, jobs.schedules, { taskQueue: flags.taskQueue });
  const due = changes.filter(({ change }) => change !== 'unchanged');
  if (changes.length === 0) return ok('Schedules', 'none in temporal.yml');
  if (due.length === 0) return ok('Schedules', `${changes.length} on the server, as temporal.yml has them`);
  const words = due.map(({ id, change }) => `${id} (${WORDS[change] ?? change})`).join(', ');
  return warn('Schedules', words, 'npx kedro-temporal schedules up');
}

const WORDS: Partial<Record<string, string>> = {
  created: 'not on the server',
  changed: 'other than in temporal.yml',
  orphaned: 'not in temporal.yml any more',
};
