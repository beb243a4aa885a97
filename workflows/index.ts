/**
 * The workflows, for a user's own bundle: `export * from 'kedro-temporal/workflows'`. Names are stored in histories, so
 * they never change.
 *
 * @module kedro-temporal/workflows
 */

export type { WarmSession } from '../activities/index.ts';
export { type AskWorkersInput, askWorkers, type WorkerTask } from './ask-workers.ts';
export { backfill } from './backfill.ts';
export {
  type BackfillInput,
  type BackfillProgress,
  type BackfillReport,
  type BackfillState,
  backfillInputQuery,
  backfillProgressQuery,
  type Carry,
  cancelUpdate,
  type IntervalFailure,
  pauseUpdate,
  resumeUpdate,
  retryUpdate,
  setConcurrencyUpdate,
  skipUpdate,
} from './backfill-words.ts';
export { type ExistingIntervalsInput, existingIntervals } from './existing-intervals.ts';
export type { IntervalPart, Job, JobPart, RunInterval, WaitsFor } from './job.ts';
export type { Carried } from './job-parts.ts';
export type { DurableRunOptions } from './options.ts';
export { type PoolInput, type PoolRequest, type PoolState, pool, poolStateQuery } from './pool.ts';
export { type RunIntervalsJob, runIntervals } from './run-intervals.ts';
export { type JobSummary, type RunJobInput, runJob } from './run-job.ts';
export {
  type DurableRunState,
  type RunPipelineInput,
  type RunSummary,
  runPipeline,
  runProgressQuery,
} from './run-pipeline.ts';
export { type ScheduledRunInput, type ScheduledRunReport, scheduledRun } from './scheduled-run.ts';
export { sweep } from './sweep.ts';
export {
  type SweepInput,
  type SweepProgress,
  type SweepReport,
  type SweepState,
  sweepCancelUpdate,
  sweepPauseUpdate,
  sweepProgressQuery,
  sweepResumeUpdate,
  sweepStateQuery,
} from './sweep-words.ts';
