import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datasetContract, withProject } from '../../contract/dataset.ts';

const rows = [
  { day: '2026-01-01', rain: 1.5, count: 3, wet: true, note: 'a "b", c' },
  { day: '2026-01-02', rain: null, count: 4, wet: false, note: null },
];

for (const type of ['pandas.CSVDataset', 'polars.CSVDataset']) {
  datasetContract({
    name: type,
    definition: { type },
    file: 'data/table.csv',
    values: [rows, []],
    refused: { value: [...rows, { rain: 'much' }], path: 'rows[2].rain' },
  });
}

describe('pandas.CSVDataset', () => {
  const bench = withProject();
  const definition = { type: 'pandas.CSVDataset', filepath: 'table.csv' };
  const file = () => join(bench.project, 'table.csv');
  const loaded = async (content: string, load_args = {}) => {
    await writeFile(file(), content);
    return bench.open({ ...definition, load_args }).load();
  };

  it.each([
    ['rows of different lengths', 'a,b\n1,2,3\n', {}, /sniffing[\s\S]*as many cells as the header/],
    ['a cell of another type', 'a,b\n1,x\n', { dtype: { b: 'int64' } }, /Could not convert string "x"/],
    ['a column that is not there', 'a\n1\n', { usecols: ['z'] }, /Referenced column "z" not found/],
  ])(
    'says what is wrong in a few lines, without advice on options that there are not: %s',
    async (_, content, args, says) => {
      const error = await loaded(content, args).catch((thrown: unknown) => thrown as Error);
      expect(error).toMatchObject({ code: 'DATASET_LOAD_FAILED', message: expect.stringMatching(says) });
      expect((error as Error).message).not.toMatch(/Possible|strict_mode|read_csv|auto-detected/);
      expect((error as Error).message.split('\n').length).toBeLessThan(8);
    },
  );

  // What CSV cannot keep is left out: texts that read as a number or boolean, the empty text (null), the sign of −0.
  const text = fc.string({ unit: 'grapheme', maxLength: 8 }).map((end) => `t${end.replaceAll('\0', '')}`);
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value || 0);
  const column = fc.oneof(
    fc.array(fc.option(text), { minLength: 4, maxLength: 4 }),
    fc.array(fc.option(number), { minLength: 4, maxLength: 4 }),
    fc.array(fc.option(fc.maxSafeInteger()), { minLength: 4, maxLength: 4 }),
    fc.array(fc.option(fc.boolean()), { minLength: 4, maxLength: 4 }),
  );

  it('gives back tables of texts, numbers, booleans and nulls', async () => {
    const dataset = bench.open(definition);
    const names = fc.uniqueArray(
      text.map((name) => name.trim()),
      { minLength: 1, maxLength: 4, selector: (name) => name.toLowerCase() },
    );
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

  it('keeps spaces, quotes, separators and line ends in texts and names', async () => {
    const dataset = bench.open(definition);
    const table = [' x', 'x ', '#x', '"', ',', 'a\r\nb', '\\', "'", '  ', 'x\ty', '-', '$1'].map((text) => ({
      'a "b", c': text,
      n: 1,
    }));
    await dataset.save(table);
    expect(await dataset.load()).toEqual(table);
  });

  it('writes a header and plain fields', async () => {
    await bench.open({ ...definition, save_args: { index: false } }).save(rows);
    expect(await readFile(file(), 'utf8')).toBe(
      'day,rain,count,wet,note\n2026-01-01,1.5,3,true,"a ""b"", c"\n2026-01-02,,4,false,\n',
    );
  });

  it('writes no empty line, which other readers would not take for a row', async () => {
    const dataset = bench.open(definition);
    await dataset.save([{ a: 1 }, { a: null }, {}]);
    expect(await readFile(file(), 'utf8')).toBe('a\n1\n""\n""\n');
    expect(await dataset.load()).toEqual([{ a: 1 }, { a: null }, { a: null }]);
  });

  it('infers a column’s type from all of its rows, not the first ones', async () => {
    const many = Array.from({ length: 30_000 }, (_, i) => String(i)).join('\n');
    const table = (await loaded(`n\n${many}\nlast\n`)) as { n: unknown }[];
    expect(table[0]).toEqual({ n: '0' });
    expect(table.at(-1)).toEqual({ n: 'last' });
  });

  it('keeps the rows in order', async () => {
    const table = Array.from({ length: 50_000 }, (_, i) => ({ i }));
    const dataset = bench.open(definition);
    await dataset.save(table);
    expect(await dataset.load()).toEqual(table);
  });

  it('leaves words, dates and times as they are written', async () => {
    const content =
      'country,grade,day,at,time\nno,f,01/02/2026,2026-01-01 10:00:00,10:30\nyes,t,02/02/2026,2026-01-02 10:00:00,11:30\n';
    expect(await loaded(content)).toEqual([
      { country: 'no', grade: 'f', day: '01/02/2026', at: '2026-01-01 10:00:00', time: '10:30' },
      { country: 'yes', grade: 't', day: '02/02/2026', at: '2026-01-02 10:00:00', time: '11:30' },
    ]);
  });

  it('reads what pandas writes: True and False, empty fields in quotes, \\r\\n', async () => {
    expect(await loaded('ok,n\r\nTrue,"1"\r\nFalse,""\r\n')).toEqual([
      { ok: true, n: 1 },
      { ok: false, n: null },
    ]);
  });

  it('does not take a file without a comma for one with another separator', async () => {
    expect(await loaded('a;b\n1;2\n')).toEqual([{ 'a;b': '1;2' }]);
    expect(await loaded('a;b\n1;2\n', { sep: ';' })).toEqual([{ a: 1, b: 2 }]);
    expect(await loaded('a\tb\n1\t2\n', { delimiter: '\t' })).toEqual([{ a: 1, b: 2 }]);
  });

  it('takes types from dtype, for all columns or for some', async () => {
    expect(await loaded('zip,n\n007,1\n', { dtype: 'str' })).toEqual([{ zip: '007', n: '1' }]);
    expect(await loaded('zip,n\n007,1\n', { dtype: { zip: 'str' } })).toEqual([{ zip: '007', n: 1 }]);
    await expect(loaded('zip,n\n007,1\n', { dtype: { zap: 'str' } })).rejects.toMatchObject({
      code: 'DATASET_LOAD_FAILED',
      retryable: false,
      message: expect.stringContaining('"zap"'),
    });
  });

  it('notices that a file has got other columns or types', async () => {
    expect(await loaded('a\n1\n')).toEqual([{ a: 1 }]);
    expect(await loaded('b\nx\n')).toEqual([{ b: 'x' }]);
  });

  it('loads some columns only, and says so when one is not there', async () => {
    expect(await loaded('a,b,c\n1,2,3\n', { usecols: ['c', 'a'] })).toEqual([{ c: 3, a: 1 }]);
    await expect(loaded('a,b\n1,2\n', { usecols: ['z'] })).rejects.toMatchObject({
      code: 'DATASET_LOAD_FAILED',
      retryable: false,
    });
  });

  it('names the column whose whole numbers are too large for JSON', async () => {
    await expect(loaded('id\n9007199254740993\n')).rejects.toMatchObject({
      code: 'DATASET_VALUE_INVALID',
      message: expect.stringContaining('column "id"'),
    });
    expect(await loaded('id\n9007199254740993\n', { dtype: { id: 'str' } })).toEqual([{ id: '9007199254740993' }]);
  });

  it('says DATASET_LOAD_FAILED, not to be tried again, for rows of different lengths', async () => {
    await expect(loaded('a,b\n1\n2,3,4\n')).rejects.toMatchObject({ code: 'DATASET_LOAD_FAILED', retryable: false });
  });

  it('writes some columns only, with a header even when there are no rows', async () => {
    const dataset = bench.open({ ...definition, save_args: { columns: ['b', 'a'] } });
    await dataset.save([{ a: 1, b: 2, c: 3 }]);
    expect(await readFile(file(), 'utf8')).toBe('b,a\n2,1\n');
    await dataset.save([]);
    expect(await readFile(file(), 'utf8')).toBe('b,a\n');
    expect(await dataset.load()).toEqual([]);
  });

  it('holds declared columns to their types', async () => {
    const dataset = bench.open({ ...definition, save_args: { columns: { n: 'integer' } } });
    await expect(dataset.save([{ n: 1 }, { n: 1.5 }])).rejects.toMatchObject({
      code: 'DATASET_VALUE_INVALID',
      details: { path: 'rows[1].n' },
    });
  });

  it('compresses a file that ends in .gz', async () => {
    const dataset = bench.open({ ...definition, filepath: 'table.csv.gz' });
    await dataset.save([{ a: 1 }]);
    expect(gunzipSync(await readFile(join(bench.project, 'table.csv.gz'))).toString()).toBe('a\n1\n');
    expect(await dataset.load()).toEqual([{ a: 1 }]);
  });

  it('refuses lists and objects, which CSV does not have', async () => {
    await expect(bench.open(definition).save([{ a: [1] }])).rejects.toMatchObject({ code: 'DATASET_VALUE_INVALID' });
  });

  it('refuses pandas’ index, and a separator of two characters', () => {
    for (const more of [{ save_args: { index: true } }, { load_args: { sep: '||' } }]) {
      expect(() => bench.open({ ...definition, ...more })).toThrow(
        expect.objectContaining({ code: 'DATASET_INVALID' }),
      );
    }
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
