/** The job that a command names: one of `conf/<env>/temporal.yml`, or a name for what the flags say. */
import type { BackfillOptions } from '../../../backfill/index.ts';
import { isPipelineError, type JsonObject } from '../../../core/index.ts';
import type { BackfillSettings, ProjectJobs } from '../../../jobs/index.ts';
import { parseParams } from '../../params.ts';
import type { RequestFlags } from '../../request.ts';
import { type ProjectFlags, placeOf } from '../../session.ts';

/** A job, and what the project says of its backfills. */
export interface FoundJob {
  job: BackfillOptions['job'];
  defaults: Partial<BackfillOptions>;
  /** Neighbouring intervals in one run: how many, or a duration. */
  chunk?: number | string | undefined;
  /** Its rule in words, where the file says it. */
  every?: string;
  scheduleId: string;
}

const NO_JOBS: ProjectJobs = {
  jobs: {},
  schedules: {},
  pools: {},
  connection: {},
  worker: {},
  serve: {},
  backfill: {},
};

/**
 * Finds the job. A name that the file does not have is a job of the flags' own when they say which pipelines; else it is
 * `JOB_NOT_FOUND` where the file has jobs.
 */
export async function findJob(flags: ProjectFlags & RequestFlags, name: string): Promise<FoundJob> {
  const { jobNamed, readJobs } = await import('../../../jobs/index.ts');
  const params: JsonObject = await parseParams(flags.params);
  const jobs = await readJobs({ ...placeOf(flags), params }).catch((error: unknown) => {
    // The runs are the workers' matter; only a job by name needs the file here.
    if (isPipelineError(error) && error.code === 'PROJECT_NOT_FOUND' && flags.pipelines !== undefined) return NO_JOBS;
    throw error;
  });
  const isOwn =
    !Object.hasOwn(jobs.jobs, name) && (flags.pipelines !== undefined || Object.keys(jobs.jobs).length === 0);
  if (isOwn)
    return {
      job: name,
      defaults: defaultsOf(jobs.backfill),
      chunk: jobs.backfill.chunk,
      every: 'day',
      scheduleId: name,
    };
  const { granularity, backfill = {}, description: _, ...job } = jobNamed(jobs, name);
  const settings = { ...jobs.backfill, ...backfill };
  const schedule = Object.values(jobs.schedules).find((each) => each.job.name === name);
  return {
    job,
    defaults: { ...defaultsOf(settings), ...(granularity === undefined ? {} : { granularity }) },
    chunk: settings.chunk,
    ...(job.rule === undefined ? {} : { every: job.rule.every }),
    scheduleId: schedule?.id ?? name,
  };
}

function defaultsOf({ chunk: _, priority, ...settings }: BackfillSettings): Partial<BackfillOptions> {
  return { ...settings, ...(priority === undefined ? {} : { run: { priority: { priorityKey: priority } } }) };
}
