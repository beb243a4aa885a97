import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addIndex,
  hasIndex,
  indexSetOf,
  isSettled,
  NO_INDEXES,
  nextIndexes,
  removeIndex,
} from '../../src/planner/index.ts';

test('forward starts at the first free index, backward at the last', () => {
  const state = { count: 10, settled: indexSetOf([0, 2, 9]), running: indexSetOf([1, 7]), concurrency: 5 };
  expect(nextIndexes({ ...state, order: 'forward' })).toEqual([3, 4, 5]);
  expect(nextIndexes({ ...state, order: 'backward' })).toEqual([8, 6, 5]);
});

test('a concurrency below what runs starts nothing, and stops nothing', () => {
  const state = { count: 10, settled: NO_INDEXES, running: indexSetOf([0, 1, 2]), order: 'forward' } as const;
  expect(nextIndexes({ ...state, concurrency: 2 })).toEqual([]);
  expect(nextIndexes({ ...state, concurrency: 0 })).toEqual([]);
});

test('an unlimited concurrency starts all that is left', () => {
  const state = { count: 4, settled: indexSetOf([1]), running: NO_INDEXES, order: 'backward' } as const;
  expect(nextIndexes({ ...state, concurrency: Number.POSITIVE_INFINITY })).toEqual([3, 2, 0]);
});

test('is settled when each index is, not while one runs', () => {
  expect(isSettled({ count: 3, settled: indexSetOf([0, 2]) })).toBe(false);
  expect(isSettled({ count: 3, settled: indexSetOf([0, 1, 2]) })).toBe(true);
  expect(isSettled({ count: 0, settled: NO_INDEXES })).toBe(true);
});

test('whatever finishes first, each index is started once and no more run than allowed', () => {
  const order = fc.constantFrom('forward' as const, 'backward' as const);
  const concurrencies = fc.infiniteStream(fc.integer({ min: 1, max: 6 }));
  const picks = fc.infiniteStream(fc.nat());
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 30 }), order, concurrencies, picks, (count, order, concurrencies, picks) => {
      let settled = NO_INDEXES;
      let running: number[] = [];
      const started: number[] = [];
      while (!isSettled({ count, settled })) {
        const concurrency = concurrencies.next().value;
        const next = nextIndexes({ count, order, settled, running: indexSetOf(running), concurrency });
        expect(next.length).toBe(Math.max(0, Math.min(concurrency - running.length, count - started.length)));
        for (const index of next) expect(hasIndex(settled, index) || running.includes(index)).toBe(false);
        started.push(...next);
        running.push(...next);
        const finished = running[picks.next().value % running.length] ?? 0;
        running = running.filter((index) => index !== finished);
        settled = addIndex(settled, finished);
      }
      const expected = Array.from({ length: count }, (_, index) => (order === 'forward' ? index : count - 1 - index));
      expect(started).toEqual(expected);
    }),
  );
});

test('an index taken back for a retry comes before the ones not yet reached', () => {
  const settled = removeIndex(indexSetOf([0, 1, 2, 3]), 1);
  expect(nextIndexes({ count: 10, order: 'forward', settled, running: NO_INDEXES, concurrency: 2 })).toEqual([1, 4]);
});
