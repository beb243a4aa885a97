/** How many points of a sweep go into one activity, and when a sweep has seen enough. */
import { isPlainObject, PipelineError } from '../core/index.ts';
import type { TopPoint } from './reducers.ts';

/** What decides the size of the next batch. */
export interface BatchState {
  /** Points that no batch has yet. */
  left: number;
  /** Batches at once. */
  lanes: number;
  /** Size of the largest batch that has ended; 0 before the first. */
  largest: number;
  /** Milliseconds that a point took of late; undefined before the first batch has ended. */
  pointMs?: number;
}

/** A batch is to take so long: then an activity costs next to nothing, and a retry loses little. */
const BATCH_MS = 3_000;

/** A batch has at most so many points. */
export const MOST_IN_BATCH = 1000;

const GROWTH = 10;

// A tenth of a full batch is still a good task.
const LEAST_PART = 10;

/**
 * Size of the next batch, at least 1: as many points as fit into three seconds, at most ten times the largest batch so far
 * (the first points need not be like the rest), and near the end less, down to a tenth, so that the lanes end together.
 */
export function nextBatchSize({ left, lanes, largest, pointMs }: BatchState): number {
  const fitting = pointMs === undefined ? 1 : Math.floor(BATCH_MS / Math.max(pointMs, BATCH_MS / MOST_IN_BATCH));
  const fair = Math.max(Math.ceil(left / (2 * lanes)), Math.ceil(fitting / LEAST_PART));
  return Math.max(1, Math.min(fitting, GROWTH * Math.max(1, largest), fair, left));
}

/**
 * When to stop early.
 *
 * - `atLeast`, `atMost`: a point's metric is that good.
 * - `patience`: so many points after the best one, in the order of their indexes, are done and none is better. `order` says
 *   what is better (default: `max`).
 */
export type StopRule =
  | { metric: string; atLeast: number }
  | { metric: string; atMost: number }
  | { metric: string; patience: number; order?: 'max' | 'min' };

/** Which end of the metric a rule looks at. */
export function orderOf(rule: StopRule): 'max' | 'min' {
  if ('atLeast' in rule) return 'max';
  return 'atMost' in rule ? 'min' : (rule.order ?? 'max');
}

/** Whether the best point so far ends the sweep. `settled`: all points before this index have ended. */
export function isEnough(rule: StopRule, best: TopPoint | undefined, settled: number): boolean {
  if (best === undefined) return false;
  if ('atLeast' in rule) return best.value >= rule.atLeast;
  if ('atMost' in rule) return best.value <= rule.atMost;
  return settled - best.index - 1 >= rule.patience;
}

/** Throws `REQUEST_INVALID`. */
export function checkStopRule(rule: StopRule): void {
  const given: Record<string, unknown> = isPlainObject(rule) ? rule : {};
  const [limit, ...others] = ['atLeast', 'atMost', 'patience'].filter((field) => Object.hasOwn(given, field));
  const isMetric = typeof given.metric === 'string' && given.metric !== '';
  if (!isMetric || limit === undefined || others.length > 0)
    throw invalid('"stopWhen" needs "metric" and one of "atLeast", "atMost" and "patience".');
  const value = given[limit];
  const isGood = limit === 'patience' ? Number.isInteger(value) && (value as number) >= 1 : Number.isFinite(value);
  if (!isGood)
    throw invalid(`The "${limit}" of "stopWhen" must be a ${limit === 'patience' ? 'whole number from 1' : 'number'}.`);
  if (given.order !== undefined && given.order !== 'max' && given.order !== 'min')
    throw invalid('The "order" of "stopWhen" must be "max" or "min".');
}

/** Why a point failed. */
export interface PointFailure {
  index: number;
  /** An error code. */
  code: string;
  message: string;
}

const MOST_FAILURES = 20;

/** The first twenty of both, by index. */
export function mergeFailures(a: readonly PointFailure[], b: readonly PointFailure[]): PointFailure[] {
  return [...a, ...b].sort((one, other) => one.index - other.index).slice(0, MOST_FAILURES);
}

function invalid(message: string): PipelineError {
  return new PipelineError('REQUEST_INVALID', message);
}
