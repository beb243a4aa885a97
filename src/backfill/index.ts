/** A backfill without a server, and what it shares with a durable one: options, plan and handle. */
export type { BackfillProgress, BackfillReport } from '../../workflows/index.ts';
export { backfillLocally, type LiveBackfill, type LocalBackfill } from './backfill-locally.ts';
export type { BackfillHandle } from './handle.ts';
export { planBackfillLocally } from './local-plan.ts';
export {
  type BackfillOptions,
  backfillId,
  backfillInput,
  checkJobName,
  SKIP_MODES,
  type SkipMode,
  skipModes,
} from './options.ts';
export {
  type BackfillPlan,
  type Estimate,
  type FindExisting,
  type KnownRuns,
  makePlan,
  type PlannedInterval,
  plannedIntervals,
} from './plans.ts';
