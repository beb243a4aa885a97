/** The keys of intervals, read: `2015-01-31T06-30` says a date and a time of the day, `2015-W05` a week. */
import { unitOf } from '../../planner/index.ts';

export type KeyForm = 'year' | 'quarter' | 'month' | 'week' | 'day' | 'time';

export interface ReadKey {
  form: KeyForm;
  year: number;
  /** Of the quarter, month or week in its year, from 0; the date as an ordinal of days for a day and a time. */
  place: number;
  /** `06:00`, of a time. */
  time: string;
}

const FORMS: readonly [RegExp, (match: string[]) => ReadKey][] = [
  [/^(\d{4})$/, ([, year]) => read('year', year, 0)],
  [/^(\d{4})-Q([1-4])$/, ([, year, quarter]) => read('quarter', year, Number(quarter) - 1)],
  [/^(\d{4})-(\d\d)$/, ([, year, month]) => read('month', year, Number(month) - 1)],
  [/^(\d{4})-W(\d\d)$/, ([, year, week]) => read('week', year, Number(week) - 1)],
  [/^((\d{4})-\d\d-\d\d)$/, ([, date, year]) => read('day', year, dayOf(date))],
  [
    /^((\d{4})-\d\d-\d\d)T(\d\d)(?:-(\d\d))?(?:[+-]\d{4})?$/,
    ([, date, year, hour, minute = '00']) => read('time', year, dayOf(date), `${hour}:${minute}`),
  ],
];

/** What a key says, or undefined where it has none of the forms. */
export function readKey(key: string): ReadKey | undefined {
  for (const [form, of] of FORMS) {
    const match = form.exec(key);
    if (match !== null) return of([...match]);
  }
  return undefined;
}

/** The date of an ordinal of days: `2015-01-31`. */
export function dateOf(day: number): string {
  return unitOf('day').label(day);
}

function read(form: KeyForm, year: string | undefined, place: number, time = ''): ReadKey {
  return { form, year: Number(year), place, time };
}

function dayOf(date: string | undefined): number {
  return unitOf('day').ordinalOf(date ?? '') ?? 0;
}
