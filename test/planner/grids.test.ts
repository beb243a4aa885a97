import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/index.ts';
import { type Grid, gridPoints, gridSize, pointAt } from '../../src/planner/index.ts';

/** Nested loops, the plain way. */
function looped(grid: Grid): JsonObject[] {
  return Object.entries(grid).reduce<JsonObject[]>(
    (points, [name, values]) => points.flatMap((point) => values.map((value) => ({ ...point, [name]: value }))),
    [{}],
  );
}

test('points by index are those of nested loops, in their order', () => {
  const names = fc.constantFrom('country', 'depth', 'rate', 'seed', 'size');
  const values = fc.array(fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null)), { maxLength: 4 });
  fc.assert(
    fc.property(fc.dictionary(names, values, { maxKeys: 4 }), (grid) => {
      const expected = looped(grid);
      expect(gridSize(grid)).toBe(expected.length);
      expect([...gridPoints(grid)]).toEqual(expected);
      expect([...gridPoints(grid)].map((point) => Object.keys(point))).toEqual(
        expected.map((point) => Object.keys(point)),
      );
      expect(expected.map((_, index) => pointAt(grid, index))).toEqual(expected);
    }),
  );
});

test('a grid of a billion points is read at any index without making the others', () => {
  const thousand = Array.from({ length: 1000 }, (_, i) => i);
  const grid = { a: thousand, b: thousand, c: thousand };
  expect(gridSize(grid)).toBe(1e9);
  expect(pointAt(grid, 123_456_789)).toEqual({ a: 123, b: 456, c: 789 });
});

test('a point that the grid does not have is an error, not an undefined value', () => {
  const grid = { a: [1, 2], b: [1, 2, 3] };
  for (const index of [-1, 6, 1.5, Number.NaN]) {
    expect(() => pointAt(grid, index)).toThrow(expect.objectContaining({ code: 'INDEX_OUT_OF_RANGE' }));
  }
  expect(() => pointAt({ a: [] }, 0)).toThrow('0 points');
});

test('a grid with more points than numbers can tell apart is refused', () => {
  const values = Array.from({ length: 1000 }, (_, i) => i);
  const grid = { a: values, b: values, c: values, d: values, e: values, f: values };
  expect(() => gridSize(grid)).toThrow(expect.objectContaining({ code: 'RANGE_INVALID' }));
});

test('a parameter called __proto__ is a parameter', () => {
  const grid = JSON.parse('{"__proto__": [1, 2]}') as Grid;
  expect(JSON.stringify(pointAt(grid, 1))).toBe('{"__proto__":2}');
});
