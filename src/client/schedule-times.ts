/** Times of a schedule in one spelling, so that what was asked for compares with what the server gives back. */
import type { CalendarSpec, ScheduleSpec, ScheduleSpecDescription } from '@temporalio/client';
import type { JsonObject } from '../core/index.ts';

const MONTHS = 'JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER'.split(' ');
const WEEKDAYS = 'SUNDAY MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY'.split(' ');

/** A field of a calendar: its least and most, what it is when nothing is said, and its words. */
interface Field {
  name: Exclude<keyof CalendarSpec, 'comment'>;
  from: number;
  to: number;
  isZero?: boolean;
  words?: readonly string[];
}

// In the order of Temporal's cron expressions with seven fields.
const FIELDS: readonly Field[] = [
  { name: 'second', from: 0, to: 59, isZero: true },
  { name: 'minute', from: 0, to: 59, isZero: true },
  { name: 'hour', from: 0, to: 23, isZero: true },
  { name: 'dayOfMonth', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12, words: ['', ...MONTHS] },
  { name: 'dayOfWeek', from: 0, to: 6, words: WEEKDAYS },
  { name: 'year', from: 1970, to: 2200 },
];

/** When a schedule starts what it starts; equal for specs that mean the same times in the same words. */
export function timesView(spec: ScheduleSpec | ScheduleSpecDescription): JsonObject {
  const intervals = (spec.intervals ?? []).map(
    ({ every, offset }) => `every ${seconds(every)}, from ${seconds(offset ?? 0)} on`,
  );
  const times = [...(spec.calendars ?? []).map(calendarText), ...intervals];
  const except = (spec.skip ?? []).map(calendarText);
  return {
    times: times.sort(),
    ...(except.length === 0 ? {} : { except: except.sort() }),
    ...(spec.startAt === undefined ? {} : { from: spec.startAt.toISOString() }),
    ...(spec.endAt === undefined ? {} : { until: spec.endAt.toISOString() }),
    time_zone: spec.timezone || 'UTC',
    jitter: seconds(spec.jitter ?? 0),
  };
}

/** Milliseconds as seconds, which is what a server keeps. */
export function seconds(ms: unknown): string {
  return `${Math.round(Number(ms) / 1000)} s`;
}

function calendarText(calendar: CalendarSpec | NonNullable<ScheduleSpecDescription['calendars']>[number]): string {
  return FIELDS.map((field) => fieldText(field, calendar[field.name])).join(' ');
}

function fieldText({ from, to, isZero, words }: Field, value: unknown): string {
  if (value === '*' || (Array.isArray(value) && value.length === 0)) return '*';
  if (value === undefined) return isZero ? '0' : '*';
  const number = (each: unknown): number => (typeof each === 'string' ? (words?.indexOf(each) ?? -1) : Number(each));
  const numbers = new Set<number>();
  for (const item of [value].flat()) {
    const range = typeof item === 'object' && item !== null ? (item as Record<string, unknown>) : { start: item };
    const start = number(range.start);
    const end = Math.max(start, range.end === undefined ? start : number(range.end));
    for (let each = start; each <= end; each += Math.max(1, Number(range.step ?? 1))) numbers.add(each);
  }
  if (numbers.size > to - from) return '*';
  return rangesText([...numbers].sort((a, b) => a - b));
}

function rangesText(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const each of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === each - 1) last[1] = each;
    else ranges.push([each, each]);
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}
