import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datasetContract, withProject } from '../../contract/dataset.ts';

const rows = [
  { day: '2026-01-01', rain: 1.5, count: 3, wet: true, tags: ['a'], where: { lat: 1.5, name: null } },
  { day: '2026-01-02', rain: null, count: 4, wet: false, tags: [], where: null },
];

datasetContract({
  name: 'pandas.ParquetDataset',
  definition: { type: 'pandas.ParquetDataset' },
  file: 'data/table.parquet',
  values: [rows, []],
  refused: { value: [...rows, { wet: 'much' }], path: 'rows[2].wet' },
});

describe('pandas.ParquetDataset', () => {
  const bench = withProject();
  const definition = { type: 'pandas.ParquetDataset', filepath: 'table.parquet' };

  const text = fc.string({ unit: 'binary', maxLength: 8 });
  const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.maxSafeInteger());
  const four = <T>(cell: fc.Arbitrary<T>) => fc.array(fc.option(cell), { minLength: 4, maxLength: 4 });
  const column = fc.oneof(
    four(text),
    four(number),
    four(fc.boolean()),
    four(fc.array(fc.option(number), { maxLength: 3 })),
    four(fc.record({ a: fc.option(text), b: fc.array(fc.boolean(), { maxLength: 2 }) })),
  );

  it('gives back any table, lists, objects, empty texts and −0 too', async () => {
    const dataset = bench.open(definition);
    const name = text.filter((name) => name !== '' && name !== '__proto__' && !name.includes('\0'));
    const names = fc.uniqueArray(name, { minLength: 1, maxLength: 4, selector: (name) => name.toLowerCase() });
    await fc.assert(
      fc.asyncProperty(names, fc.array(column, { minLength: 4, maxLength: 4 }), async (names, columns) => {
        const table = [0, 1, 2, 3].map((r) =>
          Object.fromEntries(names.map((name, c) => [name, columns[c]?.[r] ?? null])),
        );
        await dataset.save(table);
        expect(await dataset.load()).toEqual(table);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps numbers that no 64-bit integer can hold beside ones that it can', async () => {
    const dataset = bench.open(definition);
    const table = [
      { zero: 1, large: 1, mixed: 1 },
      { zero: -0, large: 1e300, mixed: 0.5 },
    ];
    await dataset.save(table);
    expect(await dataset.load()).toEqual(table);
  });

  it('loads its own file only when its name looks like a pattern for others', async () => {
    const open = (filepath: string) => bench.open({ ...definition, filepath });
    await open('a*.parquet').save([{ a: 1 }]);
    await open('ab.parquet').save([{ a: 2 }]);
    expect(await open('a*.parquet').load()).toEqual([{ a: 1 }]);
  });

  it('keeps more rows than fit in one chunk, in order', async () => {
    const table = Array.from({ length: 50_000 }, (_, i) => ({ i, half: i / 2, text: `t${i}` }));
    const dataset = bench.open(definition);
    await dataset.save(table);
    expect(await dataset.load()).toEqual(table);
  });

  it('takes a missing key and undefined for null', async () => {
    const dataset = bench.open(definition);
    await dataset.save([{ a: 1 }, { b: 'x' }, { a: undefined }]);
    expect(await dataset.load()).toEqual([
      { a: 1, b: null },
      { a: null, b: 'x' },
      { a: null, b: null },
    ]);
  });

  it.each([
    ['NaN', [{ a: 1 }, { a: Number.NaN }], 'rows[1].a'],
    ['a bigint', [{ a: 1n }], 'rows[0].a'],
    ['a Date', [{ a: new Date(0) }], 'rows[0].a'],
    ['a function', [{ a: () => 1 }], 'rows[0].a'],
    ['half a character', [{ a: 'fine' }, { a: '\udc00' }], 'rows[1].a'],
    ['mixed types', [{ a: 1 }, { a: 'x' }], 'rows[1].a'],
    ['mixed types inside a list', [{ a: [1] }, { a: ['x'] }], 'rows[1].a'],
    ['names that differ in case only', [{ a: 1, A: 1 }], 'rows[0].A'],
    ['a column without a name', [{ '': 1 }], 'rows[0].'],
    ['the prototype for a column', [JSON.parse('{"__proto__": 1}')], 'rows[0].__proto__'],
    ['a row that is no object', [{ a: 1 }, 2], 'rows[1]'],
    ['rows without columns', [{}], 'rows[0]'],
    ['an object without keys', [{ a: {} }], 'column "a"'],
    ['what is no table', { a: 1 }, ''],
  ])('refuses %s, and names the place', async (_, value, path) => {
    await expect(bench.open(definition).save(value)).rejects.toMatchObject({
      code: 'DATASET_VALUE_INVALID',
      details: { dataset: 'subject', path },
    });
  });

  it('loads some columns only', async () => {
    const dataset = bench.open({ ...definition, load_args: { columns: ['b'] } });
    await dataset.save([{ a: 1, b: 2 }]);
    expect(await dataset.load()).toEqual([{ b: 2 }]);
  });

  it.each(['snappy', 'gzip', 'zstd', 'brotli', 'lz4', 'none'])('compresses with %s', async (compression) => {
    const dataset = bench.open({ ...definition, save_args: { compression, engine: 'pyarrow', index: false } });
    await dataset.save(rows);
    expect(await dataset.load()).toEqual(rows);
  });

  it('gives a table without rows the columns and types that are declared', async () => {
    const columns = { n: 'integer', x: 'float', t: 'string', b: 'boolean' };
    await bench.open({ ...definition, save_args: { columns } }).save([]);
    const query = bench.open({
      type: 'duckdb.QueryDataset',
      sql: 'SELECT column_name AS name, column_type AS type FROM (DESCRIBE t)',
      tables: { t: 'table.parquet' },
    });
    expect(await query.load()).toEqual([
      { name: 'n', type: 'BIGINT' },
      { name: 'x', type: 'DOUBLE' },
      { name: 't', type: 'VARCHAR' },
      { name: 'b', type: 'BOOLEAN' },
    ]);
  });

  it('says DATASET_LOAD_FAILED, not to be tried again, for a file that is no Parquet', async () => {
    await writeFile(join(bench.project, 'table.parquet'), 'not parquet at all');
    await expect(bench.open(definition).load()).rejects.toMatchObject({
      code: 'DATASET_LOAD_FAILED',
      retryable: false,
    });
  });

  it('stops a save that is cancelled midway, and leaves the old content', async () => {
    const dataset = bench.open(definition);
    await dataset.save([{ a: 1 }]);
    const many = Array.from({ length: 200_000 }, (_, a) => ({ a }));
    const controller = new AbortController();
    const saving = dataset.save(many, { signal: controller.signal });
    setImmediate(() => controller.abort(new Error('stop')));
    await expect(saving).rejects.toThrow('stop');
    expect(await dataset.load()).toEqual([{ a: 1 }]);
  });
});
