import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datasetContract, withProject } from '../../contract/dataset.ts';

datasetContract({
  name: 'json.JSONDataset',
  definition: { type: 'json.JSONDataset' },
  file: 'data/value.json',
  values: [{ a: [1, 'ä', null, { b: true }] }, []],
  refused: { value: { a: [{ 'b c': Number.NaN }] }, path: 'a[0]["b c"]' },
});

describe('json.JSONDataset', () => {
  const bench = withProject();
  const definition = { type: 'json.JSONDataset', filepath: 'value.json' };

  it('gives back any JSON value, but for the sign of −0', async () => {
    const dataset = bench.open(definition);
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ noUnicodeString: false }), async (value) => {
        await dataset.save(value);
        expect(await dataset.load()).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 100 },
    );
  });

  it('says what is in the way: a file where versions should be, versions where a file should be', async () => {
    await bench.open(definition).save(1);
    const versioned = bench.open({ ...definition, versioned: true });
    await expect(versioned.save(2, { version: '2026-01-31T00.00.00.000Z' })).rejects.toThrow(/ENOTDIR.* versioned/);
    await rm(join(bench.project, 'value.json'));
    await versioned.save(2, { version: '2026-01-31T00.00.00.000Z' });
    await expect(bench.open(definition).save(1)).rejects.toThrow(/EISDIR.* versioned/);
  });

  it('indents by two spaces, or as it is told', async () => {
    await bench.open(definition).save({ a: 1 });
    expect(await readFile(join(bench.project, 'value.json'), 'utf8')).toBe('{\n  "a": 1\n}\n');
    await bench.open({ ...definition, save_args: { indent: 0, ensure_ascii: false } }).save({ a: 1 });
    expect(await readFile(join(bench.project, 'value.json'), 'utf8')).toBe('{"a":1}\n');
  });

  it.each([
    ['undefined', { a: undefined }, 'a'],
    ['a function', [() => 1], '[0]'],
    ['a bigint', { a: { b: 1n } }, 'a.b'],
    ['an infinity', [[Number.POSITIVE_INFINITY]], '[0][0]'],
    ['a Date', { at: new Date(0) }, 'at'],
    ['nothing at all', undefined, ''],
  ])('refuses %s, which JSON would drop or change', async (_, value, path) => {
    await expect(bench.open(definition).save(value)).rejects.toMatchObject({
      code: 'DATASET_VALUE_INVALID',
      details: { path },
    });
  });

  it('refuses a value that contains itself, but not one that contains another twice', async () => {
    const shared = { a: 1 };
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    const dataset = bench.open(definition);
    await expect(dataset.save(circle)).rejects.toMatchObject({ code: 'DATASET_VALUE_INVALID' });
    await dataset.save([shared, shared]);
    expect(await dataset.load()).toEqual([shared, shared]);
  });

  it.each([
    ['broken JSON', '{"a": '],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ])('says DATASET_LOAD_FAILED, not to be tried again, for %s', async (_, content) => {
    await writeFile(join(bench.project, 'value.json'), content);
    await expect(bench.open(definition).load()).rejects.toMatchObject({
      code: 'DATASET_LOAD_FAILED',
      retryable: false,
      message: expect.stringContaining('value.json'),
    });
  });

  it('reads a file that starts with a byte order mark', async () => {
    await writeFile(join(bench.project, 'value.json'), '\ufeff{"a":1}');
    expect(await bench.open(definition).load()).toEqual({ a: 1 });
  });
});
