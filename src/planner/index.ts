/** Arithmetic on time and sets, pure: no clock, no zone data, no library, so that workflow code may import it. */

export {
  checkStopRule,
  isEnough,
  MOST_IN_BATCH,
  mergeFailures,
  nextBatchSize,
  orderOf,
  type PointFailure,
  type StopRule,
} from './batches.ts';
export { type ChunkOutcome, type ChunkRunner, runChunk } from './chunk-runs.ts';
export {
  type Course,
  type CourseRules,
  cancelCourse,
  closeCourse,
  courseRules,
  isOver,
  newCourse,
  nextRuns,
  ON_FAILURE,
  type OnFailure,
  ORDERS,
  type Order,
  openIndexes,
  pauseCourse,
  type Running,
  resumeCourse,
  retryIndexes,
  settleRun,
  skipIndexes,
} from './courses.ts';
export { type CronFields, cronTimes } from './crons.ts';
export type { DaysOff } from './days-off.ts';
export {
  boundsIn,
  clockChangeOf,
  type FrozenPlan,
  freezePlan,
  hashPlan,
  type Interval,
  indexOfKey,
  intervalAt,
  intervalsOf,
} from './frozen-plans.ts';
export { type Grid, gridPoints, gridSize, pointAt } from './grids.ts';
export { hashAscii, hashJson } from './hashes.ts';
export {
  addIndex,
  complement,
  hasIndex,
  type IndexSet,
  indexesOf,
  indexRange,
  indexSetOf,
  intersect,
  NO_INDEXES,
  removeIndex,
  sizeOf,
  subtract,
  union,
} from './index-sets.ts';
export { isoInstant, type PackedInstants, packInstants, unpackInstants } from './instants.ts';
export {
  areOutputsThere,
  type Carried,
  cannotFill,
  carryPlaces,
  handedOn,
  type IntervalPart,
  injectedInto,
  intervalParamsOf,
  mergedReport,
  type PartsRun,
  partRequest,
  type RequestPart,
  type RunInterval,
  runIntervalOf,
  takenOutputs,
} from './job-requests.ts';
export { metricIn, metricPlace, numberAt } from './metrics.ts';
export { type OffsetSpan, type PackedOffsets, packOffsets, unpackOffsets } from './offsets.ts';
export {
  countOutcomes,
  END_STATES,
  type EndState,
  endedAmong,
  endedIn,
  forget,
  NO_OUTCOMES,
  type Outcome,
  type Outcomes,
  outcomeOf,
  settle,
} from './outcomes.ts';
export { type GraphPart, type PartRunner, runGraph } from './part-graphs.ts';
export { type Points, type PointsSpec, pointsOf, withPoint } from './points.ts';
export {
  addPoint,
  checkReducers,
  type MeanResult,
  mergeStates,
  metricsOf,
  type QuantilesResult,
  type Reduced,
  type ReducedPoint,
  type Reducer,
  type ReducerStates,
  type Reducers,
  resultsOf,
  type TopPoint,
} from './reducers.ts';
export type { Rhythm, UnitRhythm } from './rhythms.ts';
export { RUN_DEFAULTS } from './run-defaults.ts';
export type { Distribution, Space } from './samples.ts';
export { type DstPolicy, OFFSETS_MARGIN, type Tiling, tilingOf } from './tilings.ts';
export { EVERY, type Every, type Unit, unitOf } from './units.ts';
