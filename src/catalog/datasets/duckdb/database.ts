/**
 * Database files of DuckDB. DuckDB gives a file to one process at a time, and a worker lives long, so:
 *
 * 1. A file is open only while some operation works with it; operations of one process share it.
 * 2. Who finds it held by another process waits for a while, then fails in a way that may be tried again.
 * 3. Of the operations of one session, one at a time writes (`alone`): two would only meet as a conflict.
 * 4. Threads would each open the file for themselves, which DuckDB does not notice, and lose what the others write: a session
 *    of several threads has no such datasets.
 */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DuckDBInstance } from '@duckdb/node-api';
import { messageOf, PipelineError } from '../../../core/index.ts';
import type { Connections } from '../../connections.ts';
import type { SessionTools } from '../../dataset.ts';
import { localPath } from '../../file-place.ts';
import { isFile } from '../../versions.ts';
import { type DuckDb, type DuckDbLibrary, importDuckDb, instanceOptions, onConnection, setUtc } from './engine.ts';

/** A database file of an entry. */
export interface DatabaseFile {
  /** As configured. */
  readonly path: string;
  /** Absolute. */
  readonly file: string;
}

/** What one operation on a database file works with. */
export interface Database extends DuckDb {
  /** What DuckDB calls the file: in front of a schema, so that a file `main.db` is not taken for the schema `main`. */
  readonly catalog: string;
  /** Does `work` in a transaction, when no other of this session is writing to the file. */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

interface Held {
  library: DuckDbLibrary;
  users: number;
  instance: Promise<DuckDBInstance> | undefined;
  /** Ends the waiting for a file that another process holds. */
  waiting: AbortController;
  /** Ends when all who came before have written. */
  writers: Promise<unknown>;
}

const LONGEST_WAIT = 10_000;

/**
 * Throws `DATASET_INVALID` for a URL, for a database in memory, which would be gone before anybody reads it, and in a session of
 * several threads.
 */
export function databaseFile(
  dataset: string,
  { project, hasSiblings = false }: SessionTools,
  path: string,
): DatabaseFile {
  if (hasSiblings) {
    throw new PipelineError(
      'DATASET_INVALID',
      `The catalog entry "${dataset}" is about a database file of DuckDB, which several threads would spoil: open the session with threads: 1, or with isolation "inline".`,
      { details: { dataset } },
    );
  }
  if (!/^:memory:/.test(path)) return { path, file: localPath(dataset, project, path) };
  throw new PipelineError(
    'DATASET_INVALID',
    `The catalog entry "${dataset}" has a database in memory, which would be gone at once: name a file.`,
    { details: { dataset } },
  );
}

/** Whether the file is there: opening it would make it. */
export async function hasDatabase({ file }: DatabaseFile): Promise<boolean> {
  return isFile(file);
}

/** A text that changes when the file does, or what DuckDB has written beside it and not yet into it. */
export async function databaseState({ file }: DatabaseFile): Promise<string> {
  const states = [file, `${file}.wal`].map((path) =>
    stat(path, { bigint: true }).then(
      ({ mtimeNs, size, ino }) => `${mtimeNs}:${size}:${ino}`,
      () => '',
    ),
  );
  return (await Promise.all(states)).join('|');
}

/** Does `work` with a connection of its own to that file, which is made when it is not there. */
export async function withDatabase<T>(
  connections: Connections,
  dataset: string,
  { file }: DatabaseFile,
  signal: AbortSignal | undefined,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const held = await connections.use(`duckdb:${file}`, () => newHeld(dataset), closeHeld);
  held.users += 1;
  try {
    const instance = await unlessAborted(openShared(held, file), signal);
    return await onConnection(instance, signal, async (connection) => {
      const [[catalog] = []] = (await connection.runAndReadAll('SELECT current_database()')).getRows();
      const duckdb = { dataset, signal, library: held.library, connection, csvSchemas: new Map() };
      return work({
        ...duckdb,
        catalog: String(catalog),
        alone: (write) => inTurn(held, () => inTransaction(duckdb, write)),
      });
    });
  } finally {
    held.users -= 1;
    if (held.users === 0) await closeHeld(held);
  }
}

async function newHeld(dataset: string): Promise<Held> {
  const library = await importDuckDb(dataset);
  return { library, users: 0, instance: undefined, waiting: new AbortController(), writers: Promise.resolve() };
}

function openShared(held: Held, file: string): Promise<DuckDBInstance> {
  if (held.instance !== undefined) return held.instance;
  held.waiting = new AbortController();
  const opening = openFile(held.library, file, held.waiting.signal);
  held.instance = opening;
  opening.catch(() => {
    if (held.instance === opening) held.instance = undefined;
  });
  return opening;
}

async function closeHeld(held: Held): Promise<void> {
  const { instance } = held;
  held.instance = undefined;
  held.waiting.abort();
  (await instance?.catch(() => undefined))?.closeSync();
}

/** What `promise` brings, or the signal's reason when that comes first. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  const { promise: aborted, stop } = abortOf(signal);
  return Promise.race([promise, aborted]).finally(stop);
}

function abortOf(signal: AbortSignal): { promise: Promise<never>; stop: () => void } {
  let stop = () => {};
  const promise = new Promise<never>((_, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort);
    stop = () => signal.removeEventListener('abort', onAbort);
  });
  return { promise, stop };
}

async function openFile(library: DuckDbLibrary, file: string, signal: AbortSignal): Promise<DuckDBInstance> {
  const name = createHash('sha256').update(file).digest('hex').slice(0, 12);
  const until = Date.now() + LONGEST_WAIT;
  for (;;) {
    try {
      // By way of DuckDB's cache: two instances of one process would both get the file, and spoil it.
      const instance = await library.DuckDBInstance.fromCache(file, instanceOptions(name));
      await setUtc(instance);
      return instance;
    } catch (error) {
      if (!/could not set lock/i.test(messageOf(error)) || Date.now() > until) throw error;
    }
    await sleep(50, undefined, { signal });
  }
}

async function inTurn<T>(held: Held, work: () => Promise<T>): Promise<T> {
  const mine = held.writers.then(work);
  held.writers = mine.catch(() => undefined);
  return mine;
}

async function inTransaction<T>({ connection, signal }: DuckDb, work: () => Promise<T>): Promise<T> {
  await connection.run('BEGIN TRANSACTION');
  try {
    const done = await work();
    signal?.throwIfAborted();
    await connection.run('COMMIT');
    return done;
  } catch (error) {
    // A COMMIT that fails has rolled back already, and then there is nothing to take back.
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
