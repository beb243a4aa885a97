/**
 * Start, follow and control runs, backfills, sweeps, schedules and what workers keep warm.
 *
 * @module kedro-temporal/client
 */
export type { SweepProgress, SweepReport, WarmSession } from '../../workflows/index.ts';
export {
  type BackfillHandle,
  type BackfillOptions,
  type BackfillPlan,
  type Estimate,
  type PlannedInterval,
  plannedIntervals,
  SKIP_MODES,
  type SkipMode,
} from '../backfill/index.ts';
export type {
  Distribution,
  MeanResult,
  PointsSpec,
  QuantilesResult,
  Reduced,
  Reducer,
  StopRule,
  TopPoint,
} from '../planner/index.ts';
export type { Audit, AuditOptions } from './audit.ts';
export type { BackfillReader, BackfillStanding } from './backfill-reader.ts';
export { createKedroClient, type KedroClient, type KedroClientOptions } from './client.ts';
export type { Failed } from './history-words.ts';
export type { StateSets } from './interval-states.ts';
export type { IntervalReader, IntervalSpan, IntervalStanding, JobIntervalsOptions } from './job-intervals.ts';
export type { RunAttempt } from './run-attempts.ts';
export type { RunDetail, RunReader } from './run-detail.ts';
export type { RunHandle, RunStatus } from './run-handle.ts';
export type { ListedRun, RunListOptions } from './run-list.ts';
export type { RunNode } from './run-nodes.ts';
export type { FieldChange } from './schedule-views.ts';
export {
  applySchedules,
  diffSchedules,
  listSchedules,
  type ScheduleChange,
  type ScheduleControls,
  type ScheduleDefinitions,
  type ScheduleStatus,
  type SchedulesOptions,
  scheduleControls,
} from './schedules.ts';
export type { SweepOptions } from './sweep.ts';
export type { SweepHandle } from './sweep-handle.ts';
export type { ListedSweep, SweepReader, SweepStanding } from './sweep-reader.ts';
export { createKedroViews, type KedroViews, type KedroViewsOptions } from './views.ts';
export type { PreloadWorkersOptions, WorkersClient, WorkersOptions } from './workers.ts';
