import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoFromMicroseconds, isoFromNanoseconds } from '../../../src/catalog/datasets/duckdb/iso-time.ts';
import { withProject } from '../../contract/dataset.ts';

it('writes an instant in microseconds as the same in nanoseconds', () => {
  const any = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  const near = fc.bigInt({ min: -(2n ** 53n) - 5n, max: 2n ** 53n + 5n });
  fc.assert(
    fc.property(fc.oneof(any, near, fc.bigInt({ min: -2000n, max: 2000n })), (count) => {
      expect(isoFromMicroseconds(count)).toBe(isoFromNanoseconds(count * 1000n));
    }),
  );
});

describe('rows of a large result', () => {
  const bench = withProject();
  const rowsOf = async (sql: string) =>
    (await bench.open({ type: 'duckdb.QueryDataset', sql }).load()) as Record<string, unknown>[];

  it('keep their texts, whether a column has few, many, or at first few', async () => {
    const rows =
      await rowsOf(`SELECT i, 'k' || (i % 3) AS few, 'm' || i AS many, CASE WHEN i < 4000 THEN 'f' ELSE 'l' || i END AS late,
      CASE WHEN i % 2 = 0 THEN NULL ELSE '' END AS gaps FROM range(6000) t(i) ORDER BY i`);
    expect(rows).toEqual(
      Array.from({ length: 6000 }, (_, i) => ({
        ...{ i, few: `k${i % 3}`, many: `m${i}`, late: i < 4000 ? 'f' : `l${i}`, gaps: i % 2 === 0 ? null : '' },
      })),
    );
  });

  it('are plain objects of their own, in the order of the columns, whatever these are called', async () => {
    const [first, second] = await rowsOf(
      `SELECT 1 AS "10", 2 AS "a b", 3 AS "constructor", 4 AS "it""s", 5 AS "toString" FROM range(2)`,
    );
    expect(Object.getPrototypeOf(first)).toBe(Object.prototype);
    expect(Object.entries(first ?? {})).toEqual([
      ['10', 1],
      ['a b', 2],
      ['constructor', 3],
      ['it"s', 4],
      ['toString', 5],
    ]);
    if (first !== undefined) first['10'] = 'changed';
    expect(second?.['10']).toBe(1);
    await expect(rowsOf('SELECT 1 AS "__proto__"')).rejects.toMatchObject({ code: 'DATASET_VALUE_INVALID' });
  });
});
