/** The five fields of a cron expression as sets of numbers, and the local times that they name. */

/** Rising; a field that is left out takes any value. Where both `days` and `weekdays` are given, either will do. */
export interface CronFields {
  /** 0 to 59. */
  readonly minutes?: readonly number[];
  /** 0 to 23. */
  readonly hours?: readonly number[];
  /** Of the month, 1 to 31. */
  readonly days?: readonly number[];
  /** 1 to 12. */
  readonly months?: readonly number[];
  /** 0 to 6, 0 is Sunday. */
  readonly weekdays?: readonly number[];
}

const MINUTE = 60_000;
const DAY = 86_400_000;

// 29 February did not come from 1896 to 1904; nothing that comes at all is rarer.
const MOST_DAYS = 8 * 366;

/** Local times, as in `units.ts`: the last one at or before another, the first one after it; infinite where none is. */
export interface CronTimes {
  floor(localMs: number): number;
  next(localMs: number): number;
}

export function cronTimes(fields: CronFields): CronTimes {
  const minutes = fields.minutes ?? range(60);
  const slots = (fields.hours ?? range(24)).flatMap((hour) => minutes.map((minute) => (hour * 60 + minute) * MINUTE));
  const seek = (from: number, step: 1 | -1): number | undefined => {
    for (let day = from, tries = 0; tries <= MOST_DAYS; day += step, tries++) if (dayFits(fields, day)) return day;
    return undefined;
  };
  return {
    floor(localMs) {
      const today = Math.floor(localMs / DAY);
      const slot = dayFits(fields, today) ? slots[countUpTo(slots, localMs - today * DAY) - 1] : undefined;
      if (slot !== undefined) return today * DAY + slot;
      const day = seek(today - 1, -1);
      return day === undefined ? Number.NEGATIVE_INFINITY : day * DAY + (slots.at(-1) ?? 0);
    },
    next(localMs) {
      const today = Math.floor(localMs / DAY);
      const slot = dayFits(fields, today) ? slots[countUpTo(slots, localMs - today * DAY)] : undefined;
      if (slot !== undefined) return today * DAY + slot;
      const day = seek(today + 1, 1);
      return day === undefined ? Number.POSITIVE_INFINITY : day * DAY + (slots[0] ?? 0);
    },
  };
}

function dayFits({ days, months, weekdays }: CronFields, day: number): boolean {
  const date = new Date(day * DAY);
  if (months !== undefined && !months.includes(date.getUTCMonth() + 1)) return false;
  const isDay = days?.includes(date.getUTCDate());
  const isWeekday = weekdays?.includes(date.getUTCDay());
  if (isDay === undefined || isWeekday === undefined) return isDay ?? isWeekday ?? true;
  return isDay || isWeekday;
}

/** How many of rising `values` are at most `limit`. */
function countUpTo(values: readonly number[], limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function range(length: number): number[] {
  return Array.from({ length }, (_, value) => value);
}
