import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Connections, createRegistry, openDataset } from '../../../src/catalog/index.ts';
import { datasetContract, withProject } from '../../contract/dataset.ts';

const values = [
  [
    { day: '2026-01-01', n: 1, x: 0.5, wet: true, tags: ['a'] },
    { day: '2026-01-02', n: 2, x: null, wet: false, tags: [] },
  ],
  [{ day: '2026-01-03', n: 3, x: 1, wet: true, tags: [] }],
] as const;

const refused = { value: [{ n: 1 }, { n: 'x' }], path: 'rows[1].n' };

datasetContract({
  name: 'duckdb.TableDataset',
  definition: { type: 'duckdb.TableDataset', database: 'data.duckdb', table_name: 'days' },
  values,
  refused,
});

datasetContract({
  name: 'ibis.TableDataset',
  definition: {
    type: 'ibis.TableDataset',
    connection: { backend: 'duckdb', database: 'data.duckdb' },
    database: 'weather',
    table_name: 'days',
  },
  values,
  refused,
});

describe('duckdb.TableDataset', () => {
  const bench = withProject();
  const table = (save_args = {}, more = {}) =>
    bench.open({ type: 'duckdb.TableDataset', database: 'd.duckdb', table_name: 't', save_args, ...more });
  const query = (sql: string, more = {}) =>
    bench.open({ type: 'duckdb.QueryDataset', database: 'd.duckdb', sql, ...more }).load();

  it('keeps tables, and schemas, of one file apart, whatever they are called', async () => {
    const names = ['saved', 'the "table"', "it's", 'select', 'a.b'];
    for (const table_name of names) await table({}, { table_name }).save([{ table_name }]);
    await table({}, { table_name: 'saved', schema: 'other "schema"' }).save([{ n: 1 }]);
    for (const table_name of names) expect(await table({}, { table_name }).load()).toEqual([{ table_name }]);
    expect(await table({}, { table_name: 'saved', schema: 'other "schema"' }).load()).toEqual([{ n: 1 }]);
  });

  it.each(['main.db', 'temp.db', 'system.db', 't.db', 'with space.db'])(
    'does not stumble over a file called %s',
    async (database) => {
      await table({}, { database }).save([{ n: 1 }]);
      expect(await table({}, { database }).load()).toEqual([{ n: 1 }]);
    },
  );

  it('makes no file when there is only something to load', async () => {
    expect(await table().exists()).toBe(false);
    await expect(table().load()).rejects.toMatchObject({ code: 'DATASET_NOT_SAVED_YET' });
    expect(await readdir(bench.project)).toEqual([]);
  });

  it('says which table is missing in a file that is there', async () => {
    await table().save([{ n: 1 }]);
    await expect(table({}, { table_name: 'u' }).load()).rejects.toMatchObject({
      code: 'DATASET_NOT_SAVED_YET',
      message: expect.stringContaining('"u" of d.duckdb'),
    });
  });

  it('gives the file back as soon as nobody works with it', async () => {
    await table().save([{ n: 1 }]);
    // Another process can have it, although the session is open.
    const code = `import('@duckdb/node-api').then(async ({ DuckDBInstance }) => {
      const connection = await (await DuckDBInstance.create(process.argv[1])).connect();
      await connection.run('INSERT INTO t VALUES (2)');
    })`;
    const other = spawn(process.execPath, ['-e', code, join(bench.project, 'd.duckdb')], { stdio: 'inherit' });
    expect(await once(other, 'exit')).toEqual([0, null]);
    expect(await table().load()).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('waits for another process that has the file', async () => {
    await table().save([{ n: 1 }]);
    const code = `import('@duckdb/node-api').then(async ({ DuckDBInstance }) => {
      const connection = await (await DuckDBInstance.create(process.argv[1])).connect();
      console.log('open');
      process.stdin.once('end', async () => { await connection.run('INSERT INTO t VALUES (2)'); process.exit(0); }).resume();
    })`;
    const other = spawn(process.execPath, ['-e', code, join(bench.project, 'd.duckdb')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(other.stdout, 'data');
    const loading = table().load();
    const signal = AbortSignal.timeout(100);
    await expect(table().load({ signal })).rejects.toThrow(/timeout/i);
    other.stdin.end();
    expect(await loading).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('shares the file with another session of this process', async () => {
    const connections = new Connections();
    const definition = { type: 'duckdb.TableDataset', database: 'd.duckdb', table_name: 'other' };
    const other = openDataset('x', definition, { project: bench.project, connections }, createRegistry());
    await Promise.all([table().save([{ n: 1 }]), other.save([{ n: 2 }])]);
    expect(await Promise.all([table().load(), other.load()])).toEqual([[{ n: 1 }], [{ n: 2 }]]);
    await connections.close();
    expect(await table().load()).toEqual([{ n: 1 }]);
  });

  describe('modes', () => {
    it('append adds rows, by the names of the columns', async () => {
      await table({ mode: 'append' }).save([{ a: 1, b: 'x' }]);
      await table({ mode: 'append' }).save([{ b: 'y' }]);
      await table({ mode: 'append' }).save([]);
      expect(await table().load()).toEqual([
        { a: 1, b: 'x' },
        { a: null, b: 'y' },
      ]);
    });

    it('upsert replaces rows with the same key', async () => {
      await table().save([
        { id: 1, v: 'old' },
        { id: 2, v: 'old' },
      ]);
      await table({ mode: 'upsert', on: 'id' }).save([
        { id: 2, v: 'new' },
        { id: 3, v: 'new' },
      ]);
      expect(await query('SELECT * FROM t ORDER BY id')).toEqual([
        { id: 1, v: 'old' },
        { id: 2, v: 'new' },
        { id: 3, v: 'new' },
      ]);
    });

    it('ignore keeps what is there, error says so', async () => {
      await table({ mode: 'ignore' }).save([{ n: 1 }]);
      await table({ mode: 'ignore' }).save([{ n: 2 }]);
      expect(await table().load()).toEqual([{ n: 1 }]);
      for (const mode of ['error', 'errorifexists']) {
        await expect(table({ mode }).save([{ n: 2 }])).rejects.toMatchObject({
          code: 'DATASET_SAVE_FAILED',
          retryable: false,
        });
      }
    });

    it.each([
      { mode: 'upsert' },
      { on: 'id' },
      { replace_where: {} },
      { replace_where: { a: {} } },
      { mode: 'overwrite', replace_where: { day: 'x' } },
      { mode: 'delete' },
    ])('refuses %j', (save_args) => {
      expect(() => table(save_args)).toThrow(expect.objectContaining({ code: 'DATASET_INVALID' }));
    });
  });

  describe('replace_where', () => {
    const day = (day: string, n: number) => ({ day, n });
    const saveDay = (name: string, ...rows: unknown[]) => table({ replace_where: { day: name } }).save(rows);

    it('replaces the rows of one day, as often as it is tried', async () => {
      await saveDay('1', day('1', 10));
      await saveDay('2', day('2', 20), day('2', 21));
      await saveDay('2', day('2', 22));
      await saveDay('2', day('2', 22));
      expect(await query('SELECT * FROM t ORDER BY day, n')).toEqual([day('1', 10), day('2', 22)]);
      await saveDay('1');
      expect(await table().load()).toEqual([day('2', 22)]);
    });

    it('does so for many days at once', async () => {
      const days = Array.from({ length: 12 }, (_, i) => String(i));
      await Promise.all(days.map((name, i) => saveDay(name, day(name, i))));
      expect(await query('SELECT count(*) AS n, count(DISTINCT day) AS days FROM t')).toEqual([{ n: 12, days: 12 }]);
    });

    it('refuses a row that belongs to another day', async () => {
      await saveDay('1', day('1', 10));
      await expect(saveDay('2', day('2', 1), day('1', 2))).rejects.toMatchObject({
        code: 'DATASET_VALUE_INVALID',
        details: { dataset: 'subject', path: 'rows[1].day' },
      });
      expect(await table().load()).toEqual([day('1', 10)]);
    });

    it('takes null and lists, and text that is no part of a statement', async () => {
      const rows = [day("' OR true --", 1), day('b', 2), { day: null, n: 3 }];
      await table().save(rows);
      await table({ replace_where: { day: null } }).save([]);
      await table({ replace_where: { day: ["' OR true --", 'x'], n: 1 } }).save([]);
      expect(await table().load()).toEqual([day('b', 2)]);
    });

    it('finds the rows of a day in a column of dates', async () => {
      await table().save([{ n: 0 }]);
      await writeFile(join(bench.project, 'make.csv'), 'day,n\n2026-01-01,1\n2026-01-02,2\n');
      const { DuckDBInstance } = await import('@duckdb/node-api');
      const instance = await DuckDBInstance.create(join(bench.project, 'd.duckdb'));
      const connection = await instance.connect();
      await connection.run(`CREATE OR REPLACE TABLE t AS FROM '${bench.project}/make.csv'`);
      connection.closeSync();
      instance.closeSync();
      await table({ replace_where: { day: '2026-01-02' } }).save([day('2026-01-02', 3)]);
      expect(await table().load()).toEqual([day('2026-01-01', 1), day('2026-01-02', 3)]);
    });
  });

  describe('columns of a table that is there', () => {
    const append = (row: object) => table({ mode: 'append' }).save([row]);

    it('become wide enough: no fraction is rounded', async () => {
      await append({ x: 1, y: null, z: 0.5 });
      await append({ x: 1.5, y: 'text', z: 2 });
      expect(await table().load()).toEqual([
        { x: 1, y: null, z: 0.5 },
        { x: 1.5, y: 'text', z: 2 },
      ]);
    });

    it.each([
      [{ a: 1 }, { a: '007' }],
      [{ a: 'x' }, { a: 7 }],
      [{ a: true }, { a: 1 }],
      [{ a: 1 }, { a: 1, b: 1 }],
    ])('with %j refuse %j, and the table stays', async (first, second) => {
      await append(first);
      await expect(append(second)).rejects.toMatchObject({ code: 'DATASET_VALUE_INVALID' });
      expect(await table().load()).toEqual([first]);
    });
  });

  it('takes everything back when a save fails on its way', async () => {
    const before = [{ day: '1', n: 1, a: [1] }];
    await table().save(before);
    const clash = [{ day: '1', n: 0.5, a: [[1]] }];
    await expect(table({ replace_where: { day: '1' } }).save(clash)).rejects.toMatchObject({
      code: 'DATASET_SAVE_FAILED',
    });
    expect(await table().load()).toEqual(before);
    // The first column was made wider before the second is refused.
    await expect(table({ mode: 'append' }).save([{ n: 0.5, day: 1 }])).rejects.toMatchObject({
      code: 'DATASET_VALUE_INVALID',
    });
    expect(await query('SELECT DISTINCT typeof(n) AS type FROM t')).toEqual([{ type: 'BIGINT' }]);
  });

  it.each([
    [{ database: ':memory:' }, 'memory'],
    [{ database: 's3://b/d.duckdb' }, 's3://'],
    [{ table_name: null }, 'table_name'],
  ])('refuses %j', (more, part) => {
    expect(() => table({}, more)).toThrow(
      expect.objectContaining({ code: 'DATASET_INVALID', message: expect.stringContaining(part) }),
    );
  });

  it('leaves other backends to Python', () => {
    const connection = { backend: 'postgres', database: 'd' };
    expect(() => bench.open({ type: 'ibis.TableDataset', table_name: 't', connection })).toThrow(
      expect.objectContaining({ code: 'DATASET_INVALID', message: expect.stringContaining('"duckdb"') }),
    );
  });

  it('says DATASET_LOAD_FAILED for a file that is no database', async () => {
    await writeFile(join(bench.project, 'd.duckdb'), 'x'.repeat(20_000));
    await expect(table().load()).rejects.toMatchObject({ code: 'DATASET_LOAD_FAILED' });
  });
});

describe('duckdb.QueryDataset over a database file', () => {
  const bench = withProject();
  const open = (sql: string, more = {}) =>
    bench.open({ type: 'duckdb.QueryDataset', database: 'd.duckdb', sql, ...more });

  it('sees its tables, beside files, and only reads', async () => {
    await bench.open({ type: 'duckdb.TableDataset', database: 'd.duckdb', table_name: 't' }).save([{ id: 1, n: 5 }]);
    await writeFile(join(bench.project, 'names.csv'), 'id,name\n1,one\n');
    const joined = open('SELECT name, n FROM t JOIN names USING (id) WHERE n > $least', {
      tables: { names: 'names.csv' },
      parameters: { least: 1 },
    });
    expect(await joined.load()).toEqual([{ name: 'one', n: 5 }]);
    await expect(open('DROP TABLE t').load()).rejects.toMatchObject({ code: 'DATASET_INVALID' });
  });

  it('has a fingerprint that notices a change of the file', async () => {
    const table = bench.open({ type: 'duckdb.TableDataset', database: 'd.duckdb', table_name: 't' });
    const dataset = open('SELECT n FROM t');
    expect(await dataset.exists()).toBe(false);
    await expect(dataset.load()).rejects.toMatchObject({ code: 'DATASET_NOT_SAVED_YET' });
    await table.save([{ n: 1 }]);
    const before = await dataset.fingerprint();
    await dataset.load();
    expect(await dataset.fingerprint()).toBe(before);
    await table.save([{ n: 2 }]);
    expect(await dataset.fingerprint()).not.toBe(before);
  });
});
