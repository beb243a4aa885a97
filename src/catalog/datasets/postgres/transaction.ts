/**
 * One operation on a database: a connection of a pool, and a transaction on it.
 *
 * A session has one pool for each way to reach a database; nothing connects before the first operation. A pooled
 * connection may have died since its last use: the first statement only begins a transaction, so that it is said again
 * on another connection, and no work is done twice. What the transaction sets, it sets for itself alone.
 */
import type { Pool, PoolClient } from 'pg';
import type { Connections } from '../../connections.ts';
import { isConnectionLost, postgresFailure } from './failures.ts';
import { cancelStatement, openPools, type PgLibrary, type Pools, poolOf } from './pools.ts';
import type { PostgresTarget } from './target.ts';

/** What an operation is done for. */
export interface PostgresEntry {
  readonly dataset: string;
  readonly target: PostgresTarget;
  readonly connections: Connections;
}

/** What an operation works with. */
export interface Transaction {
  readonly dataset: string;
  readonly library: PgLibrary;
  readonly client: PoolClient;
  readonly signal: AbortSignal | undefined;
  /** The rows of one statement. */
  rows<R extends Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<R[]>;
}

// So that texts of dates, times and numbers are the same on every server.
const SETTINGS = `SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL IntervalStyle = 'postgres'; SET LOCAL extra_float_digits = 3`;

/** The extended protocol takes one statement: none can follow that leaves the transaction. */
export const ONE_STATEMENT = { queryMode: 'extended' };

/**
 * Does `work` in a transaction that `begin` begins, such as `BEGIN READ ONLY`; commits what it did, or nothing. `signal`
 * ends the statement on the server too. Throws `DATASET_LIBRARY_MISSING`, `SESSION_CLOSED` and what {@link postgresFailure} makes.
 */
export async function inTransaction<T>(
  { dataset, target, connections }: PostgresEntry,
  begin: string,
  signal: AbortSignal | undefined,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const pools = await connections.use(
    'PostgreSQL',
    () => openPools(dataset),
    ({ close }) => close(),
  );
  try {
    const pool = await poolOf(pools, target);
    const text = `${begin}; ${SETTINGS}; SELECT pg_backend_pid() AS pid`;
    const lease = await beginOn(pool, { text, query_timeout: target.connectTimeoutMs }, signal);
    return await leased(lease, pools, target, dataset, signal, work);
  } catch (error) {
    throw postgresFailure(error);
  }
}

interface Lease {
  readonly client: PoolClient;
  readonly pid: number;
  /** What ended the connection while no statement was running. */
  lost: unknown;
  /** Gives the connection back, or ends it. Twice is fine. */
  release(end: boolean): void;
}

async function beginOn(
  pool: Pool,
  statement: { text: string; query_timeout: number },
  signal: AbortSignal | undefined,
): Promise<Lease> {
  for (;;) {
    const { client, isFresh } = await takeClient(pool, signal);
    const lease = leaseOf(client);
    try {
      // A connection that works answers at once; one whose other end has gone without a word never does.
      const results = await client.query(isFresh ? statement.text : statement);
      const last = (results as unknown as { rows: { pid: number }[] }[]).at(-1);
      return Object.assign(lease, { pid: last?.rows[0]?.pid ?? 0 });
    } catch (error) {
      lease.release(true);
      // Every stale connection is thrown away on the way, so this ends: at the latest with a fresh one.
      if (isFresh || !isConnectionLost(error)) throw error;
    }
  }
}

const used = new WeakSet<PoolClient>();

async function takeClient(pool: Pool, signal: AbortSignal | undefined) {
  const taking = pool.connect();
  const client = await (signal === undefined ? taking : orAborted(taking, signal));
  const isFresh = !used.has(client);
  used.add(client);
  return { client, isFresh };
}

// The pool cannot be told to forget a request: a connection that comes too late goes back.
async function orAborted(taking: Promise<PoolClient>, signal: AbortSignal): Promise<PoolClient> {
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([taking, aborted]);
  } catch (error) {
    taking.then(
      (client) => client.release(),
      () => {},
    );
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function leaseOf(client: PoolClient): Lease {
  let isReleased = false;
  const onError = (error: unknown) => {
    lease.lost ??= error;
  };
  // Without a listener a connection that dies between two statements would end the process.
  client.on('error', onError);
  const lease: Lease = {
    client,
    pid: 0,
    lost: undefined,
    release(end) {
      if (isReleased) return;
      isReleased = true;
      client.release(end);
      if (!end) client.removeListener('error', onError);
    },
  };
  return lease;
}

async function leased<T>(
  lease: Lease,
  pools: Pools,
  target: PostgresTarget,
  dataset: string,
  signal: AbortSignal | undefined,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const { client, pid } = lease;
  let cancelling: Promise<void> | undefined;
  const onAbort = () => {
    cancelling ??= cancelStatement(pools, target, pid).finally(() => lease.release(true));
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    signal?.throwIfAborted();
    const rows = async <R>(text: string, values: readonly unknown[] = []) =>
      (await client.query<R & Record<string, unknown>>({ text, values: [...values], ...ONE_STATEMENT })).rows as R[];
    const result = await work({ dataset, library: pools.library, client, signal, rows });
    signal?.throwIfAborted();
    signal?.removeEventListener('abort', onAbort);
    await client.query('COMMIT');
    lease.release(false);
    return result;
  } catch (error) {
    if (cancelling === undefined) await rollBack(lease);
    await cancelling;
    throw lease.lost ?? error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

async function rollBack(lease: Lease): Promise<void> {
  try {
    if (lease.lost === undefined) await lease.client.query('ROLLBACK');
    lease.release(lease.lost !== undefined);
  } catch {
    lease.release(true);
  }
}
