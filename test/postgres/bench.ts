/** A PostgreSQL for the tests of one file, and datasets on it; each test has connections of its own. */
import { tmpdir } from 'node:os';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import {
  Connections,
  createRegistry,
  type Dataset,
  type DatasetDefinition,
  openDataset,
} from '../../src/catalog/index.ts';
import { type PostgresServer, postgresPrograms, startPostgres } from './server.ts';

/** For `describe.skipIf`. */
export const hasNoPostgres = postgresPrograms() === undefined;

type Entry = Record<string, unknown>;

export interface PostgresBench {
  readonly server: PostgresServer;
  readonly connections: Connections;
  /** A new name for a table. */
  newTable(): string;
  table(name: string, saveArgs?: Record<string, unknown>, more?: Entry): Dataset;
  query(sql: string, params?: unknown, more?: Entry): Dataset;
  /** Connections that the server sees from us, those of this test's own queries left out. */
  connectionsSeen(): Promise<{ state: string; query: string }[]>;
}

/** Call it in a `describe`. */
export function withPostgres(): PostgresBench {
  let server: PostgresServer | undefined;
  let connections = new Connections();
  let tables = 0;
  const registry = createRegistry();
  const open = (definition: Entry, name = 'subject') =>
    openDataset(name, definition as unknown as DatasetDefinition, { project: tmpdir(), connections }, registry);
  const credentials = () => ({ con: bench.server.url });
  const bench: PostgresBench = {
    get server() {
      if (server === undefined) throw new Error('PostgreSQL is not there yet');
      return server;
    },
    get connections() {
      return connections;
    },
    newTable: () => `table_${++tables}`,
    table: (table_name, save_args = { if_exists: 'replace' }, more = {}) =>
      open({ type: 'pandas.SQLTableDataset', table_name, save_args, credentials: credentials(), ...more }),
    query: (sql, params, more = {}) =>
      open({
        type: 'pandas.SQLQueryDataset',
        sql,
        credentials: credentials(),
        ...(params === undefined ? {} : { load_args: { params } }),
        ...more,
      }),
    connectionsSeen: () =>
      bench.server.query(
        `SELECT state, query FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name <> 'tests'`,
      ),
  };
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => {
    await server?.remove();
  });
  beforeEach(() => {
    connections = new Connections();
  });
  afterEach(async () => {
    await connections.close();
  });
  return bench;
}

/** Waits until `check` holds. */
export async function until(check: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`${what} did not happen`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
