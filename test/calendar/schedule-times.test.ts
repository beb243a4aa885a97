import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type IntervalRule,
  intervalRule,
  lastIntervalBefore,
  nextBoundaryAfter,
  type ScheduleTimes,
  scheduleTimes,
} from '../../src/calendar/index.ts';
import { ruleSamples } from './rules-under-test.ts';
import { clockAt } from './zones-under-test.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-06-01T00:00Z');

/** Whether a schedule fires at an instant, as Temporal decides it: each field of a calendar holds the clock's. */
function fires({ calendars = [], intervals = [], timezone }: ScheduleTimes, at: number): boolean {
  const clock = clockAt(at, timezone);
  const name = (style: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en', { ...style, timeZone: 'UTC' })
      .format(new Date(`${clock.toPlainDate()}T00:00Z`))
      .toUpperCase();
  const shown = {
    second: clock.second,
    minute: clock.minute,
    hour: clock.hour,
    dayOfMonth: clock.day,
    month: name({ month: 'long' }),
    year: clock.year,
    dayOfWeek: name({ weekday: 'long' }),
  };
  return (
    intervals.some(({ every, offset }) => (at - offset) % every === 0) ||
    calendars.some(({ comment: _, ...fields }) =>
      Object.entries(fields).every(([field, value]) => {
        const values: readonly unknown[] = Array.isArray(value) ? value : [value];
        return value === '*' || values.includes(shown[field as keyof typeof shown]);
      }),
    )
  );
}

function times(rule: Parameters<typeof intervalRule>[0], offsetMs = 0): ScheduleTimes {
  return scheduleTimes(intervalRule(rule), { offsetMs, now: NOW });
}

/** The calendars that name no year. */
function regular({ calendars = [] }: ScheduleTimes) {
  return calendars.filter(({ year }) => year === undefined).map(({ comment: _, ...calendar }) => calendar);
}

/** Where the next intervals end that the calendar does not leave out. */
function ends(rule: IntervalRule, from: number, count: number): number[] {
  const found: number[] = [];
  let at: string | undefined = new Date(from).toISOString();
  for (let tries = 0; tries < count; tries++) {
    at = nextBoundaryAfter(rule, at);
    if (at === undefined) break;
    if (lastIntervalBefore(rule, at)?.end === at) found.push(Date.parse(at));
  }
  return found;
}

test('whatever the rule, the zone and the offset, a schedule fires at the end of each interval', {
  timeout: 240_000,
}, () => {
  const offsets = fc.constantFrom(0, 1000, 90_000, HOUR, 2.5 * HOUR, 5 * HOUR, 26 * HOUR, 24 * 29 * HOUR);
  fc.assert(
    fc.property(ruleSamples, offsets, ({ rule, at }, offsetMs) => {
      const schedule = scheduleTimes(rule, { offsetMs, now: at });
      for (const end of ends(rule, Math.max(at, Date.UTC(new Date(at).getUTCFullYear(), 0, 1)), 12)) {
        const isAhead = end < Date.UTC(new Date(at).getUTCFullYear() + 9, 0, 1);
        if (isAhead) expect(fires(schedule, end + offsetMs), new Date(end).toISOString()).toBe(true);
      }
      expect(JSON.parse(JSON.stringify(schedule))).toEqual(schedule);
    }),
    { numRuns: 300 },
  );
});

describe('what a schedule is told', () => {
  test.each<[string, object]>([
    ['hour', { minute: [0], hour: '*' }],
    ['6 hours', { minute: [0], hour: [0, 6, 12, 18] }],
    ['day', { minute: [0], hour: [0] }],
    ['week', { minute: [0], hour: [0], dayOfWeek: ['MONDAY'] }],
    ['month', { minute: [0], hour: [0], dayOfMonth: [1] }],
    ['quarter', { minute: [0], hour: [0], dayOfMonth: [1], month: ['JANUARY', 'APRIL', 'JULY', 'OCTOBER'] }],
    ['year', { minute: [0], hour: [0], dayOfMonth: [1], month: ['JANUARY'] }],
    ['30 6 * * mon-wed', { minute: [30], hour: [6], dayOfWeek: ['MONDAY', 'TUESDAY', 'WEDNESDAY'] }],
  ])('every %s: %j', (every, calendar) => {
    expect(times({ every, timeZone: 'UTC' })).toMatchObject({ timezone: 'UTC' });
    expect(regular(times({ every, timeZone: 'UTC' }))).toMatchObject([{ second: 0, ...calendar }]);
    expect(times({ every, timeZone: 'UTC' }).calendars).toHaveLength(1);
  });

  test('Temporal wants day and weekday both, cron either: two calendars', () => {
    expect(regular(times({ every: '0 0 1 * mon' }))).toMatchObject([{ dayOfMonth: [1] }, { dayOfWeek: ['MONDAY'] }]);
  });

  test('business days end on Tuesday to Saturday', () => {
    const [calendar] = regular(times({ every: 'day', calendar: { weekdays: 'business-days' } }));
    expect(calendar?.dayOfWeek).toEqual(['TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY']);
  });

  test('an offset moves the clock time, into the next day too', () => {
    expect(regular(times({ every: 'week' }, 30.25 * HOUR))).toMatchObject([
      { second: 0, minute: [15], hour: [6], dayOfWeek: ['TUESDAY'] },
    ]);
    expect(regular(times({ every: '45 6,23 * * *' }, HOUR))).toMatchObject([
      { minute: [45], hour: [7] },
      { minute: [45], hour: [0] },
    ]);
  });

  test('in UTC every N hours, days or weeks are said exactly', () => {
    expect(times({ every: '5 hours' })).toEqual({ intervals: [{ every: 5 * HOUR, offset: HOUR }], timezone: 'UTC' });
    expect(times({ every: '2 weeks', anchor: '2015-01-12' }, HOUR).intervals).toEqual([
      { every: 336 * HOUR, offset: Date.UTC(2015, 0, 12, 1) % (336 * HOUR) },
    ]);
  });

  test('elsewhere at each hour, day or week that may be one', () => {
    const berlin = { timeZone: 'Europe/Berlin' };
    expect(regular(times({ ...berlin, every: '5 hours' }))).toMatchObject([{ hour: '*' }]);
    expect(regular(times({ ...berlin, every: '2 days' }))).toMatchObject([{ hour: [0] }]);
    expect(regular(times({ ...berlin, every: '8 months' }))).toMatchObject([
      { month: ['JANUARY', 'MAY', 'SEPTEMBER'] },
    ]);
  });

  test('ends that the clocks jump over have a date of their own, ten years ahead', () => {
    const { calendars = [] } = times({ every: '30 2 * * *', timeZone: 'Europe/Berlin' });
    expect(calendars.slice(1)).toHaveLength(10);
    expect(calendars[1]).toMatchObject({ year: 2026, month: ['MARCH'], dayOfMonth: [29], hour: [3], minute: [0] });
    expect(times({ every: '30 2 * * *', timeZone: 'Europe/Berlin', dst: { gap: 'skip' } }).calendars).toHaveLength(1);
    expect(times({ every: '30 3 * * *', timeZone: 'Europe/Berlin' }).calendars).toHaveLength(1);
  });

  test('the same all year', () => {
    const rule = intervalRule({ every: 'day', timeZone: 'Africa/Cairo' });
    const days = ['2026-01-01T00:00Z', '2026-05-05T05:05Z', '2026-12-31T23:59Z'];
    const [first, ...others] = days.map((day) => scheduleTimes(rule, { now: Date.parse(day) }));
    for (const other of others) expect(other).toEqual(first);
  });

  test('a list fires at its ends that are to come', () => {
    const { calendars } = times({ at: ['2025-01-01', '2026-02-01', '2026-07-01T06:30'], timeZone: 'Asia/Kathmandu' });
    expect(calendars).toMatchObject([
      { year: 2026, month: ['FEBRUARY'], dayOfMonth: [1], hour: [0], minute: [0] },
      { year: 2026, month: ['JULY'], dayOfMonth: [1], hour: [6], minute: [30] },
    ]);
  });

  test('an offset of less than a second, or before the end, is refused', () => {
    for (const offsetMs of [-1000, 500, Number.NaN]) {
      expect(() => times({ every: 'day' }, offsetMs)).toThrow(expect.objectContaining({ code: 'RANGE_INVALID' }));
    }
  });
});
