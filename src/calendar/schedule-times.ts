/**
 * When a Temporal Schedule fires for a rule: at the end of each interval.
 *
 * A firing that finds its interval run already is harmless, a missing one is not; so where a schedule cannot say a rule
 * exactly, it says more:
 * S1. Every N hours, weeks, months that no calendar can say fires at each hour, week, month that may be one; in UTC, where
 *     hours, days and weeks have one length, it is said exactly by `intervals`.
 * S2. Temporal matches clock times literally. One that comes twice fires twice, whatever the rule's policy. One that the
 *     clocks jump over does not fire: for each change of the clocks in the coming ten years that would miss an end, or show
 *     it at another local time, there is one date more. The ten years are counted from 1 January, so that a schedule stays
 *     what it is for a year.
 * S3. Days that a calendar leaves out fire all the same, but for weekdays of a daily rule.
 */
import { PipelineError } from '../core/index.ts';
import { type CronFields, cronTimes, type PackedInstants, type UnitRhythm, unpackInstants } from '../planner/index.ts';
import { type IntervalRule, type ReadRule, readRule } from './rules.ts';
import { tilingBetween } from './starts.ts';
import { offsetSpans } from './zones.ts';

const MONTHS = [
  'JANUARY',
  'FEBRUARY',
  'MARCH',
  'APRIL',
  'MAY',
  'JUNE',
  'JULY',
  'AUGUST',
  'SEPTEMBER',
  'OCTOBER',
  'NOVEMBER',
  'DECEMBER',
] as const;
const WEEKDAYS = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'] as const;

/** Clock times, all fields of which must match; `*` is any. A `CalendarSpec` of @temporalio/client. */
export interface ScheduleCalendar {
  second: number;
  minute: number[] | '*';
  hour: number[] | '*';
  dayOfMonth?: number[];
  month?: (typeof MONTHS)[number][];
  year?: number;
  dayOfWeek?: (typeof WEEKDAYS)[number][];
  comment: string;
}

/** What a Schedule needs to know of time: part of a `ScheduleSpec` of @temporalio/client. Plain JSON. */
export interface ScheduleTimes {
  calendars?: ScheduleCalendar[];
  /** Milliseconds: every so many since 1970, and so many later. */
  intervals?: { every: number; offset: number }[];
  /** An IANA name. */
  timezone: string;
}

export interface ScheduleTimesOptions {
  /** How long after the end of an interval, in whole seconds as milliseconds. Default: 0. */
  offsetMs?: number;
  /** When "the coming ten years" is asked, in milliseconds since the epoch. Default: now. */
  now?: number;
}

const SECOND = 1000;
const DAY = 86_400_000;
const YEARS_AHEAD = 10;

/**
 * The times of a Schedule that fires `offsetMs` after the end of each interval of a rule. The run that it starts asks
 * `lastIntervalBefore(rule, scheduled time - offsetMs)` for its interval. Throws `RANGE_INVALID`.
 */
export function scheduleTimes(rule: IntervalRule, options: ScheduleTimesOptions = {}): ScheduleTimes {
  const { offsetMs = 0, now = Date.now() } = options;
  if (!Number.isSafeInteger(offsetMs / SECOND) || offsetMs < 0) {
    throw new PipelineError(
      'RANGE_INVALID',
      `A schedule fires whole seconds after an interval's end, not ${offsetMs} ms.`,
    );
  }
  const read = readRule(rule);
  const { rhythm } = read;
  const { every, timeZone: timezone } = read.rule;
  const year = new Date(now).getUTCFullYear();
  const ahead = { from: Date.UTC(year, 0, 1), to: Date.UTC(year + YEARS_AHEAD, 0, 1) };
  if ('list' in rhythm) return { calendars: listed(read, rhythm.list, offsetMs, ahead.from), timezone };
  const exact = 'unit' in rhythm && timezone === 'UTC' ? utcInterval(rhythm, offsetMs) : undefined;
  if (exact !== undefined) return { intervals: [exact], timezone };
  const fields = fieldsOf(read);
  const missed = missedTimes(read, fields, offsetMs, ahead);
  return { calendars: [...regular(fields, offsetMs, every), ...missed.map((local) => oneOff(local, every))], timezone };
}

/** Every N hours, days or weeks where all have one length, unless N of them fit a day or it is a plain day or week. */
function utcInterval({ unit, step = 1, phase = 0 }: UnitRhythm, offsetMs: number) {
  const length = { hour: DAY / 24, day: DAY, week: 7 * DAY, month: undefined, quarter: undefined, year: undefined }[
    unit
  ];
  if (length === undefined || step === 1 || (unit === 'hour' && 24 % step === 0)) return undefined;
  const every = step * length;
  // The week with ordinal 0 began on Monday 1969-12-29.
  const first = phase * length - (unit === 'week' ? 3 * DAY : 0) + offsetMs;
  return { every, offset: ((first % every) + every) % every };
}

