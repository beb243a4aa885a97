import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addPoint,
  checkReducers,
  type MeanResult,
  mergeStates,
  metricPlace,
  metricsOf,
  numberAt,
  type QuantilesResult,
  type ReducerStates,
  type Reducers,
  resultsOf,
  type TopPoint,
} from '../../src/planner/index.ts';

const REDUCERS = {
  best: { topK: { metric: 'score', k: 3 } },
  cheapest: { topK: { metric: 'cost', k: 2, order: 'min' } },
  score: { mean: { metric: 'score' } },
  spread: { quantiles: { metric: 'score', at: [0, 0.1, 0.5, 0.99, 1], relativeError: 0.02 } },
} as const satisfies Reducers;

const AT = REDUCERS.spread.quantiles.at;

/** A state after its journey through a history. */
function travelled(states: ReducerStates): ReducerStates {
  return JSON.parse(JSON.stringify(states)) as ReducerStates;
}

function statesOf(values: readonly (readonly [index: number, value: number])[], reducers: Reducers = REDUCERS) {
  let states: ReducerStates = {};
  for (const [index, value] of values)
    states = addPoint(reducers, states, { index, params: { index }, metrics: { score: value, cost: Math.abs(value) } });
  return states;
}

const value = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e100, max: 1e100 }),
  fc.double({ noNaN: true, min: -10, max: 10 }),
);

test('any split of the points, merged in any order, says what the whole says, to the last digit', () => {
  const parts = fc.array(fc.tuple(value, fc.integer({ min: 0, max: 5 })), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(parts, fc.array(fc.nat(), { minLength: 6, maxLength: 6 }), (points, order) => {
      const indexed = points.map(([each], i) => [i, each] as const);
      const whole = resultsOf(REDUCERS, statesOf(indexed));
      const groups = [0, 1, 2, 3, 4, 5].sort((a, b) => (order[a] ?? 0) - (order[b] ?? 0));
      const split = groups.map((group) => statesOf(indexed.filter((_, i) => points[i]?.[1] === group).reverse()));
      const merged = split.reduce((a, b) => travelled(mergeStates(REDUCERS, a, b)), {});
      expect(resultsOf(REDUCERS, merged)).toEqual(whole);
    }),
  );
});

test('the best are those of a sort, and of equals the first', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 30 }), (values) => {
      const indexed = values.map((each, i) => [i, each] as const);
      const { best, cheapest } = resultsOf(REDUCERS, statesOf(indexed)) as Record<string, TopPoint[]>;
      const sorted = indexed.toSorted((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 3);
      expect(best).toEqual(sorted.map(([index, each]) => ({ index, value: each, params: { index } })));
      const least = indexed.toSorted((a, b) => Math.abs(a[1]) - Math.abs(b[1]) || a[0] - b[0]).slice(0, 2);
      expect(cheapest?.map(({ index }) => index)).toEqual(least.map(([index]) => index));
    }),
  );
});

describe('the mean', () => {
  const meanOf = (values: number[]) =>
    resultsOf(REDUCERS, statesOf(values.map((each, i) => [i, each] as const))).score as MeanResult;

  test('and variance are those of exact arithmetic', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 40 }), (values) => {
        // Whole numbers this small are exact in doubles too.
        const sum = values.reduce((total, each) => total + each, 0);
        const n = values.length;
        const squares = values.reduce((total, each) => total + each * each, 0);
        const { count, mean, variance, min, max } = meanOf(values);
        expect({ count, mean, min, max }).toEqual({
          count: n,
          mean: sum / n,
          min: Math.min(...values),
          max: Math.max(...values),
        });
        expect(variance).toBe((n * squares - sum * sum) / (n * (n - 1)));
      }),
    );
  });

  test('loses nothing where sums of doubles do', () => {
    expect(meanOf([1e16, 1, 1, -1e16]).mean).toBe(0.5);
    expect(meanOf([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]).variance).toBe(30);
    expect(meanOf([0.1, 0.1, 0.1]).mean).toBe(0.1);
    expect(meanOf([5e-324, 5e-324]).mean).toBe(5e-324);
    expect(meanOf([1.7e308, 1.7e308]).mean).toBe(1.7e308);
  });

  test('of none and of one', () => {
    expect(meanOf([])).toEqual({ count: 0, mean: null, variance: null, standardDeviation: null, min: null, max: null });
    expect(meanOf([3])).toEqual({ count: 1, mean: 3, variance: null, standardDeviation: null, min: 3, max: 3 });
  });
});

