/** Arithmetic on time and sets, pure: no clock, no zone data, no library, so that workflow code may import it. */
export {
  type FrozenPlan,
  freezePlan,
  hashPlan,
  type Interval,
  indexOfKey,
  intervalAt,
  intervalsOf,
  isoInstant,
  keyOf,
  type PlanSegment,
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
export { EVERY, type Every, type Unit, unitOf } from './units.ts';
export { isSettled, nextIndexes, type WindowState } from './windows.ts';
