import fc from 'fast-check';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { datasetContract } from '../../../src/testing/index.ts';
import { hasNoPostgres, until, withPostgres } from '../../postgres/bench.ts';

const ROWS = [
  { id: 1, name: 'a', price: 1.5, isNew: true, tags: ['x', 'y'], size: { w: 1, h: [2] }, none: null },
  { id: 2, name: '', price: -0, isNew: false, tags: [], size: {}, none: null },
];

describe.skipIf(hasNoPostgres)('pandas.SQLTableDataset', () => {
  const bench = withPostgres();

  describe('keeps the dataset contract', () => {
    beforeEach(async () => {
      await bench.server.query('DROP TABLE IF EXISTS contract');
    });
    const definition = {
      type: 'pandas.SQLTableDataset',
      table_name: 'contract',
      save_args: { if_exists: 'replace' },
      get credentials() {
        return { con: bench.server.url };
      },
    };
    const refused = { value: [{ a: 1 }, { a: 'b' }], path: 'rows[1].a' };
    // A getter, as the server's port is not known yet.
    const subject = { name: 'pandas.SQLTableDataset', definition, values: [ROWS, [{ other: 'b' }]] as const, refused };
    datasetContract(subject, test);
  });

  describe('a column', () => {
    it('has the type that fits all its cells', async () => {
      const name = bench.newTable();
      await bench.table(name).save(ROWS);
      const types = await bench.server.query(
        'SELECT column_name, data_type FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position',
        [name],
      );
      expect(Object.fromEntries(types.map(({ column_name, data_type }) => [column_name, data_type]))).toEqual({
        id: 'bigint',
        name: 'text',
        price: 'double precision',
        isNew: 'boolean',
        tags: 'jsonb',
        size: 'jsonb',
        none: 'text',
      });
      expect(await bench.table(name).load()).toEqual(ROWS);
    });

    it('has the type that dtype says, and is there although no row has it', async () => {
      const name = bench.newTable();
      const dtype = { day: 'date', price: 'numeric(10,2)', tags: 'text[]', seen: 'timestamptz', any: 'jsonb' };
      const table = bench.table(name, { if_exists: 'replace', dtype });
      const row = { day: '2026-01-31', price: 1.255, tags: ['a"', '\\', 'NULL', null, ''], any: 'text' };
      await table.save([row]);
      expect(await table.load()).toEqual([{ ...row, price: 1.26, seen: null }]);
      await table.save([]);
      expect(await table.load()).toEqual([]);
      expect(await bench.query(`SELECT day, seen FROM ${name}`).exists()).toBe(true);
    });

    it('may have any name but one that PostgreSQL would cut', async () => {
      const row = { 'a "b"': 1, select: 2, 'Ünï; --': 3, ['x'.repeat(63)]: 4 };
      const table = bench.table('odd "table"; --', { if_exists: 'replace', schema: 'public' });
      await table.save([row]);
      expect(await table.load()).toEqual([row]);
      await expect(table.save([{ ['x'.repeat(64)]: 1 }])).rejects.toMatchObject({
        code: 'DATASET_VALUE_INVALID',
        message: expect.stringContaining('63 bytes'),
      });
    });

    it('that cannot be loaded is named', async () => {
      await bench.server.query(`CREATE TABLE odd (id int8, b bytea, r int4range)`);
      await expect(bench.table('odd').load()).rejects.toMatchObject({
        code: 'DATASET_VALUE_INVALID',
        message: expect.stringMatching(/column "b".*type bytea.*cast it/),
      });
      const load = (columns: string[]) => bench.table('odd', {}, { load_args: { columns } }).load();
      expect(await load(['id'])).toEqual([]);
      await expect(load(['r'])).rejects.toThrow(/column "r".*int4range/);
      await bench.server.query('INSERT INTO odd (id) VALUES (9007199254740993)');
      await expect(load(['id'])).rejects.toThrow(/column "id".*9007199254740993 is beyond/);
      await expect(load(['ide'])).rejects.toMatchObject({ code: 'DATASET_LOAD_FAILED', retryable: false });
    });
  });

  it('returns random tables as they were', async () => {
    const text = fc.string({ unit: 'grapheme' }).map((one) => one.replaceAll('\0', ''));
    const odd = fc.constantFrom(
      '\\',
      '\\N',
      '\\.',
      '\t',
      '\n',
      '\r\n',
      "'",
      '"',
      '{}',
      'NULL',
      ' ',
      '\u2028',
      '😀',
      '\\u0000',
    );
    const row = fc.record({
      text: fc.option(fc.oneof(text, odd)),
      whole: fc.option(fc.maxSafeInteger()),
      float: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
      flag: fc.option(fc.boolean()),
      list: fc.option(fc.array(fc.oneof(text, odd))),
      struct: fc.option(fc.record({ a: text, b: fc.option(fc.integer()) })),
    });
    const table = bench.table('random');
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1 }), async (rows) => {
        await table.save(rows);
        expect(await table.load()).toEqual(rows);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses a NUL character wherever it is, names the row, and keeps the old rows', async () => {
    const table = bench.table(bench.newTable());
    await table.save(ROWS);
    for (const cell of ['a\0b', ['\0'], { a: '\\\0' }]) {
      await expect(table.save([{ cell: null }, { cell }])).rejects.toMatchObject({
        code: 'DATASET_VALUE_INVALID',
        details: { path: 'rows[1].cell' },
      });
    }
    expect(await table.load()).toEqual(ROWS);
    await table.save([{ cell: ['\\u0000'] }]);
    expect(await table.load()).toEqual([{ cell: ['\\u0000'] }]);
  });

  it('keeps 100,000 rows, in the order in which they were', async () => {
    const rows = Array.from({ length: 100_000 }, (_, id) => ({
      id,
      name: `row ${id}\n`,
      share: id / 7,
      odd: id % 2 === 1,
    }));
    const table = bench.table(bench.newTable());
    await table.save(rows);
    expect(await table.load()).toEqual(rows);
  });

  describe('if_exists', () => {
    it('is "fail" when nothing is said: a table that is there stays', async () => {
      const name = bench.newTable();
      const table = bench.table(name, {});
      await table.save([{ a: 1 }]);
      await expect(table.save([{ a: 2 }])).rejects.toMatchObject({
        code: 'DATASET_SAVE_FAILED',
        retryable: false,
        message: expect.stringContaining(`the table ${name} exists`),
      });
      expect(await table.load()).toEqual([{ a: 1 }]);
    });

    it('"append" adds to the columns that are there, in their types', async () => {
      const name = bench.newTable();
      await bench.server.query(
        `CREATE TABLE ${name} (day date, at timestamptz, tags text[], n numeric, j json, z int)`,
      );
      const table = bench.table(name, { if_exists: 'append' });
      const row = { day: '2026-01-31', at: '2026-01-31T06:00:00.000Z', tags: ['a,b', '}'], n: 1.5, j: 'x' };
      await table.save([row]);
      await table.save([row]);
      expect(await table.load()).toEqual([
        { ...row, z: null },
        { ...row, z: null },
      ]);
      await expect(table.save([{ zz: 1 }])).rejects.toMatchObject({ code: 'DATASET_SAVE_FAILED', retryable: false });
      await expect(table.save([{ z: 'x' }])).rejects.toThrow(/invalid input syntax for type integer.*line 1, column z/);
    });

    it('"replace" takes other columns, and says what to do where others depend on the table', async () => {
      const name = bench.newTable();
      const table = bench.table(name);
      await table.save([{ a: 1 }]);
      await table.save([{ b: 'x' }]);
      expect(await table.load()).toEqual([{ b: 'x' }]);
      await table.save([]);
      expect(await bench.query(`SELECT b FROM ${name}`).load()).toEqual([]);
      await bench.server.query(`CREATE VIEW v_${name} AS SELECT * FROM ${name}`);
      await expect(table.save([{ b: 'y' }])).rejects.toMatchObject({
        retryable: false,
        message: expect.stringMatching(/depends on.*replace_where/s),
      });
    });

    it('finds the table where the server does, and one schema is enough', async () => {
      await bench.server.query('CREATE SCHEMA dw; CREATE TABLE dw.here (a int)');
      const table = bench.table('here', { schema: 'dw', if_exists: 'replace' });
      await table.save([{ b: 1 }]);
      expect(await table.load()).toEqual([{ b: 1 }]);
      const con = `${bench.server.url}?options=${encodeURIComponent('-c search_path=public,dw')}`;
      const found = bench.table('here', { if_exists: 'replace' }, { credentials: { con } });
      await found.save([{ c: 1 }]);
      expect(await bench.table('here', {}, { load_args: { schema: 'dw' } }).load()).toEqual([{ c: 1 }]);
      expect(await bench.table('here').exists()).toBe(false);
      await expect(bench.table('x', { schema: 'nowhere' }).save([{ a: 1 }])).rejects.toThrow(/schema "nowhere"/);
      await expect(bench.table('x', { schema: 'nowhere' }).load()).rejects.toMatchObject({
        code: 'DATASET_NOT_SAVED_YET',
      });
    });
  });

  describe('replace_where', () => {
    const day = (date: string, ...values: number[]) => values.map((value) => ({ day: date, value }));
    const of = (name: string, replace_where: Record<string, unknown>) =>
      bench.table(name, { replace_where, dtype: { day: 'date' } });
    const sorted = async (name: string) => bench.query(`SELECT day, value FROM ${name} ORDER BY day, value`).load();

    it('replaces the rows of its day, however often, and no others', async () => {
      const name = bench.newTable();
      await of(name, { day: '2026-01-01' }).save(day('2026-01-01', 1));
      for (const values of [
        [1, 2, 3],
        [4, 5],
        [4, 5],
      ])
        await of(name, { day: '2026-01-02' }).save(day('2026-01-02', ...values));
      expect(await sorted(name)).toEqual([...day('2026-01-01', 1), ...day('2026-01-02', 4, 5)]);
      await of(name, { day: '2026-01-01' }).save([]);
      expect(await sorted(name)).toEqual(day('2026-01-02', 4, 5));
    });

    it('leaves one day when two attempts at it save at once', async () => {
      const name = bench.newTable();
      const table = of(name, { day: '2026-01-02' });
      await Promise.all(Array.from({ length: 8 }, () => table.save(day('2026-01-02', 1, 2))));
      expect(await sorted(name)).toEqual(day('2026-01-02', 1, 2));
    });

    it('takes several columns, lists and null', async () => {
      const name = bench.newTable();
      const rows = [
        { day: '2026-01-01', value: 1 },
        { day: '2026-01-02', value: null },
        { day: '2026-01-03', value: 1 },
      ];
      await bench.table(name).save(rows);
      await of(name, { day: ['2026-01-01', '2026-01-02'], value: null }).save([]);
      expect(await sorted(name)).toEqual([rows[0], rows[2]]);
      await of(name, { day: ['2026-01-01', '2026-01-03'] }).save([]);
      expect(await sorted(name)).toEqual([]);
    });

    it('refuses a row that it would not replace the next time', async () => {
      const rows = [...day('2026-01-02', 1), ...day('2026-01-03', 1)];
      await expect(of(bench.newTable(), { day: '2026-01-02' }).save(rows)).rejects.toMatchObject({
        code: 'DATASET_VALUE_INVALID',
        details: { path: 'rows[1].day' },
      });
    });

    it('takes a value for a value, whatever is in it', async () => {
      const name = bench.newTable();
      const evil = `x' OR true; DROP TABLE ${name}; --`;
      await bench.table(name).save([{ a: 'kept' }, { a: evil }]);
      await bench.table(name, { replace_where: { a: evil } }).save([]);
      expect(await bench.table(name).load()).toEqual([{ a: 'kept' }]);
    });
  });

  describe('a save is all or nothing', () => {
    it('when its connection is killed in the middle', async () => {
      const name = bench.newTable();
      const table = bench.table(name);
      await table.save([{ a: 1 }]);
      // Whoever holds the table for reading keeps the exchange waiting, at the end of the save.
      const reader = bench.server.query(`BEGIN; SELECT * FROM ${name}; SELECT pg_sleep(60)`);
      const sleeping = "query LIKE 'BEGIN; SELECT%' AND state = 'active'";
      const seen = async (where: string) =>
        (await bench.server.query(`SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND ${where}`))
          .length > 0;
      await until(() => seen(sleeping), 'the reader holds the table');
      const saving = expect(table.save([{ a: 2 }])).rejects.toMatchObject({
        code: 'DATASET_SAVE_FAILED',
        retryable: true,
      });
      await until(() => seen(`query LIKE 'DROP TABLE%' AND wait_event_type = 'Lock'`), 'the save waits');
      const kill = (where: string) =>
        bench.server.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND ${where}`,
        );
      await kill(`query LIKE 'DROP TABLE%'`);
      await saving;
      await Promise.all([expect(reader).rejects.toThrow(), kill(sleeping)]);
      expect(await table.load()).toEqual([{ a: 1 }]);
      expect(await bench.server.query(`SELECT 1 FROM pg_class WHERE relname LIKE '_kedro_temporal%'`)).toEqual([]);
    });

    it('and a reader sees the old rows or the new ones, never none', async () => {
      const table = bench.table(bench.newTable());
      const values = [0, 1].map((v) => Array.from({ length: 50 }, () => ({ v })));
      await table.save(values[0]);
      let isSaving = true;
      const saving = (async () => {
        for (let i = 1; i <= 30; i++) await table.save(values[i % 2]);
        isSaving = false;
      })();
      let reads = 0;
      while (isSaving) {
        expect(values).toContainEqual(await table.load());
        reads++;
      }
      await saving;
      expect(reads).toBeGreaterThan(0);
    });
  });

  it('has a fingerprint of what it holds: the order of rows changes nothing, a name or a cell does', async () => {
    const name = bench.newTable();
    const table = bench.table(name);
    const of = async (rows: unknown) => {
      await table.save(rows);
      return table.fingerprint();
    };
    const first = await of([{ a: 1 }, { a: 2 }]);
    expect(await of([{ a: 2 }, { a: 1 }])).toBe(first);
    const others = [
      [{ a: 1 }, { a: 3 }],
      [{ b: 1 }, { b: 2 }],
      [{ a: 1 }],
      [{ a: '1' }, { a: '2' }],
      [{ a: 1 }, { a: 1 }, { a: 2 }],
    ];
    for (const rows of others) expect(await of(rows)).not.toBe(first);
  });
});
