/** Jobs as answers: those of the project's file, and those of which the server knows a backfill. */
import type { Client } from '@temporalio/client';
import { type BackfillStanding, listSchedules, type ScheduleStatus } from '../../client/index.ts';
import type { ProjectJob, ProjectJobs } from '../../jobs/index.ts';
import type { BackfillView, JobView, ScheduleView } from '../api.ts';

export function jobViews(
  configured: ProjectJobs | undefined,
  schedules: readonly ScheduleStatus[],
  backfills: readonly BackfillStanding[],
  viewOf: (backfill: BackfillStanding) => BackfillView,
): JobView[] {
  const jobs = configured?.jobs ?? {};
  const names = new Set([...Object.keys(jobs), ...backfills.map(({ job }) => job)]);
  return [...names].map((name) => {
    // Newest first.
    const backfill = backfills.find(({ job }) => job === name);
    const schedule = schedules.find(({ job }) => job === name);
    return {
      ...(Object.hasOwn(jobs, name) ? configuredView(name, jobs[name]) : unconfiguredView(name, backfill)),
      ...(schedule === undefined ? {} : { schedule: scheduleView(schedule) }),
      ...(backfill === undefined ? {} : { backfill: viewOf(backfill) }),
    };
  });
}

function configuredView(name: string, job: ProjectJob | undefined): JobView {
  const { description, rule, parts = [] } = job ?? {};
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(rule === undefined ? {} : { every: rule.every, time_zone: rule.timeZone }),
    parts: parts.map((part) => part.name),
    configured: true,
  };
}

function unconfiguredView(name: string, backfill: BackfillStanding | undefined): JobView {
  return {
    name,
    ...(backfill === undefined ? {} : { every: backfill.plan.every, time_zone: backfill.plan.timeZone }),
    parts: backfill?.parts ?? [],
    configured: false,
  };
}

function scheduleView({ id, paused, note, next, recent, running }: ScheduleStatus): ScheduleView {
  return { id, paused, note, next, recent: recent.map(({ at, workflowId }) => ({ at, run_id: workflowId })), running };
}

// The server describes each schedule by itself.
const SCHEDULES_MS = 5_000;

/** Reads the schedules of a task queue, at most once in five seconds. */
export function schedulesReader(client: Client, taskQueue: string): () => Promise<ScheduleStatus[]> {
  let known: Promise<ScheduleStatus[]> | undefined;
  let readAt = 0;
  return async () => {
    if (known === undefined || Date.now() - readAt > SCHEDULES_MS) {
      readAt = Date.now();
      known = listSchedules(client, { taskQueue });
      known.catch(() => {
        known = undefined;
      });
    }
    return await known;
  };
}
