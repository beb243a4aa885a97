import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PointsSpec, pointsOf, type Space, withPoint } from '../../src/planner/index.ts';

const name = fc.constantFrom('alpha', 'n', 'kind', 'train.rate');
const bounds = fc.tuple(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 1, max: 1000 }));
const pair = bounds.map(([low, size]) => [low, low + size] as const);
const positive = fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 }));
const distribution = fc.oneof(
  pair.map((uniform) => ({ uniform })),
  pair.map((int) => ({ int })),
  positive.map(([low, size]) => ({ log_uniform: [low / 1000, low + size] as const })),
  positive.map(([mean, sd]) => ({ normal: [mean, sd] as const })),
  fc.array(fc.oneof(fc.string(), fc.integer()), { minLength: 1, maxLength: 5 }).map((choice) => ({ choice })),
);
const space: fc.Arbitrary<Space> = fc.dictionary(name, distribution, { minKeys: 1 });
const spec: fc.Arbitrary<PointsSpec> = fc.record(
  {
    random: fc.record({ space, count: fc.integer({ min: 1, max: 50 }) }),
    list: fc.array(fc.dictionary(fc.constantFrom('x', 'y'), fc.integer()), { minLength: 1, maxLength: 4 }),
    grid: fc.dictionary(fc.constantFrom('g', 'h'), fc.array(fc.integer(), { minLength: 1, maxLength: 3 })),
    repeat: fc.integer({ min: 1, max: 4 }),
    seedParam: fc.constant('seed'),
    seed: fc.oneof(fc.integer(), fc.string()),
  },
  { requiredKeys: ['random'] },
);

function all(points: { count: number; at(index: number): unknown }): unknown[] {
  return Array.from({ length: points.count }, (_, i) => points.at(i));
}

test('a point is the same alone, among others, and in another process', () => {
  fc.assert(
    fc.property(spec, fc.string(), fc.nat(), (given, id, at) => {
      const points = all(pointsOf(given, id));
      const again = pointsOf(JSON.parse(JSON.stringify(given)) as PointsSpec, id);
      const index = at % points.length;
      expect(again.at(index)).toEqual(points[index]);
    }),
  );
});

test('a draw does not change with the count, with what is crossed with it, or with other params in the space', () => {
  fc.assert(
    fc.property(space, fc.string(), fc.integer({ min: 1, max: 30 }), (given, id, count) => {
      const alone = all(pointsOf({ random: { space: given, count } }, id)) as Record<string, unknown>[];
      const more = { ...given, extra: { uniform: [0, 1] as const } };
      const crossed = pointsOf({ random: { space: more, count: count + 5 }, repeat: 3, seedParam: 'seed' }, id);
      for (const [i, point] of alone.entries()) expect(crossed.at(3 * i + 1)).toMatchObject(point);
    }),
  );
});

test('draws are inside of their bounds', () => {
  fc.assert(
    fc.property(space, fc.string(), (given, id) => {
      const points = all(pointsOf({ random: { space: given, count: 200 } }, id)) as Record<string, unknown>[];
      for (const [param, how] of Object.entries(given)) {
        for (const { [param]: value } of points) {
          if ('choice' in how) expect(how.choice).toContain(value);
          else if ('normal' in how) expect(Math.abs((value as number) - how.normal[0])).toBeLessThan(9 * how.normal[1]);
          else {
            const [low, high] = Object.values(how)[0] as [number, number];
            expect(value).toBeGreaterThanOrEqual(low);
            expect(value).toBeLessThanOrEqual(high);
            if ('int' in how) expect(value).toSatisfy(Number.isInteger);
          }
        }
      }
    }),
    { numRuns: 30 },
  );
});

