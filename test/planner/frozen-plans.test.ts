import { describe, expect, test } from 'vitest';
import { type FrozenPlan, freezePlan, hashPlan, indexOfKey, intervalAt, intervalsOf } from '../../src/planner/index.ts';

const DAYS = 86_400;

/** Five hours in New York on the morning when 01:00 comes twice, written down by hand. */
const hours = freezePlan({
  version: 2,
  every: 'hour',
  rhythm: { unit: 'hour' },
  timeZone: 'America/New_York',
  tzdata: '2025c',
  dst: { gap: 'shift', overlap: 'twice' },
  start: '2015-11-01T04:00:00Z',
  end: '2015-11-01T09:00:00Z',
  offsets: {
    kinds: [
      [3 * DAYS + 2 * 3600, -14400],
      [3 * DAYS + 3 * 3600, -18000],
    ],
    order: [0, 1],
  },
  firstKey: '2015-11-01T00',
  count: 5,
});

/** Four days in Apia, which went without 30 December 2011. */
const days = freezePlan({
  version: 2,
  every: 'day',
  rhythm: { unit: 'day' },
  timeZone: 'Pacific/Apia',
  tzdata: '2025c',
  dst: { gap: 'shift', overlap: 'once' },
  start: '2011-12-28T10:00:00Z',
  end: '2012-01-01T10:00:00Z',
  offsets: {
    kinds: [
      [5 * DAYS, -36000],
      [5 * DAYS, 50400],
    ],
    order: [0, 1],
  },
  firstKey: '2011-12-28',
  count: 4,
});

/** Two of those days: neither Thursday 29 nor, in any year, the last day of December. */
const daysLeft = freezePlan({
  ...days,
  daysOff: { weekdays: [1, 2, 3, 5, 6, 7], yearly: [[1231, 1231]] },
  count: 2,
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

  test('days that the calendar leaves out are not counted, and leave a hole', () => {
    expect([...intervalsOf(daysLeft)]).toEqual([
      { index: 0, key: '2011-12-28', start: '2011-12-28T10:00:00Z', end: '2011-12-29T10:00:00Z' },
      { index: 1, key: '2012-01-01', start: '2011-12-31T10:00:00Z', end: '2012-01-01T10:00:00Z' },
    ]);
    expect(indexOfKey(daysLeft, '2011-12-29')).toBeUndefined();
  });

  test.each([hours, days, daysLeft])('by index and by key it is what it is in order', (plan) => {
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
      { rhythm: { unit: 'hour' } },
      { dst: { gap: 'skip', overlap: 'once' } },
      { daysOff: { weekdays: [1] } },
      { timeZone: 'Pacific/Fakaofo' },
      { start: '2011-12-28T11:00:00Z' },
      { end: '2012-01-01T11:00:00Z' },
      { firstKey: '2011-12-27' },
      { offsets: { kinds: [[10 * DAYS, -36000]], order: [0] } },
      { count: 3 },
    ];
    const hashes = changes.map((change) => hashPlan(changed(days, change)));
    expect(new Set([days.hash, ...hashes]).size).toBe(changes.length + 1);
  });

  test('does not change with newer time-zone data that says the same, nor with how the rule was spelt', () => {
    expect(hashPlan(changed(days, { tzdata: '2026a' }))).toBe(days.hash);
    expect(hashPlan(changed(days, { every: '1 day' }))).toBe(days.hash);
  });
});

test('a plan cannot be changed', () => {
  expect(Object.isFrozen(days)).toBe(true);
  expect(Object.isFrozen(days.offsets.kinds[0])).toBe(true);
});
