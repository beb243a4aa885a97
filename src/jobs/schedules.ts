/** Schedules: which job has one, and all that it says, with defaults. */
import type { Job } from '../../workflows/index.ts';
import { suggestion } from '../core/index.ts';
import type { Keys, Problems } from './problems.ts';
import type { ScheduleDefinition } from './project-jobs.ts';
import type { RawFile, RawJob, RawSchedule } from './schema.ts';

/** A schedule as it is written, and where. */
export interface PlacedSchedule {
  raw: RawSchedule;
  at: Keys;
}

const DAY_MS = 86_400_000;

/** The schedule of a job, its own or one of the file's by name; undefined where it has none. */
export function scheduleIn(
  { schedule }: RawJob,
  job: string,
  schedules: RawFile['schedules'] = {},
  problems: Problems,
): PlacedSchedule | undefined {
  if (schedule === undefined) return undefined;
  const at = ['jobs', job, 'schedule'];
  if ('own' in schedule) return { raw: schedule.own, at };
  const { name } = schedule;
  const raw = Object.hasOwn(schedules, name) ? schedules[name] : undefined;
  if (raw !== undefined) return { raw, at: ['schedules', name] };
  problems.add(at, `names the schedule "${name}", which there is not.${suggestion(name, Object.keys(schedules))}`);
  return undefined;
}

/** The definition of a job's schedule. */
export function definitionOf(job: Job, { raw, at }: PlacedSchedule, problems: Problems): ScheduleDefinition {
  if (job.rule === undefined) {
    problems.add(
      ['jobs', job.name, 'schedule'],
      'needs intervals to run: give the job "every" (or the schedule "cron_schedule").',
    );
  }
  if (raw.pause_on_failure === true && raw.overlap === 'allow_all') {
    problems.add(
      [...at, 'pause_on_failure'],
      'has no effect on runs that overlap: choose another "overlap" than allow_all.',
    );
  }
  for (const key of ['offset', 'jitter', 'catchup_window'] as const) {
    if ((raw[key] ?? 0) % 1000 !== 0) problems.add([...at, key], 'must be whole seconds: a server keeps no less.');
  }
  return {
    id: raw.id ?? job.name,
    job,
    offsetMs: raw.offset ?? 0,
    jitterMs: raw.jitter ?? 0,
    overlap: (raw.overlap ?? 'buffer_all').toUpperCase() as ScheduleDefinition['overlap'],
    catchupWindowMs: raw.catchup_window ?? 365 * DAY_MS,
    pauseOnFailure: raw.pause_on_failure ?? false,
    paused: raw.paused ?? false,
    ...(raw.note === undefined ? {} : { note: raw.note }),
  };
}
