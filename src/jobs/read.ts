import { readGroup } from '../config/index.ts';
import { freezeDeep, type JsonObject, PipelineError, suggestion } from '../core/index.ts';
import { addIssues } from './issues.ts';
import { projectJobsOf } from './jobs.ts';
import { problemsIn } from './problems.ts';
import type { ProjectJob, ProjectJobs } from './project-jobs.ts';
import { FILE } from './schema.ts';

/** Whose jobs. */
export interface ReadJobsOptions {
  /** The project's folder: it has `conf/`. A Kedro project's is read the same way; no Python is needed. */
  project: string;
  /** Configuration environment. Default: `KEDRO_ENV`, else `local`. */
  env?: string | undefined;
  /** The folder that holds the environments; a relative one is below the project. Default: `conf`. */
  confSource?: string | undefined;
  /** Values for `${runtime_params:…}` in the file. Default: none. */
  params?: JsonObject | undefined;
  /** `soft` merges the environment's file over the base's deep. Default: `destructive`: a top-level table replaces the base's. */
  mergeStrategy?: 'destructive' | 'soft' | undefined;
}

/**
 * Reads `conf/base/temporal*` and `conf/<env>/temporal*`, files and folders, merged as the rest of conf. A project without
 * such a file has no jobs. `docs/jobs.md` has every key.
 *
 * Throws `JOB_INVALID`, with a line for each problem, and what reading configuration throws: `PROJECT_NOT_FOUND`,
 * `CONFIG_ENV_NOT_FOUND`, `CONFIG_SYNTAX`, `CONFIG_DUPLICATE_KEY`, `CONFIG_UNRESOLVED`, `PARAM_MISSING`.
 */
export async function readJobs(options: ReadJobsOptions): Promise<ProjectJobs> {
  const { project, confSource, params, mergeStrategy } = options;
  const env = options.env || process.env.KEDRO_ENV || undefined;
  const group = await readGroup('temporal', { project, env, confSource, mergeStrategy, runtimeParams: params });
  const problems = problemsIn(group);
  const read = FILE.safeParse(group.value, { reportInput: true });
  if (!read.success) addIssues(read.error.issues, problems);
  problems.check();
  const jobs = projectJobsOf(read.data ?? {}, problems);
  problems.check();
  // A copy: what YAML anchors share must not be shared by jobs that a caller may change.
  return freezeDeep(structuredClone(jobs));
}

/** The job of that name. Throws `JOB_NOT_FOUND`. */
export function jobNamed({ jobs }: ProjectJobs, name: string): ProjectJob {
  const job = Object.hasOwn(jobs, name) ? jobs[name] : undefined;
  if (job !== undefined) return job;
  throw new PipelineError('JOB_NOT_FOUND', `temporal.yml has no job "${name}".${suggestion(name, Object.keys(jobs))}`, {
    details: { job: name },
  });
}
