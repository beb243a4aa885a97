import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DevServerOptions, findTemporalCli, openDevServer } from '../../src/dev/index.ts';
import { answersTcp, freePort, LOOPBACK } from '../../src/dev/ports.ts';
import { isRunning } from '../../src/dev/processes.ts';
import { stateFileOf } from '../../src/dev/state-file.ts';
import { withMachine } from './machine.ts';

let folder: string;
let environment: Record<string, string | undefined>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kedro-temporal-server-'));
  const { path } = await findTemporalCli();
  environment = { ...process.env, TEMPORAL_ADDRESS: '', KEDRO_TEMPORAL_CLI: path };
}, 600_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

function open(options: DevServerOptions = {}) {
  return openDevServer({ port: 0, ui: false, environment, ...options });
}

async function withClient<T>(address: string, work: (client: Client) => Promise<T>, namespace = 'default'): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await work(new Client({ connection, namespace }));
  } finally {
    await connection.close();
  }
}

function startIdle(client: Client, workflowId: string) {
  return client.workflow.start('idle', { workflowId, taskQueue: 'nobody-listens' });
}

function portOf(address: string): number {
  return Number(address.split(':')[1]);
}

async function withListener(work: (port: number) => Promise<void>): Promise<void> {
  const listener = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => listener.listen(0, LOOPBACK, resolve));
  const address = listener.address();
  try {
    await work(typeof address === 'object' && address !== null ? address.port : 0);
  } finally {
    await new Promise((resolve) => listener.close(resolve));
  }
}

test('a workflow can be started as soon as the server is open; close ends it, twice is fine', async () => {
  const server = await open();
  expect(server.owned).toBe(true);
  await withClient(server.address, (client) => startIdle(client, 'first'));
  await Promise.all([server.close(), server.close()]);
  await server.close();
  expect(isRunning(server.pid ?? 0)).toBe(false);
  expect(await answersTcp(LOOPBACK, portOf(server.address), 1_000)).toBe(false);
});

test('the page answers at the reported URL', async () => {
  await using server = await open({ ui: true });
  const response = await fetch(server.uiUrl ?? 'no-url');
  expect(response.status).toBe(200);
});

test('a namespace that is asked for can be used at once', async () => {
  await using server = await open({ namespace: 'team-a' });
  await withClient(server.address, (client) => startIdle(client, 'first'), 'team-a');
});

test('with a database file a workflow is still there after a restart; nothing but the database is left', async () => {
  const dbFile = join(folder, 'made/on/the/way/state.db');
  const first = await open({ dbFile });
  await withClient(first.address, (client) => startIdle(client, 'lasting'));
  await first.close();
  expect(existsSync(stateFileOf(dbFile))).toBe(false);
  await using second = await open({ dbFile });
  expect(second.pid).not.toBe(first.pid);
  const description = await withClient(second.address, (client) => client.workflow.getHandle('lasting').describe());
  expect(description.status.name).toBe('RUNNING');
});

test('of two that open one database file at once, one starts the server and the other joins it', async () => {
  const dbFile = join(folder, 'twice.db');
  const [a, b] = await Promise.all([open({ dbFile }), open({ dbFile })]);
  const [owner, guest] = a.owned ? [a, b] : [b, a];
  expect(guest).toMatchObject({ address: owner.address, pid: owner.pid, owned: false });
  await guest.close();
  await withClient(owner.address, (client) => startIdle(client, 'still-open'));
  await owner.close();
  expect(isRunning(owner.pid ?? 0)).toBe(false);
});

test('a joined server without the namespace asked for is an error that says how to go on', async () => {
  const dbFile = join(folder, 'namespaces.db');
  await using owner = await open({ dbFile });
  await expect(open({ dbFile, namespace: 'team-b' })).rejects.toMatchObject({
    code: 'DEV_SERVER_FAILED',
    message: expect.stringContaining('no namespace "team-b"'),
  });
  expect(isRunning(owner.pid ?? 0)).toBe(true);
});

test('two that want the same free port at once get a server each', async () => {
  const [a, b] = await Promise.all([open({ port: undefined }), open({ port: undefined })]);
  expect(a.address).not.toBe(b.address);
  expect(a.pid).not.toBe(b.pid);
  await Promise.all([a.close(), b.close()]);
});

test('a port that is asked for and taken is an error that names it', () =>
  withListener(async (port) => {
    await expect(open({ port })).rejects.toMatchObject({
      code: 'DEV_SERVER_FAILED',
      message: expect.stringContaining(`Port ${port} of 127.0.0.1 is taken`),
    });
  }));

test('ports that are asked for and free are used', async () => {
  const [port, uiPort] = [await freePort(), await freePort()];
  await using server = await open({ port, ui: true, uiPort });
  expect(server).toMatchObject({ address: `${LOOPBACK}:${port}`, uiUrl: `http://${LOOPBACK}:${uiPort}` });
});

