/** DuckDB inside this process: one in-memory engine per session, one connection per operation. Files: `database.ts`. */
import { randomBytes } from 'node:crypto';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { messageOf } from '../../../core/index.ts';
import type { Connections } from '../../connections.ts';
import { mayPass } from '../../failures.ts';
import { importLibrary } from '../../import-library.ts';
import type { CsvSchemas } from './csv.ts';

export type DuckDbLibrary = typeof import('@duckdb/node-api');

/** What one operation works with. */
export interface DuckDb {
  /** The dataset's name, for messages. */
  readonly dataset: string;
  readonly signal: AbortSignal | undefined;
  readonly library: DuckDbLibrary;
  /** This operation's own: temporary tables and views on it are seen by nobody else. */
  readonly connection: DuckDBConnection;
  /** What the session knows about the columns of CSV files. */
  readonly csvSchemas: CsvSchemas;
}

interface Engine {
  library: DuckDbLibrary;
  instance: DuckDBInstance;
  csvSchemas: CsvSchemas;
}

/**
 * Does `work` with a connection of its own. `signal` interrupts the statement that runs. Throws
 * `DATASET_LIBRARY_MISSING` and what DuckDB throws.
 */
export async function withDuckDb<T>(
  connections: Connections,
  dataset: string,
  signal: AbortSignal | undefined,
  work: (duckdb: DuckDb) => Promise<T>,
): Promise<T> {
  const { instance, library, csvSchemas } = await connections.use('duckdb', () => openEngine(dataset), closeEngine);
  return onConnection(instance, signal, (connection) => work({ dataset, signal, library, csvSchemas, connection }));
}

/** Lends a new connection to `work`; when `signal` fires, what runs on it is interrupted. */
export async function onConnection<T>(
  instance: DuckDBInstance,
  signal: AbortSignal | undefined,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const connection = await instance.connect();
  const interrupt = () => connection.interrupt();
  signal?.addEventListener('abort', interrupt);
  try {
    signal?.throwIfAborted();
    return await work(connection);
  } catch (error) {
    throw withoutAdvice(error);
  } finally {
    signal?.removeEventListener('abort', interrupt);
    connection.closeSync();
  }
}

/** Throws `DATASET_LIBRARY_MISSING`. */
export function importDuckDb(dataset: string): Promise<DuckDbLibrary> {
  return importLibrary(dataset, '@duckdb/node-api', () => import('@duckdb/node-api'));
}

/** The settings of an instance. All of one process that open the same file must give the same: `name` tells others apart. */
export function instanceOptions(name: string): Record<string, string> {
  return {
    // Runs overlap and nodes have work too: one query does not get the whole machine.
    threads: String(Math.min(4, availableParallelism())),
    // A query must not download code because of a function's name.
    autoinstall_known_extensions: 'false',
    // The default is a folder in the current directory.
    temp_directory: join(tmpdir(), `kedro-temporal-duckdb-${process.pid}-${name}`),
  };
}

/** Times without a zone are UTC for every reader of a table, wherever the worker stands. */
export async function setUtc(instance: DuckDBInstance): Promise<void> {
  const connection = await instance.connect();
  try {
    await connection.run("SET GLOBAL TimeZone = 'UTC'");
  } finally {
    connection.closeSync();
  }
}

async function openEngine(dataset: string): Promise<Engine> {
  const library = await importDuckDb(dataset);
  const instance = await library.DuckDBInstance.create(':memory:', instanceOptions(randomBytes(4).toString('hex')));
  await setUtc(instance);
  return { library, instance, csvSchemas: new Map() };
}

async function closeEngine({ instance }: Engine): Promise<void> {
  instance.closeSync();
}

const LASTING =
  /^(Parser|Syntax|Binder|Catalog|Conversion|Invalid|Invalid Input|Out of Range|Mismatch Type|Not implemented)\b/;

/** Whether a statement that DuckDB refused may be accepted later: not when its text or the data is the reason. */
export function mayPassInDuckDb(error: unknown): boolean {
  return mayPass(error) && !LASTING.test(messageOf(error));
}

// DuckDB's advice is about options that catalogs do not have, and shows statements that nobody here has written.
const ADVICE =
  /\n+(?:The search space used was|Possible (?:fixes|solutions)|This type was auto-detected|LINE \d+: [^\n]*read_(?:csv|parquet)\()[\s\S]*$/;

function withoutAdvice(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const hint = /when sniffing/.test(error.message)
    ? '\nDo all rows have as many cells as the header, and is each quote closed?'
    : '';
  const message = `${error.message.replace(ADVICE, '')}${hint}`;
  // The message of a cancel's reason may be read-only.
  if (message !== error.message) error.message = message;
  return error;
}
