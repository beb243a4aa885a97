/** How a job's time is divided: its own words, or those of its schedule. */
import type { Job } from '../../workflows/index.ts';
import { type IntervalCalendar, intervalRule, type RuleOptions } from '../calendar/index.ts';
import { isPipelineError, suggestion } from '../core/index.ts';
import { defined } from './parts.ts';
import type { Keys, Problems } from './problems.ts';
import type { PlacedSchedule } from './schedules.ts';
import type { RawFile, RawJob } from './schema.ts';

type Rule = NonNullable<Job['rule']>;
type Calendars = NonNullable<RawFile['calendars']>;

interface RuleContext {
  schedule: PlacedSchedule | undefined;
  calendars: Calendars;
  problems: Problems;
}

/** The rule of a job; undefined for one that has no intervals, or none that can be used. */
export function ruleOf(raw: RawJob, job: string, context: RuleContext): Rule | undefined {
  const { schedule, problems } = context;
  const at = ['jobs', job];
  const cron = schedule?.raw.cron_schedule;
  if (raw.every !== undefined && cron !== undefined) {
    problems.add(
      [...at, 'every'],
      'says how time is divided, and so does the "cron_schedule" of its schedule: keep one.',
    );
  }
  const isCron = raw.every === undefined && cron !== undefined;
  const every = isCron ? cron : raw.every;
  if (every === undefined) {
    for (const key of ['time_zone', 'dst', 'calendar', 'anchor'] as const) {
      if (raw[key] !== undefined) problems.add([...at, key], 'belongs to intervals: give the job "every".');
    }
    return undefined;
  }
  const calendar = calendarOf(raw, at, context);
  const options = {
    ...(Array.isArray(every) ? { at: every } : { every }),
    timeZone: raw.time_zone ?? schedule?.raw.execution_timezone,
    dst: raw.dst === undefined ? undefined : defined(raw.dst),
    calendar,
    anchor: raw.anchor,
  };
  const place = isCron && schedule !== undefined ? [...schedule.at, 'cron_schedule'] : [...at, 'every'];
  const zone =
    raw.time_zone === undefined && schedule !== undefined
      ? [...schedule.at, 'execution_timezone']
      : [...at, 'time_zone'];
  return made(options, { place, zone, problems });
}

/** Checks the calendars that have names, used or not. */
export function checkCalendars(calendars: Calendars, problems: Problems): void {
  for (const [name, calendar] of Object.entries(calendars)) {
    const place = ['calendars', name];
    made({ every: 'day', calendar: defined(calendar) as IntervalCalendar }, { place, zone: place, problems });
  }
}

function calendarOf(
  { calendar }: RawJob,
  at: Keys,
  { calendars, problems }: RuleContext,
): IntervalCalendar | undefined {
  if (calendar === undefined) return undefined;
  if ('own' in calendar) {
    const own = defined(calendar.own) as IntervalCalendar;
    const place = [...at, 'calendar'];
    return made({ every: 'day', calendar: own }, { place, zone: place, problems }) === undefined ? undefined : own;
  }
  const { name } = calendar;
  const found = Object.hasOwn(calendars, name) ? calendars[name] : undefined;
  if (found !== undefined) return defined(found) as IntervalCalendar;
  problems.add(
    [...at, 'calendar'],
    `names the calendar "${name}", which there is not.${suggestion(name, Object.keys(calendars))}`,
  );
  return undefined;
}

type Loose<T> = { [K in keyof T]: T[K] | undefined };

function made(options: Loose<RuleOptions>, { place, zone, problems }: { place: Keys; zone: Keys; problems: Problems }) {
  try {
    return intervalRule(defined(options) as RuleOptions);
  } catch (error) {
    if (!isPipelineError(error)) throw error;
    problems.add(error.code === 'TIME_ZONE_UNKNOWN' ? zone : place, `cannot be used: ${error.message}`);
    return undefined;
  }
}
