import { Cron } from 'croner';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cronTimes } from '../../src/planner/index.ts';

const DAY = 86_400_000;
const localTime = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2040, 0, 1) });

function some(from: number, to: number): fc.Arbitrary<number[] | undefined> {
  const values = fc.uniqueArray(fc.integer({ min: from, max: to }), { minLength: 1, maxLength: 5 });
  return fc.option(
    values.map((each) => each.sort((a, b) => a - b)),
    { nil: undefined },
  );
}

// Days to 28, so that there is no month without one.
const fields = fc.record({
  minutes: some(0, 59),
  hours: some(0, 23),
  days: some(1, 28),
  months: some(1, 12),
  weekdays: some(0, 6),
});

test('agrees with a cron library in UTC on what comes next', () => {
  fc.assert(
    fc.property(fields, localTime, (each, local) => {
      const text = [each.minutes, each.hours, each.days, each.months, each.weekdays].map((part) => part?.join() ?? '*');
      const next = new Cron(text.join(' '), { timezone: 'UTC', mode: '5-part', paused: true }).nextRun(new Date(local));
      const given = Object.fromEntries(Object.entries(each).filter(([, values]) => values !== undefined));
      expect(cronTimes(given).next(local)).toBe(next?.getTime());
    }),
    { numRuns: 500 },
  );
});

test('what is next after one time is the last one until the one after it', () => {
  fc.assert(
    fc.property(fields, localTime, (each, local) => {
      const given = Object.fromEntries(Object.entries(each).filter(([, values]) => values !== undefined));
      const { floor, next } = cronTimes(given);
      const first = next(local);
      expect(floor(first)).toBe(first);
      expect(floor(next(first) - 1)).toBe(first);
      expect(floor(first - 1)).toBeLessThanOrEqual(local);
    }),
  );
});

describe('rare days', () => {
  test('29 February is found over a century that has none', () => {
    const { next, floor } = cronTimes({ minutes: [0], hours: [0], days: [29], months: [2] });
    expect(next(Date.UTC(1896, 1, 29))).toBe(Date.UTC(1904, 1, 29));
    expect(floor(Date.UTC(1904, 1, 29) - DAY)).toBe(Date.UTC(1896, 1, 29));
  });

  test('30 February is never', () => {
    const { next, floor } = cronTimes({ days: [30], months: [2] });
    expect(next(0)).toBe(Number.POSITIVE_INFINITY);
    expect(floor(0)).toBe(Number.NEGATIVE_INFINITY);
  });
});
