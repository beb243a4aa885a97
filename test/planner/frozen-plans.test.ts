import { describe, expect, test } from 'vitest';
import { type FrozenPlan, freezePlan, hashPlan, indexOfKey, intervalAt, intervalsOf } from '../../src/planner/index.ts';

/** Five hours in New York on the morning when 01:00 comes twice, written down by hand. */
const hours = freezePlan({
  version: 1,
  every: 'hour',
  timeZone: 'America/New_York',
  tzdata: '2025c',
  start: '2015-11-01T04:00:00Z',
  end: '2015-11-01T09:00:00Z',
  firstKey: '2015-11-01T00',
  segments: [
    [1, -14400],
    [1, -14400, 0, 0, 1],
    [1, -18000, -1, 0, 1],
    [2, -18000],
  ],
  count: 5,
});

/** Four days in Apia, which went without 30 December 2011. */
const days = freezePlan({
  version: 1,
  every: 'day',
  timeZone: 'Pacific/Apia',
  tzdata: '2025c',
  start: '2011-12-28T10:00:00Z',
  end: '2012-01-01T10:00:00Z',
  firstKey: '2011-12-28',
  segments: [
    [2, -36000],
    [2, 50400, 1],
  ],
  count: 4,
});

function changed(plan: FrozenPlan, change: Partial<FrozenPlan>): FrozenPlan {
  return { ...plan, ...change };
}

describe('reading a plan', () => {
  test('an hour that comes twice is two intervals, told apart by their offset', () => {
    expect([...intervalsOf(hours)]).toEqual([
      { index: 0, key: '2015-11-01T00', start: '2015-11-01T04:00:00Z', end: '2015-11-01T05:00:00Z' },
      { index: 1, key: '2015-11-01T01-0400', start: '2015-11-01T05:00:00Z', end: '2015-11-01T06:00:00Z' },
      { index: 2, key: '2015-11-01T01-0500', start: '2015-11-01T06:00:00Z', end: '2015-11-01T07:00:00Z' },
      { index: 3, key: '2015-11-01T02', start: '2015-11-01T07:00:00Z', end: '2015-11-01T08:00:00Z' },
      { index: 4, key: '2015-11-01T03', start: '2015-11-01T08:00:00Z', end: '2015-11-01T09:00:00Z' },
    ]);
  });

  test('a day that the clocks jump over has no interval', () => {
    expect([...intervalsOf(days)].map(({ key }) => key)).toEqual([
      '2011-12-28',
      '2011-12-29',
      '2011-12-31',
      '2012-01-01',
    ]);
    expect(intervalAt(days, 1).end).toBe(intervalAt(days, 2).start);
    expect(indexOfKey(days, '2011-12-30')).toBeUndefined();
  });

  test.each([hours, days])('by index and by key it is what it is in order', (plan) => {
    for (const interval of intervalsOf(plan)) {
      expect(intervalAt(plan, interval.index)).toEqual(interval);
      expect(indexOfKey(plan, interval.key)).toBe(interval.index);
    }
  });

  test('only the very key of an interval finds it', () => {
    const keys = ['2015-11-01T01', '2015-11-01T01-0300', '2015-11-01T02-0500', '2015-10-31T23', '2015-11-01T04'];
    for (const key of [...keys, '2015-11-01', '', 'T', '2015-11-01T00:00']) {
      expect(indexOfKey(hours, key), key).toBeUndefined();
    }
  });

  test('an index that the plan does not have is an error that says which it has', () => {
    for (const index of [-1, 5, 0.5, Number.NaN]) {
      expect(() => intervalAt(hours, index)).toThrow(expect.objectContaining({ code: 'INDEX_OUT_OF_RANGE' }));
    }
    expect(() => intervalAt(hours, 5)).toThrow('0 to 4');
  });

  test('a plan from a history reads like the one that was stored', () => {
    const read = JSON.parse(JSON.stringify(hours)) as FrozenPlan;
    expect([...intervalsOf(read)]).toEqual([...intervalsOf(hours)]);
    expect(hashPlan(read)).toBe(hours.hash);
  });
});

describe('the hash of a plan', () => {
  test('changes with whatever decides an interval', () => {
    const changes: Partial<FrozenPlan>[] = [
      { every: 'hour' },
      { timeZone: 'Pacific/Fakaofo' },
      { start: '2011-12-28T11:00:00Z' },
      { end: '2012-01-01T11:00:00Z' },
      { firstKey: '2011-12-27' },
      { segments: [[4, -36000]] },
      { count: 3 },
    ];
    const hashes = changes.map((change) => hashPlan(changed(days, change)));
    expect(new Set([days.hash, ...hashes]).size).toBe(changes.length + 1);
  });

  test('does not change with newer time-zone data that says the same', () => {
    expect(hashPlan(changed(days, { tzdata: '2026a' }))).toBe(days.hash);
  });
});

test('a plan cannot be changed', () => {
  expect(Object.isFrozen(days)).toBe(true);
  expect(Object.isFrozen(days.segments[0])).toBe(true);
});