test('a port that is none is refused', async () => {
  await expect(open({ port: 70_000 })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
});

test('a server that ends early is quoted', async () => {
  const notAFolder = join(folder, 'damaged.db');
  await writeFile(notAFolder, 'this is no SQLite file, although it is long enough to have a header of one'.repeat(20));
  await expect(open({ dbFile: notAFolder })).rejects.toMatchObject({
    code: 'DEV_SERVER_FAILED',
    message: expect.stringMatching(/ended with exit code 1 before it answered: .*not a database/s),
  });
});

test('the last lines of any program that ends early are quoted', () =>
  withMachine(async (machine) => {
    const cli = await machine.program('odd-temporal', 'echo "unknown flag: --ip" >&2; exit 7');
    const opening = open({ environment: { ...machine.environment, KEDRO_TEMPORAL_CLI: cli } });
    await expect(opening).rejects.toMatchObject({
      code: 'DEV_SERVER_FAILED',
      message: expect.stringContaining('exit code 7 before it answered: unknown flag: --ip'),
      details: { stderr: 'unknown flag: --ip' },
    });
  }));

test('another program on the chosen port is no reason to give up: the next try takes another port', () =>
  withMachine(async (machine) => {
    const real = environment.KEDRO_TEMPORAL_CLI;
    const cli = await machine.program(
      'unlucky-temporal',
      `if [ -e "$HOME-tried" ]; then exec "${real}" "$@"; fi
: > "$HOME-tried"; echo "listen tcp: bind: address already in use" >&2; exit 1`,
    );
    await using server = await open({ environment: { ...machine.environment, KEDRO_TEMPORAL_CLI: cli } });
    await withClient(server.address, (client) => startIdle(client, 'second-try'));
  }));

test('a file that cannot be run is named', () =>
  withMachine(async (machine) => {
    const cli = await machine.program('no-program');
    await writeFile(cli, '#!/no/such/interpreter\n');
    const opening = open({ environment: { ...machine.environment, KEDRO_TEMPORAL_CLI: cli } });
    await expect(opening).rejects.toMatchObject({ code: 'DEV_SERVER_FAILED', message: expect.stringContaining(cli) });
  }));

test('an abort during opening ends what was started and throws the signal’s reason', () =>
  withMachine(async (machine) => {
    // Never listens, so that the opening is under way until it is aborted; writes its id where the test finds it.
    const cli = await machine.program('slow-temporal', 'echo $$ > "$HOME-pid"; exec /bin/sleep 60');
    const abort = new AbortController();
    const opening = open({ environment: { ...machine.environment, KEDRO_TEMPORAL_CLI: cli }, signal: abort.signal });
    opening.catch(() => {});
    await expect.poll(() => existsSync(`${machine.environment.HOME}-pid`), { timeout: 10_000 }).toBe(true);
    abort.abort(new Error('closed while opening'));
    await expect(opening).rejects.toThrow('closed while opening');
    expect(isRunning(Number(await readFile(`${machine.environment.HOME}-pid`, 'utf8')))).toBe(false);
  }));

test('an end that nobody asked for is told, one that was asked for is not', async () => {
  const said: string[] = [];
  const server = await open({ onMessage: (text) => said.push(text) });
  process.kill(server.pid ?? 0, 'SIGKILL');
  await expect
    .poll(() => said.join('\n'), { timeout: 10_000 })
    .toContain(`${server.address} has ended unasked, with the signal SIGKILL`);
  await server.close();

  const quiet: string[] = [];
  const other = await open({ onMessage: (text) => quiet.push(text) });
  await other.close();
  expect(quiet.join('\n')).not.toContain('unasked');
});

test('a given address is used as it is, and nothing is started or ended', () =>
  withListener(async (port) => {
    const address = `localhost:${port}`;
    const given = await openDevServer({ address, environment: {} });
    expect({ ...given }).toMatchObject({ address, owned: false });
    expect(given.pid).toBeUndefined();
    await given.close();
    expect(await answersTcp(LOOPBACK, port, 1_000)).toBe(true);
    await using fromVariable = await openDevServer({ address: '', environment: { TEMPORAL_ADDRESS: address } });
    expect(fromVariable.address).toBe(address);
  }));

test('a given address where nothing listens is an error that can be retried', async () => {
  const address = `${LOOPBACK}:${await freePort()}`;
  await expect(openDevServer({ address })).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE', retryable: true });
});

test.each(['http://127.0.0.1:7233', 'host:port', 'host:0', 'host:99999', 'user@host:7233'])(
  'the address %s is refused, and trying again would not help',
  async (address) => {
    await expect(openDevServer({ address })).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE', retryable: false });
  },
);
