/** The words of a calendar: which days have intervals. */
import { PipelineError, suggestion } from '../core/index.ts';
import { type DaysOff, type IndexSet, union, unitOf } from '../planner/index.ts';

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

export type Weekday = (typeof WEEKDAYS)[number];

/** Which days have intervals; an interval belongs to the local date of its start. */
export interface IntervalCalendar {
  /** Only these; `business-days` is Monday to Friday. Default: all. */
  readonly weekdays?: readonly Weekday[] | 'business-days';
  /**
   * Not these: dates `2015-12-25`, ranges with both ends `2015-12-24..2015-12-31`, and either without a year, `12-25`,
   * `12-24..01-02`, in every year. Default: none.
   */
  readonly exclude?: readonly string[];
}

/** A calendar that was read: its one spelling, and as numbers; both undefined when it leaves nothing out. */
export interface ReadCalendar {
  calendar?: IntervalCalendar;
  daysOff?: DaysOff;
}

const KEYS = ['weekdays', 'exclude'];

/** Reads a calendar, also one from a file. Throws `RANGE_INVALID`, with a close match. */
export function readCalendar(calendar: IntervalCalendar | undefined): ReadCalendar {
  if (calendar === undefined) return {};
  if (typeof calendar !== 'object' || calendar === null || Array.isArray(calendar)) {
    throw invalid(`A calendar has weekdays and exclude; this is ${JSON.stringify(calendar)}.`);
  }
  const unknown = Object.keys(calendar).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw invalid(`A calendar has no "${unknown}".${suggestion(unknown, KEYS)}`);
  const weekdays = readWeekdays(calendar.weekdays);
  const exclude = readExclude(calendar.exclude);
  if (weekdays.length === 7 && exclude.length === 0) return {};
  return {
    calendar: { ...(weekdays.length === 7 ? {} : { weekdays }), ...(exclude.length === 0 ? {} : { exclude }) },
    daysOff: daysOffOf(weekdays, exclude),
  };
}

function readWeekdays(weekdays: IntervalCalendar['weekdays']): Weekday[] {
  if (weekdays === undefined) return [...WEEKDAYS];
  if (weekdays === 'business-days') return WEEKDAYS.slice(0, 5);
  if (!Array.isArray(weekdays) || weekdays.length === 0) {
    throw invalid(`The weekdays of a calendar are "business-days" or a list of ${WEEKDAYS.join(', ')}.`);
  }
  const names = weekdays.map((each) => String(each).toLowerCase());
  const unknown = names.find((name) => !WEEKDAYS.some((day) => day === name));
  if (unknown !== undefined) throw invalid(`There is no weekday "${unknown}".${suggestion(unknown, WEEKDAYS)}`);
  return WEEKDAYS.filter((day) => names.includes(day));
}

function readExclude(exclude: IntervalCalendar['exclude']): string[] {
  if (exclude === undefined) return [];
  if (!Array.isArray(exclude)) throw invalid('The exclude of a calendar is a list of dates.');
  return [...new Set(exclude.map((each) => String(each).replaceAll(' ', '')))];
}

function daysOffOf(weekdays: readonly Weekday[], exclude: readonly string[]): DaysOff {
  const dates: IndexSet[] = [];
  const yearly: [number, number][] = [];
  for (const text of exclude) {
    const [from = '', to = from, more] = text.split('..');
    const days = [from, to].map((each) => unitOf('day').ordinalOf(each));
    const yearDays = [from, to].map(monthAndDay);
    const [first, last] = days;
    const [firstOfYear, lastOfYear] = yearDays;
    if (more === undefined && first !== undefined && last !== undefined && first <= last) {
      dates.push([[first, last + 1]]);
    } else if (more === undefined && firstOfYear !== undefined && lastOfYear !== undefined) {
      yearly.push([firstOfYear, lastOfYear]);
    } else {
      throw invalid(
        `The calendar excludes "${text}", which is no date. Give one like 2015-12-25, 2015-12-24..2015-12-31, 12-25 or 12-24..01-02.`,
      );
    }
  }
  return {
    ...(weekdays.length === 7 ? {} : { weekdays: weekdays.map((day) => WEEKDAYS.indexOf(day) + 1) }),
    ...(dates.length === 0 ? {} : { dates: union(...dates) }),
    ...(yearly.length === 0 ? {} : { yearly }),
  };
}

// 2000 had a 29 February.
function monthAndDay(text: string): number | undefined {
  const isDate = /^\d\d-\d\d$/.test(text) && unitOf('day').ordinalOf(`2000-${text}`) !== undefined;
  return isDate ? Number(text.replace('-', '')) : undefined;
}

function invalid(message: string): PipelineError {
  return new PipelineError('RANGE_INVALID', message);
}
