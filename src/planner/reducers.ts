/**
 * What is kept of a sweep's points: states that are merged in any order and give one answer, and stay small however many
 * points there are.
 */
import { isPlainObject, type JsonObject, PipelineError, suggestion } from '../core/index.ts';
import { type Exact, exactMean, exactOf, exactSquareOf, exactSum, exactVariance } from './exact-sums.ts';
import { errorOf, mergeSketches, quantileOf, type Sketch, sketchOf } from './sketches.ts';

/**
 * One thing to keep. A metric is an output of the run, or a number inside one: `score`, `score.r2`.
 *
 * - `topK`: the `k` best points with their params; `order` says what is better (default: `max`). Of equals the first.
 * - `mean`: count, mean, variance, smallest and largest.
 * - `quantiles`: the values below which these parts (0 to 1) of all are, within `relativeError` (default: 0.01).
 */
export type Reducer =
  | { topK: { metric: string; k: number; order?: 'max' | 'min' } }
  | { mean: { metric: string } }
  | { quantiles: { metric: string; at: readonly number[]; relativeError?: number } };

/** Reducers by the caller's own names. */
export type Reducers = Readonly<Record<string, Reducer>>;

/** A point that succeeded. */
export interface ReducedPoint {
  index: number;
  params: JsonObject;
  metrics: Readonly<Record<string, number>>;
}

/** A point among the best. */
export interface TopPoint {
  index: number;
  value: number;
  params: JsonObject;
}

/** Of no values, all but the count is null; of one, the variance. A variance too large for a number is null too. */
export interface MeanResult {
  count: number;
  mean: number | null;
  /** Divided by `count - 1`. */
  variance: number | null;
  standardDeviation: number | null;
  min: number | null;
  max: number | null;
}

export interface QuantilesResult {
  count: number;
  min: number | null;
  max: number | null;
  /** At most so much is each value off, as a part of itself. */
  relativeError: number;
  values: { at: number; value: number }[];
}

export type Reduced = TopPoint[] | MeanResult | QuantilesResult;

interface MeanState {
  readonly count: number;
  readonly sum: Exact;
  readonly squares: Exact;
  readonly min: number;
  readonly max: number;
}

type State = readonly TopPoint[] | MeanState | Sketch;

/** State of reducers by name; a reducer that has seen no point has none. Plain JSON. */
export type ReducerStates = Readonly<Record<string, State>>;

/** A `topK` holds at most so many points. */
export const MOST_TOP = 1000;

const DEFAULT_ERROR = 0.01;

/** The metrics that the reducers need, each once. */
export function metricsOf(reducers: Reducers): string[] {
  return [...new Set(Object.values(reducers).map((reducer) => kindOf(reducer).metric))];
}

/** The states with one more point. Its metrics have those of {@link metricsOf}. */
export function addPoint(reducers: Reducers, states: ReducerStates, point: ReducedPoint): ReducerStates {
  return mapped(reducers, (reducer, name) => {
    const kind = kindOf(reducer);
    // Not -0, which a history would make 0.
    const one = kind.one(point, (point.metrics[kind.metric] ?? Number.NaN) + 0);
    const state = states[name];
    return state === undefined ? one : kind.merge(state, one);
  });
}

/** The states of the points of both. */
export function mergeStates(reducers: Reducers, a: ReducerStates, b: ReducerStates): ReducerStates {
  return mapped(reducers, (reducer, name) => {
    const [one, other] = [a[name], b[name]];
    return one === undefined || other === undefined ? (one ?? other) : kindOf(reducer).merge(one, other);
  });
}

/** What the reducers say of the points that they have seen, by name. */
export function resultsOf(reducers: Reducers, states: ReducerStates): Record<string, Reduced> {
  return mapped(reducers, (reducer, name) => kindOf(reducer).result(states[name]));
}

/** Throws `REQUEST_INVALID`. */
export function checkReducers(reducers: Reducers): void {
  if (!isPlainObject(reducers)) throw invalid('Reducers are an object: name → { topK | mean | quantiles: … }.');
  for (const [name, reducer] of Object.entries(reducers)) {
    const entries = isPlainObject(reducer) ? Object.entries(reducer) : [];
    const [[kind, options] = ['', undefined]] = entries;
    const check = Object.hasOwn(CHECKS, kind) ? CHECKS[kind] : undefined;
    if (entries.length !== 1 || check === undefined)
      throw invalid(`The reducer "${name}" is of no known kind.${suggestion(kind, Object.keys(CHECKS))}`);
    const wrong = isPlainObject(options) ? (checkMetric(options) ?? check(options)) : 'must be an object';
    if (wrong !== undefined)
      throw invalid(`The "${kind}" of the reducer "${name}" ${wrong}${/[.?]$/.test(wrong) ? '' : '.'}`);
  }
}

type Options = Record<string, unknown>;