describe('quantiles', () => {
  const quantilesOf = (values: number[]) =>
    resultsOf(REDUCERS, statesOf(values.map((each, i) => [i, each] as const))).spread as QuantilesResult;

  test('are off by their relative error at most, and that is the one asked for', () => {
    const numbers = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 1, maxLength: 200 }), (values) => {
        const sorted = values.toSorted((a, b) => a - b);
        const result = quantilesOf(values);
        expect(result.relativeError).toBeCloseTo(0.02, 10);
        for (const [i, at] of AT.entries()) {
          const exact = sorted[Math.floor(at * (values.length - 1))] ?? Number.NaN;
          const off = Math.abs((result.values[i]?.value ?? Number.NaN) - exact);
          // Numbers without a full set of digits count as zero.
          const isTiny = Math.abs(exact) < 2 ** -1022;
          expect(off).toBeLessThanOrEqual(isTiny ? 2 ** -1022 : 0.02 * Math.abs(exact) * (1 + 1e-9));
        }
      }),
      { examples: [[[-7.4e-323, -8e-323, 0]]] },
    );
  });

  test('keep to the error that they say where values span more than the bins can tell apart', () => {
    const values = Array.from({ length: 6000 }, (_, i) => (i % 2 === 0 ? 1 : -1) * 10 ** (i / 100 - 30));
    const sorted = values.toSorted((a, b) => a - b);
    const result = quantilesOf(values);
    expect(result.relativeError).toBeGreaterThan(0.02);
    expect(result.relativeError).toBeLessThan(0.2);
    for (const [i, at] of AT.entries()) {
      const exact = sorted[Math.floor(at * 5999)] ?? Number.NaN;
      const off = Math.abs((result.values[i]?.value ?? Number.NaN) - exact);
      expect(off).toBeLessThanOrEqual(result.relativeError * Math.abs(exact) * (1 + 1e-9));
    }
  });
});

test('a state is as large after twenty thousand points as after a thousand', () => {
  let states: ReducerStates = {};
  let largest = 0;
  for (let index = 0; index < 20_000; index++) {
    // Over 600 orders of magnitude, of both signs: the worst for sums and for bins.
    const score = (index % 2 === 0 ? 1 : -1) * 10 ** ((index % 600) - 300) * (1 + (index % 7));
    states = addPoint(REDUCERS, states, { index, params: { index }, metrics: { score, cost: index } });
    if (index % 1000 === 0) largest = Math.max(largest, JSON.stringify(states).length);
  }
  expect(largest).toBeLessThan(24_000);
});

describe('a metric is found', () => {
  test.each([
    ['score', { dataset: 'score', path: [] }],
    ['metrics.rmse', { dataset: 'metrics', path: ['rmse'] }],
    ['metrics.folds.0', { dataset: 'metrics', path: ['folds', '0'] }],
    ['ns.score', { dataset: 'ns.score', path: [] }],
    ['ns.score.r2', { dataset: 'ns.score', path: ['r2'] }],
    ['loss', undefined],
  ])('%s', (metric, place) => {
    expect(metricPlace(metric, ['score', 'metrics', 'ns', 'ns.score'])).toEqual(place);
  });

  test('as a finite number only', () => {
    const made = { rmse: 0.5, folds: [1, 2], name: 'x', nothing: null };
    expect(numberAt(made, ['rmse'])).toBe(0.5);
    expect(numberAt(made, ['folds', '1'])).toBe(2);
    for (const path of [[], ['name'], ['nothing'], ['rmse', 'x'], ['toString']])
      expect(numberAt(made, path)).toBeUndefined();
  });

  test('once for all reducers that need it', () => {
    expect(metricsOf(REDUCERS)).toEqual(['score', 'cost']);
  });
});

describe('refused, by name:', () => {
  test.each([
    [{ best: {} }, 'of no known kind'],
    [{ best: { topk: { metric: 'a', k: 1 } } }, 'Did you mean "topK"'],
    [{ best: { topK: { k: 1 } } }, 'needs "metric"'],
    [{ best: { topK: { metric: 'a', k: 1001 } } }, 'from 1 to 1000'],
    [{ best: { topK: { metric: 'a', k: 1, order: 'up' } } }, '"order"'],
    [{ best: { topK: { metric: 'a', k: 1, ordre: 'min' } } }, 'Did you mean "order"'],
    [{ all: { mean: { metric: 'a', of: 1 } } }, 'has no "of"'],
    [{ all: { quantiles: { metric: 'a', at: [2] } } }, 'from 0 to 1'],
    [{ all: { quantiles: { metric: 'a', at: [0.5], relativeError: 0 } } }, '"relativeError"'],
  ])('%j', (reducers, why) => {
    expect(() => checkReducers(reducers as unknown as Reducers)).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID', message: expect.stringContaining(why) }),
    );
  });
});
