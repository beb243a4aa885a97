/** What a catalog entry for a database may say. No server is needed: opening connects to nothing. */
import { describe, expect, it } from 'vitest';
import { postgresTarget } from '../../../src/catalog/datasets/postgres/target.ts';
import { tlsOptions } from '../../../src/catalog/datasets/postgres/tls.ts';
import { Connections, createRegistry, type DatasetDefinition, openDataset } from '../../../src/catalog/index.ts';

const SECRET = 'hunter2';
const CON = `postgresql://me:${SECRET}@db.example:5433/shop`;

function openEntry(definition: Record<string, unknown>) {
  const tools = { project: '/project', connections: new Connections() };
  const entry = { credentials: { con: CON }, ...definition } as unknown as DatasetDefinition;
  return openDataset('orders', entry, tools, createRegistry());
}

const open = (more: Record<string, unknown>) => openEntry({ type: 'pandas.SQLTableDataset', table_name: 't', ...more });
const query = (more: Record<string, unknown>) =>
  openEntry({ type: 'pandas.SQLQueryDataset', sql: 'SELECT 1', ...more });

function refusal(work: () => unknown): { code: string; message: string } {
  try {
    work();
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('nothing was thrown');
}

const target = (credentials: Record<string, unknown>) => postgresTarget('orders', '/project', credentials);

describe('the connection string', () => {
  it.each([
    ['postgresql://me:pw@h:1/d', { user: 'me', password: 'pw', host: 'h', port: 1, database: 'd', place: 'h:1/d' }],
    ['postgres://h/d', { user: undefined, host: 'h', port: 5432, database: 'd' }],
    ['postgresql+psycopg2://me:p%40%2F%3A@h/d', { password: 'p@/:' }],
    ['postgresql+asyncpg://me:a/b?c#d@h/d', { password: 'a/b?c#d', host: 'h', database: 'd' }],
    ['postgresql://me:100%@h/d', { password: '100%' }],
    ['postgresql://me@[::1]:7/d', { host: '::1', port: 7, place: '[::1]:7/d' }],
    ['postgresql://me@h', { database: 'me' }],
    ['postgresql://me@/d?host=/run/postgresql&port=6543', { host: '/run/postgresql', port: 6543, database: 'd' }],
    ['postgresql://h/d?connect_timeout=3&application_name=mine', { connectTimeoutMs: 3000, applicationName: 'mine' }],
    ['postgresql://h/d', { connectTimeoutMs: 10_000, applicationName: 'kedro-temporal', tls: undefined, most: 10 }],
  ])('%s', (con, expected) => {
    expect(target({ con })).toMatchObject(expected);
  });

  it('is completed by connect_args, and the pool by SQLAlchemy’s words', () => {
    const options = '-c statement_timeout=60s';
    const found = target({ con: CON, connect_args: { options, connect_timeout: 2 }, pool_size: 3, max_overflow: 4 });
    expect(found).toMatchObject({ serverOptions: options, connectTimeoutMs: 2000, most: 7 });
    expect(target({ con: CON, pool_recycle: -1, pool_pre_ping: true })).toMatchObject({ recycleSeconds: 0 });
  });

  it.each([
    ['require', { rejectUnauthorized: false }],
    ['verify-ca', { rejectUnauthorized: true, checkServerIdentity: expect.any(Function) }],
    ['verify-full', { rejectUnauthorized: true, servername: 'h' }],
  ])('sslmode=%s', async (sslmode, expected) => {
    const { tls } = target({ con: `postgresql://h/d?sslmode=${sslmode}` });
    const options = tls === undefined ? {} : await tlsOptions(tls);
    expect(options).toMatchObject(expected);
    expect('checkServerIdentity' in options).toBe(sslmode !== 'verify-full');
  });

  it.each(['mysql+pymysql://me:hunter2@h/d', 'sqlite:///x.db', 'mssql+pyodbc://h/d?password=hunter2'])(
    'of another database is refused, with what to do: %s',
    (con) => {
      const { code, message } = refusal(() => open({ credentials: { con } }));
      expect(code).toBe('DATASET_INVALID');
      expect(message).toMatch(/only PostgreSQL is built in.*defineDataset/);
      expect(message).toContain(`"${con.split(':')[0]}"`);
    },
  );
});

describe('no message repeats a password', () => {
  it.each([
    ['no URL', { con: `me:${SECRET}@h` }],
    ['a DSN', { con: `host=h password=${SECRET}` }],
    ['a list', { con: [SECRET] }],
    ['a port', { con: `postgresql://me:${SECRET}@h:99999/d` }],
    ['a port that is none', { con: `postgresql://me:${SECRET}@h:x/d` }],
    ['an sslmode', { con: `postgresql://me:${SECRET}@h/d?sslmode=${SECRET}` }],
    ['a parameter', { con: `postgresql://me:${SECRET}@h/d?sslmod=${SECRET}` }],
    ['connect_args', { con: CON, connect_args: SECRET }],
    ['nested connect_args', { con: CON, connect_args: { password: [SECRET] } }],
    ['another database', { con: `mysql://me:${SECRET}@h` }],
    ['another key', { con: CON, pwd: SECRET }],
    ['no con', { user: 'me', password: SECRET }],
    ['a text', `postgresql://me:${SECRET}@h`],
  ])('%s', (_, credentials) => {
    const { code, message } = refusal(() => open({ credentials }));
    expect(code).toBe('DATASET_INVALID');
    expect(message).toContain('"orders"');
    expect(message).not.toContain(SECRET);
  });
});

describe('options', () => {
  it.each([
    ['no credentials', { credentials: null }, 'con'],
    ['no table', { table_name: null }, 'table_name'],
    ['a table name that would be cut', { table_name: 'é'.repeat(32) }, '63 bytes'],
    ['a schema that would be cut', { load_args: { schema: 'x'.repeat(64) } }, '63 bytes'],
    ['an index', { save_args: { index: true } }, 'index'],
    ['an unknown mode', { save_args: { if_exists: 'merge' } }, '"append"'],
    ['an unknown argument', { load_args: { colums: ['a'] } }, 'Did you mean "columns"'],
    ['a type that is more than a type', { save_args: { dtype: { a: 'int); DROP TABLE t; --' } } }, 'numeric(12,2)'],
    ['replace_where beside replace', { save_args: { if_exists: 'replace', replace_where: { a: 1 } } }, 'leave one out'],
    ['an empty replace_where', { save_args: { replace_where: {} } }, 'with a column at least'],
    ['a mapping in replace_where', { save_args: { replace_where: { a: { b: 1 } } } }, 'replace_where'],
  ])('%s is refused', (_, more, says) => {
    const { code, message } = refusal(() => open(more));
    expect([code, message]).toEqual(['DATASET_INVALID', expect.stringContaining(says)]);
  });

  it.each([
    ['both sql and filepath', { filepath: 'q.sql' }, 'either'],
    ['neither', { sql: null }, 'either'],
    ['a URL for the statement', { sql: null, filepath: 'https://x/q.sql' }, 'https://'],
    ['an isolation of its own', { execution_options: { isolation_level: 'CHAOS' } }, 'SERIALIZABLE'],
    ['a placeholder that is not given', { sql: 'SELECT %(dya)s', load_args: { params: { day: 1 } } }, 'mean "day"'],
    ['a param that is not used', { sql: 'SELECT :day', load_args: { params: { day: 1 } } }, 'write %(day)s'],
    ['names for a list', { sql: 'SELECT %(a)s', load_args: { params: [1] } }, 'write %s'],
    ['places for a mapping', { sql: 'SELECT %s', load_args: { params: { a: 1 } } }, 'write %(name)s'],
    ['too few', { sql: 'SELECT %s, %s', load_args: { params: [1] } }, '1 "params" for the 2'],
    ['a mapping as a value', { sql: 'SELECT %(a)s', load_args: { params: { a: { b: 1 } } } }, 'wrong value for %(a)s'],
    ['a mixed list', { sql: 'SELECT %(a)s', load_args: { params: { a: [1, 'b'] } } }, 'wrong value for %(a)s'],
  ])('of a query: %s is refused', (_, more, says) => {
    const { code, message } = refusal(() => query(more));
    expect([code, message]).toEqual(['DATASET_INVALID', expect.stringContaining(says)]);
  });

  it('as pandas writes them are accepted', () => {
    open({
      save_args: { index: false, chunksize: 1000, method: 'multi', dtype: { a: 'NUMERIC(10, 2)', b: 'text[]' } },
    });
    query({ execution_options: { stream_results: true, isolation_level: 'AUTOCOMMIT' }, encoding: 'utf-8' });
  });
});
