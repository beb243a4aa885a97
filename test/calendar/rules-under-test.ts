import fc from 'fast-check';
import { type IntervalCalendar, type IntervalRule, intervalRule, nextBoundaryAfter } from '../../src/calendar/index.ts';
import { clockAt, ZONES } from './zones-under-test.ts';

const SECOND_1970 = 0;
const SECOND_2037 = 2_114_380_800;
const HOUR = 3_600_000;

/** A rule, and about how many hours its intervals have. */
const units = fc.constantFrom<[string, number][]>(
  ['hour', 1],
  ['6 hours', 6],
  ['5 hours', 5],
  ['36h', 36],
  ['day', 24],
  ['2 days', 48],
  ['week', 168],
  ['3w', 504],
  ['month', 744],
  ['5 months', 3720],
  ['quarter', 2208],
  ['2 years', 17_544],
);

const crons = fc.constantFrom<[string, number][]>(
  ['*/20 * * * *', 1],
  ['0 * * * *', 1],
  ['30 1,2 * * *', 24],
  ['0 0 * * *', 24],
  ['45 23 * * mon-fri', 72],
  ['59 */3 1,15 * sun', 72],
  ['0 6 31 * *', 1488],
  ['10 2 * 3,10 *', 5800],
);

const calendars: fc.Arbitrary<IntervalCalendar> = fc.constantFrom<IntervalCalendar>(
  { weekdays: 'business-days' },
  { weekdays: ['sun'] },
  { exclude: ['12-24..01-02', '03-29'] },
  { weekdays: ['mon', 'wed', 'fri'], exclude: ['2000-01-01..2009-12-31', '10-31', '11-01'] },
);

/** A rule, and an instant near which to look at it, half of the time a few days before the clocks change. */
export interface RuleSample {
  rule: IntervalRule;
  at: number;
  /** About as long as ten of its intervals, in milliseconds. */
  reach: number;
}

export const ruleSamples: fc.Arbitrary<RuleSample> = fc
  .record({
    every: fc.oneof(units, crons),
    list: fc.option(fc.array(fc.integer({ min: 60, max: 200_000 }), { minLength: 12, maxLength: 20 }), { freq: 6 }),
    timeZone: fc.constantFrom(...ZONES),
    gap: fc.constantFrom('skip' as const, 'shift' as const),
    overlap: fc.constantFrom('once' as const, 'twice' as const),
    calendar: fc.option(calendars),
    second: fc.integer({ min: SECOND_1970, max: SECOND_2037 }),
    nearChange: fc.boolean(),
    before: fc.integer({ min: 0, max: 4 }),
  })
  .map(({ every: [every, hours], list, timeZone, gap, overlap, calendar, second, nearChange, before }) => {
    const clock = clockAt(second * 1000, timeZone);
    const change = nearChange ? clock.getTimeZoneTransition('next') : null;
    const at = (change ?? clock).epochMilliseconds - before * hours * HOUR;
    const common = { timeZone, dst: { gap, overlap }, ...(calendar === null ? {} : { calendar }) };
    if (list === null) return { rule: intervalRule({ every, ...common }), at, reach: 10 * hours * HOUR };
    return { rule: intervalRule({ at: startsFrom(at, list), ...common }), at, reach: 60 * 24 * HOUR };
  });

function startsFrom(at: number, steps: readonly number[]): string[] {
  let ms = at;
  return steps.map((step) => {
    ms += step * 1000;
    return new Date(ms).toISOString();
  });
}

/** Two boundaries of the rule, some intervals apart; undefined where a list ends too soon. */
export function rangeOf({ rule, at, reach }: RuleSample): { from: string; to: string } | undefined {
  const from = nextBoundaryAfter(rule, new Date(at).toISOString());
  const to = from === undefined ? undefined : lastWithin(rule, from, Date.parse(from) + reach);
  return from === undefined || to === undefined ? undefined : { from, to };
}

function lastWithin(rule: IntervalRule, from: string, end: number): string | undefined {
  let to: string | undefined;
  for (let next = nextBoundaryAfter(rule, from); next !== undefined; next = nextBoundaryAfter(rule, next)) {
    if (to !== undefined && Date.parse(next) > end) break;
    to = next;
  }
  return to;
}
