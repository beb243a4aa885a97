import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { datasetContract, withProject } from '../../contract/dataset.ts';

datasetContract({
  name: 'duckdb.QueryDataset',
  definition: {
    type: 'duckdb.QueryDataset',
    sql: 'SELECT day, n FROM days WHERE n >= $least ORDER BY n',
    tables: { days: 'days.csv' },
    parameters: { least: 2 },
  },
  values: [[{ day: '2026-01-02', n: 2 }], [{ day: '2026-01-05', n: 5 }]],
  put: (project, which) =>
    writeFile(join(project, 'days.csv'), ['day,n\n2026-01-01,1\n2026-01-02,2\n', 'day,n\n2026-01-05,5\n'][which] ?? ''),
});

describe('duckdb.QueryDataset', () => {
  const bench = withProject();
  const write = async (path: string, content: string) => {
    await mkdir(join(bench.project, path, '..'), { recursive: true });
    await writeFile(join(bench.project, path), content);
  };
  const query = (sql: string, more = {}) => bench.open({ type: 'duckdb.QueryDataset', sql, ...more });
  const result = (sql: string, more = {}) => query(sql, more).load();

  it('turns every type into what JSON has', async () => {
    expect(
      await result(`SELECT true AS b, 1::TINYINT AS i, 2::UBIGINT AS u, 3::HUGEINT AS h, 1.5::FLOAT AS f, 12.34::DECIMAL(9, 2) AS d,
        DATE '2026-01-31' AS day, TIMESTAMP '2026-01-31 10:00:00' AS at, TIMESTAMPTZ '2026-01-31 10:00:00+02' AS zoned,
        TIMESTAMP '2026-01-31 10:00:00.123456' AS micros, TIMESTAMP_NS '1969-12-31 23:59:59.123456789' AS nanos,
        TIME '10:30:00' AS time, INTERVAL 1 DAY AS step, 'nan'::DOUBLE AS nan, 'inf'::FLOAT AS inf, NULL AS nothing,
        UUID '6ccd780c-baba-1026-9564-5b8c656024db' AS id, 'x'::ENUM ('x', 'y') AS e,
        [1, NULL] AS list, [1.5, 2]::DOUBLE[2] AS array, {'a': DATE '2026-01-31', 'n': 1::BIGINT} AS struct, MAP {'k': 1} AS map`),
    ).toEqual([
      {
        b: true,
        i: 1,
        u: 2,
        h: 3,
        f: 1.5,
        d: 12.34,
        day: '2026-01-31',
        at: '2026-01-31T10:00:00.000Z',
        zoned: '2026-01-31T08:00:00.000Z',
        micros: '2026-01-31T10:00:00.123456Z',
        nanos: '1969-12-31T23:59:59.123456789Z',
        time: '10:30:00',
        step: '1 day',
        nan: null,
        inf: null,
        nothing: null,
        id: '6ccd780c-baba-1026-9564-5b8c656024db',
        e: 'x',
        list: [1, null],
        array: [1.5, 2],
        struct: { a: '2026-01-31', n: 1 },
        map: [{ key: 'k', value: 1 }],
      },
    ]);
  });

  it.each([
    ['a whole number too large for JSON', 'SELECT 9007199254740993 AS big', 'big'],
    ['one inside a list', 'SELECT [9007199254740993] AS bigs', 'bigs'],
    ['a blob', "SELECT 'x'::BLOB AS bytes", 'bytes'],
  ])('names the column of %s', async (_, sql, column) => {
    await expect(result(sql)).rejects.toMatchObject({
      code: 'DATASET_VALUE_INVALID',
      message: expect.stringContaining(`column "${column}"`),
    });
  });

  it('binds parameters of each kind, and never puts them into the text', async () => {
    const parameters = { t: "'; DROP TABLE x; --", n: 3, x: 0.5, b: true, l: [1, 2.5, null], none: null, e: [] };
    expect(
      await result('SELECT $t AS t, $n AS n, $x AS x, $b AS b, $l AS l, $none AS none, $e AS e', { parameters }),
    ).toEqual([parameters]);
    expect(
      await result('SELECT range AS n FROM range(10) WHERE range IN (SELECT unnest($l)) LIMIT $k', {
        parameters: { l: [4, 5], k: 1 },
      }),
    ).toEqual([{ n: 4 }]);
  });

  it.each([
    ['a parameter that is missing', 'SELECT $day', { dya: 1 }, 'Did you mean "dya"'],
    ['one that the statement does not use', 'SELECT 1', { day: 1 }, '"day"'],
    ['one that is a mapping', 'SELECT $day', { day: { a: 1 } }, '"day"'],
    ['a list of different things', 'SELECT $day', { day: [1, 'x'] }, '"day"'],
  ])('refuses %s', async (_, sql, parameters, part) => {
    await expect(result(sql, { parameters })).rejects.toMatchObject({
      code: 'DATASET_INVALID',
      message: expect.stringContaining(part),
    });
  });

  it.each(["COPY (SELECT 1) TO 'out.csv'", 'CREATE TABLE t (a INTEGER)', 'SET threads = 1'])(
    'refuses a statement that does not only read: %s',
    async (sql) => {
      await expect(result(sql)).rejects.toMatchObject({ code: 'DATASET_INVALID' });
    },
  );

  it.each(['SELEC 1', 'SELECT 1; SELECT 2', 'SELECT nope FROM range(1)', 'SELECT * FROM nope'])(
    'says DATASET_LOAD_FAILED, not to be tried again, for a wrong statement: %s',
    async (sql) => {
      await expect(result(sql)).rejects.toMatchObject({ code: 'DATASET_LOAD_FAILED', retryable: false });
    },
  );

  it('reads CSV, Parquet and JSON, joined, under any alias', async () => {
    await write('a.csv', 'id,n\n1,10\n2,20\n');
    await write('b.json', '[{"id": 1, "name": "one"}, {"id": 2, "name": "two"}]');
    await bench.open({ type: 'pandas.ParquetDataset', filepath: 'c.parquet' }).save([{ id: 2, x: 0.5 }]);
    expect(
      await result('SELECT a.n, name, x FROM a JOIN "the ""names" USING (id) JOIN c USING (id)', {
        tables: { a: 'a.csv', 'the "names': 'b.json', c: 'c.parquet' },
      }),
    ).toEqual([{ n: 20, name: 'two', x: 0.5 }]);
  });

  it('knows ISO dates and times in CSV as such, and leaves other dates alone', async () => {
    await write(
      'a.csv',
      'day,taken,local,word\n2026-01-31,2026-01-31T10:00:00Z,01/02/2026,no\n2026-02-01,2026-02-01T10:00:00Z,02/02/2026,f\n',
    );
    expect(
      await result('SELECT day + INTERVAL 1 DAY AS next, month(taken) AS m, local, word FROM a WHERE day = $day', {
        tables: { a: 'a.csv' },
        parameters: { day: '2026-01-31' },
      }),
    ).toEqual([{ next: '2026-02-01T00:00:00.000Z', m: 1, local: '01/02/2026', word: 'no' }]);
  });

  it('reads all files of a glob, whatever types each of them suggests, and skips empty ones', async () => {
    await write('days/1.csv', 'day,n\n2026-01-01,1\n');
    await write('days/2.csv', 'n,day\n2.5,2026-01-02\n');
    await write('days/3.csv', '');
    expect(await result('SELECT * FROM t ORDER BY day', { tables: { t: 'days/*.csv' } })).toEqual([
      { day: '2026-01-01', n: 1 },
      { day: '2026-01-02', n: 2.5 },
    ]);
    const parquet = (path: string) => bench.open({ type: 'pandas.ParquetDataset', filepath: path });
    await parquet('p/1.parquet').save([{ a: null, n: 1 }]);
    await parquet('p/2.parquet').save([{ a: 'x', n: 1.5 }]);
    await parquet('p/3.parquet').save([]);
    expect(await result('SELECT a, n FROM t ORDER BY n', { tables: { t: 'p/*.parquet' } })).toEqual([
      { a: null, n: 1 },
      { a: 'x', n: 1.5 },
    ]);
  });

  it('reads every version of a versioned dataset by a glob, and says how when the folder is named', async () => {
    const days = bench.open({ type: 'pandas.CSVDataset', filepath: 'days.csv', versioned: true });
    await days.save([{ n: 1 }], { version: '2026-01-01T00.00.00.000Z' });
    await days.save([{ n: 2 }], { version: '2026-01-02T00.00.00.000Z' });
    expect(await result('SELECT sum(n) AS n FROM t', { tables: { t: 'days.csv/*/days.csv' } })).toEqual([{ n: 3 }]);
    await expect(result('SELECT * FROM t', { tables: { t: 'days.csv' } })).rejects.toMatchObject({
      code: 'DATASET_LOAD_FAILED',
      message: expect.stringContaining('days.csv/*/days.csv'),
    });
  });

  it('does not see dot-files, nor a file that is just being written', async () => {
    await write('days/1.csv', 'n\n1\n');
    await write('days/.2.csv', 'n\n2\n');
    await write('days/.hidden/3.csv', 'n\n3\n');
    await write('days/.1.csv.77.abc.tmp', 'n\n4\n');
    expect(await result('SELECT sum(n) AS n FROM t', { tables: { t: 'days/**/*.csv' } })).toEqual([{ n: 1 }]);
  });

  it('says which table has no file', async () => {
    await write('a.csv', 'n\n1\n');
    const dataset = query('SELECT * FROM a, b', { tables: { a: 'a.csv', b: 'b/*.csv' } });
    await expect(dataset.load()).rejects.toMatchObject({
      code: 'DATASET_NOT_SAVED_YET',
      message: expect.stringContaining('b/*.csv'),
    });
    expect(await dataset.exists()).toBe(false);
  });

  it('has a fingerprint that notices a new file of its glob', async () => {
    await write('days/1.csv', 'n\n1\n');
    const dataset = query('SELECT * FROM t', { tables: { t: 'days/*.csv' } });
    const before = await dataset.fingerprint();
    await write('days/2.csv', 'n\n2\n');
    expect(await dataset.fingerprint()).not.toBe(before);
  });

  it('keeps the tables of queries that run at once apart', async () => {
    await write('a.csv', 'n\n1\n');
    await write('b.csv', 'n\n2\n');
    const a = query('SELECT n FROM t', { tables: { t: 'a.csv' } });
    const b = query('SELECT n FROM t', { tables: { t: 'b.csv' } });
    const results = await Promise.all([a, b, a, b, a, b].map((dataset) => dataset.load()));
    expect(results.map((rows) => (rows as { n: number }[])[0]?.n)).toEqual([1, 2, 1, 2, 1, 2]);
  });

  it('reads its statement from a file', async () => {
    await write('sql/q.sql', 'SELECT $n + 1 AS m -- a comment');
    const dataset = bench.open({ type: 'duckdb.QueryDataset', filepath: 'sql/q.sql', parameters: { n: 1 } });
    expect(dataset.filepath).toBe('sql/q.sql');
    expect(await dataset.load()).toEqual([{ m: 2 }]);
    const none = bench.open({ type: 'duckdb.QueryDataset', filepath: 'sql/none.sql' });
    await expect(none.load()).rejects.toMatchObject({ code: 'DATASET_NOT_SAVED_YET' });
  });

  it.each([
    ['neither sql nor filepath', {}],
    ['both', { sql: 'SELECT 1', filepath: 'q.sql' }],
    ['a table of an unknown format', { sql: 'SELECT 1', tables: { t: 'a.xlsx' } }],
  ])('refuses an entry with %s', (_, more) => {
    expect(() => bench.open({ type: 'duckdb.QueryDataset', ...more })).toThrow(
      expect.objectContaining({ code: 'DATASET_INVALID' }),
    );
  });

  it('stops a long statement when it is cancelled', async () => {
    const controller = new AbortController();
    const loading = query(
      'SELECT count(*) AS n FROM range(100000) a, range(1000000) b WHERE (a.range * b.range) % 7 = 3',
    ).load({
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(new Error('stop')), 50);
    await expect(loading).rejects.toThrow('stop');
  });
});