/** The ends of a rule as cron fields; more of them where fields cannot say it (S1). */
function fieldsOf({ rhythm, rule: { dst }, daysOff }: ReadRule): CronFields {
  if ('cron' in rhythm) return rhythm.cron;
  if ('list' in rhythm) return {};
  const { unit, step = 1, phase = 0 } = rhythm;
  const midnight = { minutes: [0], hours: [0] };
  if (unit === 'hour') return { minutes: [0], hours: everyOf(24, step, phase) };
  if (unit === 'week') return { ...midnight, weekdays: [1] };
  if (unit === 'day') {
    const weekdays = step === 1 && dst.gap === 'shift' ? daysOff?.weekdays : undefined;
    // The end of a Monday is a Tuesday; ISO's Sunday is 7, cron's is 0.
    return weekdays === undefined ? midnight : { ...midnight, weekdays: weekdays.map((day) => (day + 1) % 7) };
  }
  const months = { month: 1, quarter: 3, year: 12 }[unit];
  return { ...midnight, days: [1], months: everyOf(12, step * months, phase * months).map((month) => month + 1) };
}

/** Of the numbers below `length`, which come round again and again, those that every `step`-th from `phase` may be. */
function everyOf(length: number, step: number, phase: number): number[] {
  const common = greatestCommonDivisor(length, step);
  return Array.from({ length }, (_, value) => value).filter((value) => (value - phase) % common === 0);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Fields, moved by the offset on the local clock: one calendar for hours that share minutes and days. */
function regular(fields: CronFields, offsetMs: number, comment: string): ScheduleCalendar[] {
  const offset = offsetMs / SECOND;
  const minutesOf = new Map<string, Set<number>>();
  for (const hour of fields.hours ?? range(24)) {
    for (const minute of fields.minutes ?? range(60)) {
      const at = (hour * 60 + minute) * 60 + offset;
      const name = `${Math.floor(at / 86_400)}/${Math.floor(at / 3600) % 24}`;
      minutesOf.set(name, (minutesOf.get(name) ?? new Set()).add(Math.floor(at / 60) % 60));
    }
  }
  const hoursOf = new Map<string, number[]>();
  for (const [name, minutes] of minutesOf) {
    const [days = 0, hour = 0] = name.split('/').map(Number);
    const group = `${days}/${[...minutes].sort((a, b) => a - b).join()}`;
    hoursOf.set(group, [...(hoursOf.get(group) ?? []), hour]);
  }
  return [...hoursOf].flatMap(([group, hours]) => {
    const [days, minutes = ''] = group.split('/');
    const minute = minutes.split(',').map(Number);
    const times = {
      second: offset % 60,
      minute: any(minute, 60),
      hour: any(
        hours.sort((a, b) => a - b),
        24,
      ),
    };
    return daysAfter(fields, Number(days)).map((date) => ({ ...times, ...date, comment }));
  });
}

/** The dates of fields, moved by days; more of them where a month may end in between. */
function daysAfter({ days, months, weekdays }: CronFields, later: number): Partial<ScheduleCalendar>[] {
  if (days !== undefined && weekdays !== undefined) {
    const either = [{ days }, { weekdays }].map((each) => (months === undefined ? each : { ...each, months }));
    return either.flatMap((each) => daysAfter(each, later));
  }
  const month = months === undefined ? {} : { month: months.flatMap((each) => MONTHS[each - 1] ?? []) };
  const dayOfWeek = weekdays?.flatMap((each) => WEEKDAYS[(each + later) % 7] ?? []);
  if (later === 0 || (days !== undefined && Math.max(...days) + later <= 28)) {
    const dayOfMonth = days?.map((day) => day + later);
    return [{ ...(dayOfMonth && { dayOfMonth }), ...month, ...(dayOfWeek && { dayOfWeek }) }];
  }
  return [dayOfWeek === undefined ? {} : { dayOfWeek }];
}

/** Local times at which a firing is due and that the regular ones do not have (S2). */
function missedTimes(
  read: ReadRule,
  fields: CronFields,
  offsetMs: number,
  ahead: { from: number; to: number },
): number[] {
  const { floor } = cronTimes(fields);
  const spans = offsetSpans(read.rule.timeZone, ahead.from, ahead.to);
  const missed = new Set<number>();
  for (const { start: change } of spans.slice(1)) {
    // Only an end that is at the change, or from which the offset goes over it, is due at an unusual local time.
    const tiling = tilingBetween(read, change - offsetMs, change + offsetMs);
    for (const end of tiling.startsFrom(change - offsetMs)) {
      if (end > change) break;
      const local = localAt(read.rule.timeZone, end + offsetMs);
      if (floor(local - offsetMs) !== local - offsetMs) missed.add(local);
    }
  }
  return [...missed].sort((a, b) => a - b);
}

function listed({ rule }: ReadRule, list: PackedInstants, offsetMs: number, from: number): ScheduleCalendar[] {
  const due = unpackInstants(list)
    .slice(1)
    .map((end) => end + offsetMs);
  return due.filter((at) => at >= from).map((at) => oneOff(localAt(rule.timeZone, at), 'list'));
}

function localAt(timeZone: string, at: number): number {
  return at + (offsetSpans(timeZone, at, at + 1)[0]?.offset ?? 0) * SECOND;
}

function oneOff(local: number, comment: string): ScheduleCalendar {
  const date = new Date(local);
  return {
    second: date.getUTCSeconds(),
    minute: [date.getUTCMinutes()],
    hour: [date.getUTCHours()],
    dayOfMonth: [date.getUTCDate()],
    month: MONTHS.slice(date.getUTCMonth(), date.getUTCMonth() + 1),
    year: date.getUTCFullYear(),
    comment,
  };
}

function any(values: number[], all: number): number[] | '*' {
  return values.length === all ? '*' : values;
}

function range(length: number): number[] {
  return Array.from({ length }, (_, value) => value);
}
