import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { datasetContract } from '../../../src/testing/index.ts';
import { hasNoPostgres, withPostgres } from '../../postgres/bench.ts';

describe.skipIf(hasNoPostgres)('pandas.SQLQueryDataset', () => {
  const bench = withPostgres();

  describe('keeps the dataset contract', () => {
    beforeEach(async () => {
      await bench.server.query('DROP TABLE IF EXISTS contract');
    });
    const values = [[{ a: 1 }, { a: 2 }], [{ a: 3 }]] as const;
    const definition = {
      type: 'pandas.SQLQueryDataset',
      sql: 'SELECT a FROM contract ORDER BY a;',
      get credentials() {
        return { con: bench.server.url };
      },
    };
    const put = async (_: string, which: 0 | 1) => {
      const cells = values[which].map(({ a }) => `(${a})`).join();
      await bench.server.query(
        `DROP TABLE IF EXISTS contract; CREATE TABLE contract (a int); INSERT INTO contract VALUES ${cells}`,
      );
    };
    datasetContract({ name: 'pandas.SQLQueryDataset', definition, values, put }, test);
  });

  it('reads every type as tables say', async () => {
    await bench.server.query(`CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN price AS numeric(8,2)`);
    const columns: Record<string, [sql: string, cell: unknown]> = {
      bool: ['true', true],
      int2: ['7::int2', 7],
      int8: ['9007199254740991::int8', 9007199254740991],
      numeric: ['1.10::numeric', 1.1],
      domain: ['1.5::price', 1.5],
      notANumber: [`'NaN'::numeric`, null],
      float4: ['0.1::float4', 0.1],
      infinite: [`'-Infinity'::float8`, null],
      minusZero: [`'-0'::float8`, -0],
      text: [`'x'`, 'x'],
      char: [`'x'::char(3)`, 'x  '],
      enumeration: [`'ok'::mood`, 'ok'],
      uuid: [`'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid`, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
      date: [`'2026-01-31'::date`, '2026-01-31'],
      time: [`'06:05:04.5'::time`, '06:05:04.5'],
      interval: [`'1 day 2 hours'::interval`, '1 day 02:00:00'],
      timestamp: [`'2026-01-31 06:00'::timestamp`, '2026-01-31T06:00:00.000Z'],
      zoned: [`'2026-01-31 06:00:00.1+02'::timestamptz`, '2026-01-31T04:00:00.100Z'],
      micros: [`'2026-01-31 06:00:00.123456'::timestamp`, '2026-01-31T06:00:00.123456Z'],
      forever: [`'infinity'::timestamptz`, 'infinity'],
      json: [`'{"a": [1, null]}'::json`, { a: [1, null] }],
      jsonb: [`'"x"'::jsonb`, 'x'],
      list: [`ARRAY['a', NULL, 'b"']`, ['a', null, 'b"']],
      nested: [
        'ARRAY[ARRAY[1, 2], ARRAY[3, 4]]',
        [
          [1, 2],
          [3, 4],
        ],
      ],
      times: [`ARRAY['2026-01-31 06:00'::timestamptz]`, ['2026-01-31T06:00:00.000Z']],
      enumerations: [`ARRAY['ok', 'sad']::mood[]`, ['ok', 'sad']],
      none: ['NULL::int', null],
    };
    const list = Object.entries(columns).map(([name, [sql]]) => `${sql} AS "${name}"`);
    const [row] = (await bench.query(`SELECT ${list.join(', ')}`).load()) as Record<string, unknown>[];
    expect(row).toEqual(Object.fromEntries(Object.entries(columns).map(([name, [, cell]]) => [name, cell])));
  });

  it('binds params by name and in order, with the types they have when written out', async () => {
    const sql = `SELECT %(n)s / 2 AS half, %(f)s * 2 AS double, %(t)s::text AS text, %(day)s::date + 1 AS next,
      %(b)s AS flag, %(none)s::int IS NULL AS missing, 5 = ANY (%(ids)s) AS found, 7 %% 4 AS rest`;
    const params = { n: 5, f: 1.5, t: `x'; DROP TABLE t; --`, day: '2026-01-31', b: false, none: null, ids: [4, 5] };
    expect(await bench.query(sql, params).load()).toEqual([
      { half: 2, double: 3, text: params.t, next: '2026-02-01', flag: false, missing: true, found: true, rest: 3 },
    ]);
    expect(await bench.query('SELECT substr(%s, %s) AS s', ['abcdef', 3]).load()).toEqual([{ s: 'cdef' }]);
    await expect(bench.query('SELECT %(a)s IS NULL', { a: 'x' }).load()).rejects.toThrow(/%\(name\)s::text/);
  });

  it.each([
    'DELETE FROM kept',
    'INSERT INTO kept VALUES (2)',
    'DROP TABLE kept',
    'CREATE TABLE other (a int)',
    'SET x.y = 1',
  ])('only reads: %s', async (sql) => {
    await bench.server.query('CREATE TABLE IF NOT EXISTS kept (a int); TRUNCATE kept; INSERT INTO kept VALUES (1)');
    await expect(bench.query(sql).load()).rejects.toMatchObject({
      code: 'DATASET_INVALID',
      message: expect.stringContaining('only reads'),
    });
    for (const two of [`SELECT 1; COMMIT; ${sql}`, `COMMIT; ${sql}`]) {
      await expect(bench.query(two).load()).rejects.toMatchObject({ retryable: false });
      await expect(bench.query(two).exists()).rejects.toMatchObject({ retryable: false });
      await expect(bench.query(two).fingerprint()).rejects.toMatchObject({ retryable: false });
    }
    expect(await bench.query('SELECT * FROM kept').load()).toEqual([{ a: 1 }]);
  });

  it('refuses two columns of one name', async () => {
    await expect(bench.query('SELECT 1 AS a, 2 AS a').load()).rejects.toMatchObject({
      code: 'DATASET_VALUE_INVALID',
      message: expect.stringContaining('column "a"'),
    });
  });

  it('has its statement in a file, read when it is loaded', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-sql-'));
    try {
      const filepath = path.join(folder, 'query.sql');
      const dataset = bench.query('', { a: 1 }, { sql: null, filepath });
      expect(dataset.filepath).toBe(filepath);
      await expect(dataset.load()).rejects.toMatchObject({ code: 'DATASET_NOT_SAVED_YET' });
      await writeFile(filepath, '\ufeff-- %(b)s\nSELECT %(a)s AS a\n');
      expect(await dataset.load()).toEqual([{ a: 1 }]);
      await writeFile(filepath, 'SELECT 2');
      await expect(dataset.load()).rejects.toMatchObject({ code: 'DATASET_INVALID' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('runs at the isolation it asks for, in UTC, and changes nothing for others', async () => {
    const con = `${bench.server.url}?options=${encodeURIComponent('-c TimeZone=Asia/Tokyo')}`;
    const ask = (more: object) =>
      bench.query(
        `SELECT current_setting('transaction_isolation') AS level, current_setting('TimeZone') AS zone, now()::text LIKE '%+00' AS utc`,
        undefined,
        { credentials: { con }, ...more },
      );
    expect(await ask({}).load()).toEqual([{ level: 'read committed', zone: 'UTC', utc: true }]);
    const found = await ask({ execution_options: { isolation_level: 'SERIALIZABLE' } }).load();
    expect(found).toMatchObject([{ level: 'serializable' }]);
  });

  it.each([
    ['SELEC 1', 'DATASET_LOAD_FAILED', /syntax error/],
    ['SELECT nothing FROM pg_class', 'DATASET_LOAD_FAILED', /"nothing" does not exist/],
    ['SELECT * FROM nowhere.nothing', 'DATASET_NOT_SAVED_YET', /nowhere/],
    ['SELECT 1 / 0', 'DATASET_LOAD_FAILED', /division by zero/],
  ])('is not tried again for %s', async (sql, code, message) => {
    const error = await (async () => bench.query(sql).load())().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, retryable: false, message: expect.stringMatching(message) });
  });

  it('has a fingerprint of its result, in order', async () => {
    const of = (sql: string, params?: unknown) => bench.query(sql, params).fingerprint();
    const rows = 'SELECT * FROM (VALUES (1), (2)) AS t (a) ORDER BY a';
    const first = await of(rows);
    expect(await of(`${rows} -- the same`)).toBe(first);
    expect(await of(`${rows} DESC`)).not.toBe(first);
    expect(await of(`SELECT a AS b FROM (${rows}) x`)).not.toBe(first);
    expect(await of(`${rows} LIMIT %s`, [1])).not.toBe(first);
  });
});