const CHECKS: Record<string, (options: Options) => string | undefined> = {
  topK: ({ metric: _, k, order = 'max', ...more }) => {
    const isCount = Number.isInteger(k) && (k as number) >= 1 && (k as number) <= MOST_TOP;
    if (!isCount) return `needs "k", a whole number from 1 to ${MOST_TOP}`;
    if (order !== 'max' && order !== 'min') return 'has an "order" that is neither "max" nor "min"';
    return unknownField(more, ['metric', 'k', 'order']);
  },
  mean: ({ metric: _, ...more }) => unknownField(more, ['metric']),
  quantiles: ({ metric: _, at, relativeError = DEFAULT_ERROR, ...more }) => {
    const isPart = (each: unknown) => typeof each === 'number' && each >= 0 && each <= 1;
    if (!Array.isArray(at) || at.length === 0 || !at.every(isPart)) return 'needs "at", a list of numbers from 0 to 1';
    const isError = typeof relativeError === 'number' && relativeError >= 0.0001 && relativeError <= 0.5;
    if (!isError) return 'has a "relativeError" that is not from 0.0001 to 0.5';
    return unknownField(more, ['metric', 'at', 'relativeError']);
  },
};

function checkMetric({ metric }: Options): string | undefined {
  return typeof metric === 'string' && metric !== '' ? undefined : 'needs "metric", as in score or score.r2';
}

function unknownField(more: Options, known: readonly string[]): string | undefined {
  const [field] = Object.keys(more);
  return field === undefined ? undefined : `has no "${field}".${suggestion(field, known)}`;
}

interface Kind {
  readonly metric: string;
  one(point: ReducedPoint, value: number): State;
  merge(a: State, b: State): State;
  result(state: State | undefined): Reduced;
}

// The one place that knows which state belongs to which reducer.
function kindOf(reducer: Reducer): Kind {
  if ('topK' in reducer) return topK(reducer.topK) as Kind;
  if ('mean' in reducer) return mean(reducer.mean) as Kind;
  return quantiles(reducer.quantiles) as Kind;
}

function topK({ metric, k, order = 'max' }: { metric: string; k: number; order?: 'max' | 'min' }) {
  const sign = order === 'max' ? -1 : 1;
  const compare = (a: TopPoint, b: TopPoint) => sign * (a.value - b.value) || a.index - b.index;
  return {
    metric,
    one: ({ index, params }: ReducedPoint, value: number): TopPoint[] => [{ index, value, params }],
    merge(a: readonly TopPoint[], b: readonly TopPoint[]): readonly TopPoint[] {
      const [last, best] = [a.at(-1), b[0]];
      // Most points of a long sweep are not among the best.
      if (a.length === k && last !== undefined && best !== undefined && compare(best, last) > 0) return a;
      return [...a, ...b].sort(compare).slice(0, k);
    },
    result: (state: readonly TopPoint[] | undefined): TopPoint[] => [...(state ?? [])],
  };
}

function mean({ metric }: { metric: string }) {
  return {
    metric,
    one: (_: ReducedPoint, value: number): MeanState => ({
      count: 1,
      sum: exactOf(value),
      squares: exactSquareOf(value),
      min: value,
      max: value,
    }),
    merge: (a: MeanState, b: MeanState): MeanState => ({
      count: a.count + b.count,
      sum: exactSum(a.sum, b.sum),
      squares: exactSum(a.squares, b.squares),
      min: Math.min(a.min, b.min),
      max: Math.max(a.max, b.max),
    }),
    result(state: MeanState | undefined): MeanResult {
      if (state === undefined)
        return { count: 0, mean: null, variance: null, standardDeviation: null, min: null, max: null };
      const { count, sum, squares, min, max } = state;
      const variance = count < 2 ? null : finite(exactVariance(sum, squares, count));
      const standardDeviation = variance === null ? null : Math.sqrt(variance);
      return { count, mean: exactMean(sum, count), variance, standardDeviation, min, max };
    },
  };
}

function quantiles(options: { metric: string; at: readonly number[]; relativeError?: number }) {
  const { metric, at, relativeError: error = DEFAULT_ERROR } = options;
  return {
    metric,
    one: (_: ReducedPoint, value: number): Sketch => sketchOf(value, error),
    merge: mergeSketches,
    result(state: Sketch | undefined): QuantilesResult {
      if (state === undefined) return { count: 0, min: null, max: null, relativeError: error, values: [] };
      const { count, min, max } = state;
      const values = at.map((each) => ({ at: each, value: quantileOf(state, each, error) }));
      return { count, min, max, relativeError: errorOf(state, error), values };
    },
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function mapped<T>(reducers: Reducers, make: (reducer: Reducer, name: string) => T | undefined): Record<string, T> {
  const made = Object.entries(reducers).map(([name, reducer]) => [name, make(reducer, name)] as const);
  return Object.fromEntries(made.filter((entry): entry is readonly [string, T] => entry[1] !== undefined));
}

function invalid(message: string): PipelineError {
  return new PipelineError('REQUEST_INVALID', message);
}
