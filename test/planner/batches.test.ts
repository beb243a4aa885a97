import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkStopRule,
  isEnough,
  MOST_IN_BATCH,
  mergeFailures,
  nextBatchSize,
  type StopRule,
} from '../../src/planner/index.ts';

/** The sizes of all batches, one after another. */
function sizes(count: number, lanes: number, pointMs: number): number[] {
  const made: number[] = [];
  let [left, largest] = [count, 0];
  while (left > 0) {
    const size = nextBatchSize({ left, lanes, largest, ...(made.length < lanes ? {} : { pointMs }) });
    made.push(size);
    left -= size;
    largest = Math.max(largest, size);
  }
  return made;
}

test('each point is in one batch, and no batch is past its limits', () => {
  const some = fc.integer({ min: 1, max: 5000 });
  fc.assert(
    fc.property(
      some,
      fc.integer({ min: 1, max: 50 }),
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      (count, lanes, ms) => {
        const all = sizes(count, lanes, ms);
        expect(all.reduce((sum, size) => sum + size, 0)).toBe(count);
        expect(all.every((size) => size >= 1 && size <= MOST_IN_BATCH && Number.isInteger(size))).toBe(true);
        expect(all.every((size) => size === 1 || size * ms <= 3_000)).toBe(true);
      },
    ),
  );
});

test('sizes grow to what fits into three seconds, and shrink near the end so that lanes end together', () => {
  expect(sizes(100_000, 4, 0.02).slice(0, 8)).toEqual([1, 1, 1, 1, 10, 100, 1000, 1000]);
  expect(sizes(100_000, 4, 0.02).at(-2)).toBe(100);
  expect(sizes(100_000, 4, 0.02).length).toBeLessThan(130);
  expect(sizes(50, 4, 60_000)).toEqual(Array.from({ length: 50 }, () => 1));
  expect(sizes(1000, 2, 100)).toContain(30);
  expect(Math.max(...sizes(1000, 2, 100))).toBe(30);
});

describe('a sweep has seen enough', () => {
  const best = (value: number, index = 10) => ({ index, value, params: {} });
  test.each([
    [{ metric: 'm', atLeast: 5 }, best(5), 0, true],
    [{ metric: 'm', atLeast: 5 }, best(4.9), 0, false],
    [{ metric: 'm', atMost: 5 }, best(5), 0, true],
    [{ metric: 'm', atMost: 5 }, best(5.1), 0, false],
    [{ metric: 'm', patience: 3 }, best(1), 14, true],
    [{ metric: 'm', patience: 3 }, best(1), 13, false],
    [{ metric: 'm', patience: 3 }, undefined, 100, false],
  ] as const)('%j, %j, %i: %s', (rule, point, settled, is) => {
    expect(isEnough(rule, point, settled)).toBe(is);
  });

  test.each([
    {},
    { metric: 'm' },
    { atLeast: 1 },
    { metric: 'm', atLeast: 1, atMost: 2 },
    { metric: 'm', patience: 0 },
  ])('refused: %j', (rule) => {
    expect(() => checkStopRule(rule as StopRule)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
  });
});

test('of failures the first twenty by index are kept, however they come together', () => {
  const failures = Array.from({ length: 50 }, (_, index) => ({ index, code: 'NODE_FAILED', message: 'x' }));
  const [odd, even] = [failures.filter((_, i) => i % 2 === 1), failures.filter((_, i) => i % 2 === 0)];
  expect(mergeFailures(odd, even)).toEqual(failures.slice(0, 20));
  expect(mergeFailures(mergeFailures([], even), odd)).toEqual(failures.slice(0, 20));
});
