/** Which days a calendar leaves out, compiled to numbers. */
import { hasIndex, type IndexSet } from './index-sets.ts';

/** Plain JSON; a part that is left out leaves nothing out. */
export interface DaysOff {
  /** ISO weekdays that count, 1 is Monday; the others are off. */
  readonly weekdays?: readonly number[];
  /** Days since 1970-01-01 that are off, as runs `[from, to)`. */
  readonly dates?: IndexSet;
  /** Off in every year: `[from, to]`, both included, as month times 100 plus day; `from` may be later than `to`. */
  readonly yearly?: readonly (readonly [from: number, to: number])[];
}

const DAY = 86_400_000;

/** Whether the day of a local time is off. */
export function isOff({ weekdays, dates, yearly }: DaysOff, localMs: number): boolean {
  const day = Math.floor(localMs / DAY);
  // 1970-01-01 was a Thursday.
  if (weekdays !== undefined && !weekdays.includes(((((day + 3) % 7) + 7) % 7) + 1)) return true;
  if (dates !== undefined && hasIndex(dates, day)) return true;
  if (yearly === undefined) return false;
  const date = new Date(day * DAY);
  const monthAndDay = (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
  return yearly.some(([from, to]) =>
    from <= to ? from <= monthAndDay && monthAndDay <= to : from <= monthAndDay || monthAndDay <= to,
  );
}
