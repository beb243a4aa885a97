/**
 * The workflows, for a user's own bundle: `export * from 'kedro-temporal/workflows'`. Names are stored in histories, so
 * they never change.
 */
export {
  type BackfillInput,
  type BackfillProgress,
  type BackfillReport,
  type BackfillState,
  backfill,
  backfillProgressQuery,
  type IntervalFailure,
} from './backfill.ts';
export type { DurableRunOptions } from './options.ts';
export {
  type DurableRunState,
  type RunPipelineInput,
  type RunSummary,
  runPipeline,
  runProgressQuery,
} from './run-pipeline.ts';
