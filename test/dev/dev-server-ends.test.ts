import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findTemporalCli, openDevServer } from '../../src/dev/index.ts';
import { answersTcp, freePort, LOOPBACK } from '../../src/dev/ports.ts';
import { endProcess, isRunning, waitForEnd } from '../../src/dev/processes.ts';
import { askServer } from '../../src/dev/readiness.ts';
import { serverArguments } from '../../src/dev/server-settings.ts';
import { readState, stateFileOf, writeState } from '../../src/dev/state-file.ts';
import { deadPid } from './machine.ts';

let folder: string;
let cli: string;
let environment: Record<string, string | undefined>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kedro-temporal-ends-'));
  cli = (await findTemporalCli()).path;
  environment = { ...process.env, TEMPORAL_ADDRESS: '', KEDRO_TEMPORAL_CLI: cli };
}, 600_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function startOwner(dbFile: string, way: string) {
  const script = fileURLToPath(new URL('owner.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, dbFile, way], {
    env: environment,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const server = JSON.parse(line) as { pid: number; address: string };
  return { child, ended, server };
}

test.each(['exit', 'throw', 'run out of work'])('a server does not outlive a process that ends by: %s', async (way) => {
  const { ended, server } = await startOwner('', way);
  await ended;
  expect(await waitForEnd(server.pid, 10_000)).toBe(true);
});

test.each(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)(
  'a server does not outlive a process ended by %s',
  async (signal) => {
    const { child, ended, server } = await startOwner('', 'stay');
    expect(isRunning(server.pid)).toBe(true);
    child.kill(signal);
    await ended;
    expect(await waitForEnd(server.pid, 10_000)).toBe(true);
  },
);

test('after a kill -9 the next one on the same file has a server of its own, not the dying one', async () => {
  const dbFile = join(folder, 'killed.db');
  const { child, ended, server } = await startOwner(dbFile, 'stay');
  child.kill('SIGKILL');
  await ended;
  await using next = await openDevServer({ dbFile, port: 0, ui: false, environment });
  expect(next.owned).toBe(true);
  expect(next.pid).not.toBe(server.pid);
  expect(isRunning(server.pid)).toBe(false);
});

test('the server of another living process is used and left to that process', async () => {
  const dbFile = join(folder, 'shared.db');
  const { child, ended, server } = await startOwner(dbFile, 'stay');
  const ours = await openDevServer({ dbFile, environment });
  expect(ours).toMatchObject({ ...server, owned: false });
  await ours.close();
  expect(isRunning(server.pid)).toBe(true);
  child.kill('SIGKILL');
  await ended;
  expect(await waitForEnd(server.pid, 10_000)).toBe(true);
});

test('a server that its dead owner could not end is taken over, and ended by close', async () => {
  const dbFile = join(folder, 'orphan.db');
  const port = await freePort();
  const args = serverArguments({ ip: LOOPBACK, port, uiPort: undefined, dbFile, namespace: 'default' });
  const orphan = spawn(cli, args, { stdio: 'ignore', detached: true });
  const pid = orphan.pid ?? 0;
  try {
    const address = `${LOOPBACK}:${port}`;
    const { clusterId } = await untilItAnswers(address);
    await writeState(dbFile, { pid, ownerPid: await deadPid(), address, clusterId });

    const adopted = await openDevServer({ dbFile, environment });
    expect(adopted).toMatchObject({ pid, address, owned: true });
    expect((await readState(dbFile))?.ownerPid).toBe(process.pid);
    await adopted.close();
    expect(isRunning(pid)).toBe(false);
    expect(existsSync(stateFileOf(dbFile))).toBe(false);
  } finally {
    await endProcess(pid, 5_000);
  }
});

test('a note that names a server of another database is not believed', async () => {
  const dbFile = join(folder, 'impostor.db');
  await using first = await openDevServer({ dbFile, port: 0, ui: false, environment });
  await using other = await openDevServer({ port: 0, ui: false, environment });
  const state = await readState(dbFile);
  if (state === undefined) throw new Error('no note');
  await first.close();
  // As after a restart of the machine: both ids and the port belong to others now.
  await writeState(dbFile, { ...state, pid: other.pid ?? 0, ownerPid: process.pid, address: other.address });
  await using again = await openDevServer({ dbFile, port: 0, ui: false, environment });
  expect(again.owned).toBe(true);
  expect(again.pid).not.toBe(other.pid);
});

async function untilItAnswers(address: string): Promise<{ clusterId: string }> {
  const port = Number(address.split(':')[1]);
  await expect.poll(() => answersTcp(LOOPBACK, port, 1_000), { timeout: 20_000 }).toBe(true);
  return await askServer(address, 'default');
}