describe('the shape of', () => {
  const column = (how: Space[string]) =>
    all(pointsOf({ random: { space: { x: how }, count: 20_000 } }, 'shape')).map((point) => (point as { x: number }).x);
  const mean = (values: number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;
  const below = (values: number[], limit: number) => values.filter((each) => each < limit).length / values.length;

  test('uniform, int, choice: each part as often', () => {
    for (const at of [0.1, 0.25, 0.5, 0.9])
      expect(below(column({ uniform: [10, 20] }), 10 + 10 * at)).toBeCloseTo(at, 1);
    const ints = column({ int: [1, 4] });
    for (const value of [1, 2, 3, 4])
      expect(ints.filter((each) => each === value).length / 20_000).toBeCloseTo(0.25, 1);
    expect(mean(column({ choice: [0, 1] }))).toBeCloseTo(0.5, 1);
  });

  test('log_uniform: as often in each decade', () => {
    const values = column({ log_uniform: [0.001, 1] });
    expect(below(values, 0.01)).toBeCloseTo(1 / 3, 1);
    expect(below(values, 0.1)).toBeCloseTo(2 / 3, 1);
  });

  test('normal: its mean, its deviation, its tails', () => {
    const values = column({ normal: [5, 2] });
    expect(mean(values)).toBeCloseTo(5, 1);
    expect(Math.sqrt(mean(values.map((each) => (each - 5) ** 2)))).toBeCloseTo(2, 1);
    expect(below(values, 5 - 2 * 1.96)).toBeCloseTo(0.025, 2);
  });
});

test('a hundred thousand points have seeds of 32 bits, all different, and other ones under another id', () => {
  const points = pointsOf({ repeat: 100_000, seedParam: 'model.seed' }, 'sweep-a');
  const seeds = all(points).map((point) => (point as Record<string, number>)['model.seed'] ?? -1);
  expect(new Set(seeds).size).toBe(100_000);
  expect(seeds.every((seed) => seed >= 0 && seed < 2 ** 32 && Number.isInteger(seed))).toBe(true);
  const others = pointsOf({ repeat: 100_000, seedParam: 'model.seed' }, 'sweep-b');
  expect(others.at(7)).not.toEqual(points.at(7));
  const given = (id: string) => pointsOf({ repeat: 10, seedParam: 's', seed: 1 }, id).at(7);
  expect(given('sweep-a')).toEqual(given('sweep-b'));
});

test('the draws of a seed are pinned: an upgrade that changed them would change a sweep that is under way', () => {
  const points = pointsOf(
    {
      random: {
        space: { a: { uniform: [0, 1] }, b: { int: [1, 100] }, c: { normal: [0, 1] }, d: { log_uniform: [0.1, 10] } },
        count: 10,
      },
      seedParam: 'seed',
      seed: 42,
    },
    'any',
  );
  expect(points.at(3)).toMatchInlineSnapshot(`
    {
      "a": 0.6562411617773387,
      "b": 27,
      "c": 0.5152511622764023,
      "d": 0.644889894255234,
      "seed": 2963366794,
    }
  `);
});

test('list, grid, random and repeat are crossed, the last one fastest', () => {
  const points = pointsOf({ list: [{ a: 1 }, { a: 2 }], grid: { b: ['x', 'y'] }, repeat: 2 }, 'id');
  expect(all(points)).toEqual([
    { a: 1, b: 'x' },
    { a: 1, b: 'x' },
    { a: 1, b: 'y' },
    { a: 1, b: 'y' },
    { a: 2, b: 'x' },
    { a: 2, b: 'x' },
    { a: 2, b: 'y' },
    { a: 2, b: 'y' },
  ]);
});

test('the params of a point nest by dots, over those of the request, and change neither', () => {
  const params = { train: { seed: 1, size: 0.2 }, day: 'monday' };
  expect(withPoint(params, { 'train.seed': 7, 'model.depth': 3, day: 'friday' })).toEqual({
    train: { seed: 7, size: 0.2 },
    model: { depth: 3 },
    day: 'friday',
  });
  expect(withPoint({ train: 5 }, { 'train.seed': 7 })).toEqual({ train: { seed: 7 } });
  expect(params).toEqual({ train: { seed: 1, size: 0.2 }, day: 'monday' });
  expect(JSON.stringify(withPoint({}, { '__proto__.polluted': true }))).toBe('{"__proto__":{"polluted":true}}');
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

describe('refused, by name:', () => {
  const random = (how: unknown) => ({ random: { space: { rate: how }, count: 3 } });
  test.each([
    [{}, 'needs points'],
    [{ gird: { a: [1] } }, 'Did you mean "grid"'],
    [{ grid: { a: 5 } }, 'list of values'],
    [{ grid: { a: [] } }, 'no points'],
    [{ list: [1] }, 'list of points'],
    [{ repeat: 0 }, '"repeat" is 0'],
    [{ repeat: 2 ** 33, seedParam: 'seed' }, 'no seed for each'],
    [random({ unifrom: [0, 1] }), 'Did you mean "uniform"'],
    [random({ uniform: [1, 0] }), '"rate" must be [low, high]'],
    [random({ log_uniform: [0, 1] }), 'low above 0'],
    [random({ int: [0.5, 2] }), 'whole numbers'],
    [random({ normal: [0, 0] }), 'deviation above 0'],
    [random({ choice: [] }), 'at least one value'],
    [random(5), 'no known distribution'],
    [{ ...random({ uniform: [0, 1] }), grid: { rate: [1] } }, 'can be one only'],
  ])('%j', (given, why) => {
    expect(() => pointsOf(given as PointsSpec, 'id')).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID', message: expect.stringContaining(why) }),
    );
  });

  test('more points than numbers can tell apart, and a point that is not there', () => {
    const grid = Object.fromEntries(['a', 'b', 'c'].map((key) => [key, Array.from({ length: 3000 }, (_, i) => i)]));
    expect(() => pointsOf({ grid, repeat: 2 ** 30 }, 'id')).toThrow(expect.objectContaining({ code: 'RANGE_INVALID' }));
    for (const index of [-1, 3, 0.5]) {
      expect(() => pointsOf({ repeat: 3 }, 'id').at(index)).toThrow(
        expect.objectContaining({ code: 'INDEX_OUT_OF_RANGE' }),
      );
    }
  });
});
