/**
 * Jobs and schedules of a project, from `conf/<env>/temporal.yml`.
 *
 * @module kedro-temporal/jobs
 */
export type {
  BackfillSettings,
  ConnectionSettings,
  ProjectJob,
  ProjectJobs,
  ScheduleDefinition,
  ServeAllowances,
  ServeSettings,
  TlsSettings,
  WorkerSettings,
} from './project-jobs.ts';
export { jobNamed, type ReadJobsOptions, readJobs } from './read.ts';
