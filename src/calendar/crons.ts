/**
 * Cron expressions to sets of numbers.
 *
 * The library reads the fields, one at a time, on dates in UTC. It is never asked about a zone: what it does when clocks
 * change is its own, and ours is a policy of the rule, the same for each kind of rule (`src/planner/tilings.ts`).
 */
import { Cron } from 'croner';
import { messageOf, PipelineError, suggestion } from '../core/index.ts';
import { type CronFields, cronTimes } from '../planner/index.ts';

/** A field, its range, and a date on which it has a value while all others fit anything. */
interface Field {
  name: keyof CronFields;
  from: number;
  to: number;
  dateOf(value: number): number;
}

const FIELDS: readonly Field[] = [
  { name: 'minutes', from: 0, to: 59, dateOf: (minute) => Date.UTC(2000, 0, 1, 0, minute) },
  { name: 'hours', from: 0, to: 23, dateOf: (hour) => Date.UTC(2000, 0, 1, hour) },
  { name: 'days', from: 1, to: 31, dateOf: (day) => Date.UTC(2000, 0, day) },
  { name: 'months', from: 1, to: 12, dateOf: (month) => Date.UTC(2000, month - 1, 1) },
  // 2 January 2000 was a Sunday.
  { name: 'weekdays', from: 0, to: 6, dateOf: (weekday) => Date.UTC(2000, 0, 2 + weekday) },
];

const NAMES = 'jan feb mar apr may jun jul aug sep oct nov dec sun mon tue wed thu fri sat'.split(' ');

/** Reads five fields, in lower case. Throws `RANGE_INVALID` for what is no cron expression or names no time at all. */
export function cronFields(text: string): CronFields {
  const parts = text.split(' ');
  const fields: CronFields = Object.fromEntries(
    FIELDS.flatMap((field, index) => {
      const values = valuesOf(field, parts, index, text);
      // All of a field is no restriction, however it is written: `*`, `*/1`, `0-23`.
      return values.length > field.to - field.from ? [] : [[field.name, values]];
    }),
  );
  if (Number.isFinite(cronTimes(fields).next(0))) return fields;
  throw notCron(text, 'names a day that no year has');
}

function valuesOf({ from, to, dateOf }: Field, parts: readonly string[], index: number, text: string): number[] {
  const part = parts[index] ?? '';
  // Extensions that the library has and Temporal's schedules do not: L, W, #, ?, +.
  const odd = /[^\d*,/a-z-]/.exec(part)?.[0];
  if (odd !== undefined) throw notCron(text, `has "${odd}", which is not one of * , - / digits and names`);
  const name = part.match(/[a-z]+/g)?.find((each) => !NAMES.includes(each));
  if (name !== undefined) throw notCron(text, `has the unknown name "${name}".${suggestion(name, NAMES)}`);
  const alone = parts.map((_, other) => (other === index ? part : '*')).join(' ');
  try {
    const cron = new Cron(alone, { mode: '5-part', timezone: 'UTC', paused: true });
    const values = Array.from({ length: to - from + 1 }, (_, step) => from + step);
    return values.filter((value) => cron.match(new Date(dateOf(value))));
  } catch (cause) {
    throw notCron(text, `is not understood (${messageOf(cause)})`, cause);
  }
}

function notCron(text: string, why: string, cause?: unknown): PipelineError {
  return new PipelineError(
    'RANGE_INVALID',
    `The cron expression "${text}" ${why.replace(/[^?.]$/, '$&.')} It has five fields: minute, hour, day of the month, month, weekday; "30 6 * * mon-fri" is 06:30 on workdays.`,
    { cause, details: { every: text } },
  );
}
