import fc from 'fast-check';
import type { Temporal } from 'temporal-polyfill';
import { expect, test } from 'vitest';
import { type IntervalOptions, planIntervals } from '../../src/calendar/index.ts';
import { EVERY, type Every, type Interval, indexOfKey, intervalAt, intervalsOf } from '../../src/planner/index.ts';
import { clockAt, ZONES } from './zones-under-test.ts';

const SECOND_1970 = 0;
const SECOND_2037 = 2_114_380_800;

/** Ranges that begin anywhere, half of them a few days before the clocks change. */
const ranges: fc.Arbitrary<IntervalOptions & { every: Every; from: string; timeZone: string }> = fc
  .record({
    every: fc.constantFrom(...EVERY),
    timeZone: fc.constantFrom(...ZONES),
    second: fc.integer({ min: SECOND_1970, max: SECOND_2037 }),
    nearChange: fc.boolean(),
    daysBefore: fc.integer({ min: 0, max: 3 }),
    length: fc.integer({ min: 1, max: 60 }),
  })
  .map(({ every, timeZone, second, nearChange, daysBefore, length }) => {
    const clock = clockAt(second * 1000, timeZone);
    const change = nearChange ? clock.getTimeZoneTransition('next') : null;
    const first = (change ?? clock).toPlainDate().subtract({ days: daysBefore });
    return { every, timeZone, ...boundsFrom(every, first, length) };
  });

const MONTHS = { month: 1, quarter: 3, year: 12 };

function boundsFrom(every: Every, date: Temporal.PlainDate, length: number): { from: string; to: string } {
  if (every === 'month' || every === 'quarter' || every === 'year') {
    const months = MONTHS[every];
    const first = date.with({ month: date.month - ((date.month - 1) % months) }).toPlainYearMonth();
    return { from: first.toString(), to: first.add({ months: months * Math.ceil(length / months) }).toString() };
  }
  const first = every === 'week' ? date.subtract({ days: date.dayOfWeek - 1 }) : date;
  const days = every === 'week' ? length * 7 : every === 'day' ? length : Math.ceil(length / 12);
  // Two days where one might be the day that Apia or Kwajalein went without.
  return { from: first.toString(), to: first.add({ days: days + 1 + (every === 'week' ? 6 : 0) }).toString() };
}

/** The label of an instant, without the offset of an hour that comes twice, as Temporal gives it. */
function labelAt(clock: Temporal.ZonedDateTime, every: Every): string {
  const date = clock.toPlainDate();
  switch (every) {
    case 'hour':
      return `${date}T${String(clock.hour).padStart(2, '0')}`;
    case 'day':
      return date.toString();
    case 'week':
      return `${date.yearOfWeek}-W${String(date.weekOfYear).padStart(2, '0')}`;
    case 'month':
      return date.toPlainYearMonth().toString();
    case 'quarter':
      return `${date.year}-Q${Math.ceil(date.month / 3)}`;
    case 'year':
      return String(date.year);
  }
}

/** Whether some time within a local hour comes twice. */
function comesTwice(clock: Temporal.ZonedDateTime): boolean {
  return [0, 15, 30, 45, 59].some((minute) => {
    const time = clock.toPlainDateTime().with({ minute, second: 0, millisecond: 0 });
    const earlier = time.toZonedDateTime(clock.timeZoneId, { disambiguation: 'earlier' });
    const later = time.toZonedDateTime(clock.timeZoneId, { disambiguation: 'later' });
    const real = earlier.toPlainDateTime().equals(time);
    return real && !earlier.equals(later);
  });
}

function keyAt(clock: Temporal.ZonedDateTime, every: Every): string {
  const suffix = every === 'hour' && comesTwice(clock) ? clock.offset.replaceAll(':', '') : '';
  return labelAt(clock, every) + suffix;
}

function expectWhole(interval: Interval, every: Every, timeZone: string): void {
  const first = clockAt(interval.start, timeZone);
  const last = clockAt(Date.parse(interval.end) - 1, timeZone);
  const before = clockAt(Date.parse(interval.start) - 1, timeZone);
  expect(keyAt(first, every)).toBe(interval.key);
  expect(labelAt(last, every), `the end of ${interval.key}`).toBe(labelAt(first, every));
  const wentBack = every === 'hour' && before.offsetNanoseconds > first.offsetNanoseconds;
  if (!wentBack) expect(labelAt(before, every), `before ${interval.key}`).not.toBe(labelAt(first, every));
}

test('intervals cover the range exactly once, each a whole unit of the local clock', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(ranges, (options) => {
      const plan = planIntervals(options);
      const intervals = [...intervalsOf(plan)];
      expect(intervals).toHaveLength(plan.count);
      expect(intervals[0]?.start).toBe(plan.start);
      expect(intervals.at(-1)?.end).toBe(plan.end);
      expect(labelAt(clockAt(plan.start, options.timeZone), 'day') >= options.from).toBe(true);
      expect(new Set(intervals.map(({ key }) => key)).size).toBe(plan.count);
      intervals.forEach((interval, index) => {
        expect(interval.index).toBe(index);
        expect(interval.end > interval.start).toBe(true);
        if (index > 0) expect(interval.start).toBe(intervals[index - 1]?.end);
        expect(interval.key).toMatch(/^[\dTWQ+-]+$/);
        expectWhole(interval, options.every, options.timeZone);
      });
    }),
    { numRuns: 400 },
  );
});

test('an interval is found by its index and by its key', () => {
  fc.assert(
    fc.property(ranges, (options) => {
      const plan = planIntervals(options);
      for (const interval of intervalsOf(plan)) {
        expect(intervalAt(plan, interval.index)).toEqual(interval);
        expect(indexOfKey(plan, interval.key)).toBe(interval.index);
      }
    }),
  );
});

test('every key is a bound, and a part of a range has the keys and instants of the whole', () => {
  fc.assert(
    fc.property(ranges, fc.nat(), fc.nat(), (options, a, b) => {
      const plan = planIntervals(options);
      const intervals = [...intervalsOf(plan)];
      const from = a % intervals.length;
      const to = from + 1 + (b % (intervals.length - from));
      const keyOrEnd = (index: number) => intervals[index]?.key ?? plan.end;
      const part = planIntervals({ ...options, from: keyOrEnd(from), to: keyOrEnd(to) });
      const expected = intervals.slice(from, to).map(({ key, start, end }) => ({ key, start, end }));
      expect([...intervalsOf(part)].map(({ key, start, end }) => ({ key, start, end }))).toEqual(expected);
    }),
  );
});

test('the same words give the same plan, and instants give the plan of the words', () => {
  fc.assert(
    fc.property(ranges, (options) => {
      const plan = planIntervals(options);
      expect(planIntervals(options)).toEqual(plan);
      expect(planIntervals({ ...options, from: plan.start, to: plan.end })).toEqual(plan);
    }),
  );
});
