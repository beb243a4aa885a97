/** The pools of a session, by the way to reach a database. */
import type { ClientConfig, Pool, PoolClient } from 'pg';
import { importLibrary } from '../../import-library.ts';
import type { PostgresTarget } from './target.ts';
import { tlsOptions } from './tls.ts';

export type PgLibrary = typeof import('pg');

/** A pool, and its connections whatever they do. */
type OwnPool = Pool & { readonly clients: ReadonlySet<PoolClient> };

/** What a session holds for all its databases. */
export interface Pools {
  readonly library: PgLibrary;
  /** Keys hold passwords: they are for looking up and nothing else. */
  readonly byTarget: Map<string, Promise<OwnPool>>;
  /** Waits for operations that run, but not long. */
  readonly close: () => Promise<void>;
}

const IDLE_MS = 60_000;
const CANCEL_TIMEOUT_MS = 2_000;
const CLOSE_TIMEOUT_MS = 5_000;

/** Connects to nothing. Throws `DATASET_LIBRARY_MISSING`. */
export async function openPools(dataset: string): Promise<Pools> {
  const library = await importLibrary(dataset, 'pg', () => import('pg'));
  const byTarget = new Map<string, Promise<OwnPool>>();
  return {
    library,
    byTarget,
    close: async () => {
      const pools = await Promise.allSettled(byTarget.values());
      await Promise.all(pools.map((pool) => (pool.status === 'fulfilled' ? endPool(pool.value) : undefined)));
    },
  };
}

/** The pool of that database, made now if it is not there yet. */
export async function poolOf({ library, byTarget }: Pools, target: PostgresTarget): Promise<OwnPool> {
  const key = JSON.stringify(target);
  const known = byTarget.get(key);
  if (known !== undefined) return known;
  const made = makePool(library, target);
  byTarget.set(key, made);
  made.catch(() => byTarget.delete(key));
  return made;
}

async function makePool(library: PgLibrary, target: PostgresTarget): Promise<OwnPool> {
  const config = await clientConfig(target);
  // The pool's own timeout would count the wait for a free connection too, and overlapping runs may wait long.
  class OwnClient extends library.Client {
    constructor() {
      super({ ...config, connectionTimeoutMillis: target.connectTimeoutMs });
    }
  }
  const pool = new library.Pool({
    Client: OwnClient,
    max: target.most,
    idleTimeoutMillis: IDLE_MS,
    maxLifetimeSeconds: target.recycleSeconds,
    allowExitOnIdle: true,
  });
  const clients = new Set<PoolClient>();
  pool.on('connect', (client) => clients.add(client));
  pool.on('remove', (client) => clients.delete(client));
  // The server ended an idle connection: the pool has dropped it, and the next operation makes another.
  pool.on('error', () => {});
  return Object.assign(pool, { clients });
}

// A server that has gone without a word would keep a polite end waiting for minutes.
async function endPool(pool: OwnPool): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const isLate = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
  });
  await Promise.race([pool.end(), isLate]);
  clearTimeout(timer);
  for (const { connection } of pool.clients) connection.stream.destroy();
}

/** Ends the statement that runs on the server's process `pid`, by a connection of its own. Never throws. */
export async function cancelStatement({ library }: Pools, target: PostgresTarget, pid: number): Promise<void> {
  const client = new library.Client({
    ...(await clientConfig(target)),
    connectionTimeoutMillis: CANCEL_TIMEOUT_MS,
    query_timeout: CANCEL_TIMEOUT_MS,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT pg_cancel_backend($1)', [pid]);
    await client.end();
  } catch {
    // The caller ends the connection itself next, which is all that is left.
  }
}

async function clientConfig(target: PostgresTarget): Promise<ClientConfig> {
  const { host, port, user, password, database, serverOptions, tls } = target;
  return {
    host,
    port,
    user,
    password,
    database,
    application_name: target.applicationName,
    options: serverOptions,
    keepAlive: true,
    ssl: tls === undefined ? false : await tlsOptions(tls),
  };
}
