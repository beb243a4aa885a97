/**
 * A real PostgreSQL for tests: a cluster of its own in a temporary folder, on a free port of the loopback. It is ended by
 * its process id, and by a watchdog when the test's process dies.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, type QueryResultRow } from 'pg';

export interface PostgresServer {
  readonly port: number;
  /** `postgresql://…`, with the password. */
  readonly url: string;
  /** Starts it again after a stop. */
  start(): Promise<void>;
  /** As `pg_ctl stop -m immediate`: every connection is cut. */
  stop(): Promise<void>;
  restart(): Promise<void>;
  /** Rows of one statement, on a connection of its own; `database`: default `postgres`. */
  query<R extends QueryResultRow>(text: string, values?: unknown[], database?: string): Promise<R[]>;
  /** Stops it and leaves nothing behind. */
  remove(): Promise<void>;
}

/** A password with what a URL must write in another way. */
export const PASSWORD = 's3cret/@:?#%';

/** Where the programs are; undefined where there is no PostgreSQL. */
export function postgresPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = versions.map((version) => path.join(debian, version, 'bin'));
  return [...folders, ...configuredFolder()].find((folder) =>
    ['initdb', 'postgres'].every((program) => existsSync(path.join(folder, program))),
  );
}

function configuredFolder(): string[] {
  try {
    return [execFileSync('pg_config', ['--bindir'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()];
  } catch {
    return [];
  }
}

/** Makes a cluster and starts it: two seconds. Throws where {@link postgresPrograms} finds none. */
export async function startPostgres(): Promise<PostgresServer> {
  const programs = postgresPrograms();
  if (programs === undefined) throw new Error('there is no PostgreSQL');
  const owner = clusterOwner();
  const folder = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-postgres-'));
  const data = path.join(folder, 'data');
  const passwordFile = path.join(folder, 'password');
  await writeFile(passwordFile, PASSWORD);
  if (owner !== undefined) {
    for (const each of [folder, passwordFile]) await chown(each, owner.uid, owner.gid);
  }
  const port = await freePort();
  const auth = ['-U', 'tester', '-A', 'scram-sha-256', '--pwfile', passwordFile];
  const init = [...auth, '-D', data, '-E', 'UTF8', '--no-locale', '--no-sync'];
  execFileSync(path.join(programs, 'initdb'), init, { ...owner, cwd: folder, stdio: 'ignore' });
  let running: Running | undefined;
  const start = async () => {
    const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: folder, fsync: 'off' };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    running ??= await run(path.join(programs, 'postgres'), ['-D', data, ...args], { ...owner, cwd: folder }, folder);
  };
  const stop = async () => {
    await running?.end();
    running = undefined;
  };
  await start();
  const urlOf = (database: string) =>
    `postgresql://tester:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${database}`;
  return {
    port,
    url: urlOf('postgres'),
    start,
    stop,
    restart: async () => {
      await stop();
      await start();
    },
    query: (text, values = [], database = 'postgres') => ask(urlOf(database), text, values),
    remove: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function ask<R extends QueryResultRow>(url: string, text: string, values: unknown[]): Promise<R[]> {
  const client = new Client({ connectionString: url, application_name: 'tests' });
  await client.connect();
  try {
    return (await client.query<R>(text, values)).rows;
  } finally {
    await client.end();
  }
}

interface Owner {
  uid: number;
  gid: number;
}

// PostgreSQL refuses to run as root.
function clusterOwner(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string, user: string) =>
    Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  for (const user of ['postgres', 'nobody']) {
    try {
      return { uid: idOf('-u', user), gid: idOf('-g', user) };
    } catch {
      // The next one.
    }
  }
  return undefined;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

interface Running {
  end(): Promise<void>;
}

async function run(command: string, args: string[], options: Partial<Owner> & { cwd: string }, folder: string) {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await readiness(child);
  const watchdog = watch(child.pid ?? 0, folder);
  const running: Running = {
    async end() {
      watchdog.kill('SIGKILL');
      child.kill('SIGQUIT');
      await ended;
    },
  };
  return running;
}

function readiness(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    child.stderr?.on('data', (data: Buffer) => {
      log = `${log}${data}`.slice(-4_000);
      if (log.includes('ready to accept connections')) resolve();
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${log}`)));
  });
}

// Its standard input ends when this process does, whatever ends it.
function watch(pid: number, folder: string): ChildProcess {
  const script = 'read -r _; kill -QUIT "$0" && sleep 1; rm -rf "$1"';
  const child = spawn('sh', ['-c', script, String(pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  child.unref();
  (child.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  return child;
}
