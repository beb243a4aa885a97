/** Which intervals of a job are shown: from the first one of which anything is known. */

import {
  type IntervalRule,
  intervalOfKey,
  lastIntervalBefore,
  nextBoundaryAfter,
  planIntervals,
} from '../calendar/index.ts';
import { isPipelineError } from '../core/index.ts';
import type { FrozenPlan } from '../planner/index.ts';
import { intervalAt } from '../planner/index.ts';

/** What the range comes from. */
export interface RangeBasis {
  rule: IntervalRule;
  /** Whether it goes on until now. */
  isScheduled: boolean;
  /** The first and the last one of the known runs. */
  keys: readonly string[];
  /** Of the known backfills. */
  plans: readonly FrozenPlan[];
}

/** Most intervals of a range; of a longer one the last. */
const MOST_INTERVALS = 50_000;

/** From where to where; both undefined where nothing is known to begin with. */
export interface Range {
  from: string | undefined;
  to: string | undefined;
}

/** The range, as instants. */
export function rangeOf({ rule, isScheduled, keys, plans }: RangeBasis): Range {
  const runs = keys.flatMap((key) => intervalOfKey(rule, key) ?? []);
  const starts = [...runs, ...plans].map(({ start }) => start);
  const ends = [...runs, ...plans].map(({ end }) => end);
  if (isScheduled && starts.length > 0) ends.push(lastIntervalBefore(rule, new Date().toISOString())?.end ?? '');
  return { from: sorted(starts)[0], to: sorted(ends).at(-1) };
}

/** The first and the last key of intervals; keys of one rule sort by time. */
export function boundKeys(rule: IntervalRule, keys: Iterable<string>): string[] {
  // Other workflows may have such an id, and chunks name two intervals.
  const inOrder = [...keys].sort();
  const isOne = (key: string) => intervalOfKey(rule, key) !== undefined;
  return [inOrder.find(isOne), inOrder.findLast(isOne)].filter((key) => key !== undefined);
}

/** The plan of a range; undefined for one that holds no interval. */
export function planOfRange(rule: IntervalRule, { from, to }: Range): FrozenPlan | undefined {
  if (from === undefined || to === undefined) return undefined;
  // A backfill may have divided time by an older rule of the job.
  const bounds = Object.entries({ from: boundaryFrom(rule, from), to: boundaryFrom(rule, to) });
  const given = Object.fromEntries(bounds.filter(([, bound]) => bound !== undefined));
  try {
    const plan = planIntervals({ ...rule, ...given });
    if (plan.count <= MOST_INTERVALS) return plan;
    return planIntervals({ ...rule, ...given, from: intervalAt(plan, plan.count - MOST_INTERVALS).start });
  } catch (error) {
    if (isPipelineError(error) && error.code === 'RANGE_INVALID') return undefined;
    throw error;
  }
}

// As a server may write them with or without parts of a second.
function sorted(instants: readonly string[]): string[] {
  return instants.filter((each) => each !== '').toSorted((a, b) => Date.parse(a) - Date.parse(b));
}

/** The first boundary at or after an instant. */
function boundaryFrom(rule: IntervalRule, instant: string): string | undefined {
  return nextBoundaryAfter(rule, new Date(Date.parse(instant) - 1).toISOString());
}
