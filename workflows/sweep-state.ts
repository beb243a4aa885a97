/** The state of one execution of a sweep, and what is read from it. */
import { ApplicationFailure, CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { PointsOutcome, RunPointsInput } from '../activities/index.ts';
import { type Broken, isPipelineError, type RunReport } from '../src/core/index.ts';
import {
  checkReducers,
  checkStopRule,
  type IndexSet,
  isEnough,
  mergeFailures,
  mergeStates,
  nextBatchSize,
  orderOf,
  type Points,
  pointsOf,
  type Reducers,
  resultsOf,
  sizeOf,
  subtract,
  type TopPoint,
  union,
} from '../src/planner/index.ts';
import type { SweepInput, SweepProgress, SweepReport, SweepState } from './sweep-words.ts';

/** One execution. */
export interface Sweep {
  readonly id: string;
  readonly input: SweepInput;
  readonly state: SweepState;
  readonly points: Points;
  /** Those of the caller, and the one that says when to stop. */
  readonly reducers: Reducers;
  /** Batches at once. */
  readonly lanes: number;
  /** Start → end of the batches that run. */
  readonly running: Map<number, number>;
  /** Batches run in here. */
  scope: CancellationScope;
  /** Set once: no batch starts any more. */
  end?: { state: 'stopped' | 'cancelled'; why?: 'enough' | 'failures' };
  /** What fails the sweep. */
  failure?: unknown;
  hasEnded: boolean;
  /** Why the sweep is to stop, if it is. */
  verdict(): 'enough' | 'failures' | undefined;
}

/** Points of one task. */
export interface Batch {
  from: number;
  /** First index that is not in it. */
  to: number;
  /** Whether its points may have been tried before. */
  again: boolean;
}

const DEFAULT_LANES = 4;

// Stands beside the caller's reducers, and not in the report.
const STOP = '(stop)';

// A set of scattered points is the one part of the state that would grow with the sweep.
const MOST_STRETCHES = 1000;

// What is longer does not go into each batch's input: the batch is then given its own points.
const LONG_SPEC = 2000;

/** Opens an execution. Throws a failure by the code of what is wrong with the input. */
export function openSweep(input: SweepInput): Sweep {
  const id = workflowInfo().workflowId;
  const { reduce = {}, stopWhen } = input;
  const points = checked(() => {
    checkReducers(reduce);
    if (stopWhen !== undefined) checkStopRule(stopWhen);
    return pointsOf(input.points, id);
  });
  const state: SweepState = input.state ?? newState();
  const own: Sweep = {
    id,
    input,
    state,
    points,
    reducers:
      stopWhen === undefined
        ? reduce
        : { ...reduce, [STOP]: { topK: { metric: stopWhen.metric, k: 1, order: orderOf(stopWhen) } } },
    lanes: Math.min(input.concurrency ?? DEFAULT_LANES, points.count),
    running: new Map(),
    scope: new CancellationScope(),
    hasEnded: false,
    verdict() {
      if (state.failed > (input.maxFailures ?? Number.POSITIVE_INFINITY)) return 'failures';
      const settled = Math.min(state.next, state.left[0]?.[0] ?? state.next, ...own.running.keys());
      return stopWhen !== undefined && isEnough(stopWhen, bestOf(own), settled) ? 'enough' : undefined;
    },
  };
  return own;
}

function newState(): SweepState {
  return {
    next: 0,
    left: [],
    succeeded: 0,
    failed: 0,
    failedPoints: [],
    failures: [],
    states: {},
    startedAt: Date.now(),
    isPaused: false,
    largest: 0,
  };
}

/** What a batch is asked to run. */
export function batchInput({ id, input, state, points, reducers }: Sweep, { from, to, again }: Batch): RunPointsInput {
  const { request, stopWhen, maxFailures, atOnce, attempts } = input;
  const isLong = JSON.stringify(input.points).length > LONG_SPEC;
  const own = isLong
    ? { points: { list: Array.from({ length: to - from }, (_, i) => points.at(from + i)) }, offset: from }
    : { points: input.points };
  return {
    sweep: id,
    startedAt: state.startedAt,
    request,
    ...own,
    from,
    to,
    ...(again ? { again } : {}),
    reducers,
    ...(stopWhen === undefined ? {} : { stopWhen }),
    ...(maxFailures === undefined ? {} : { mayFail: maxFailures - state.failed }),
    ...(atOnce === undefined ? {} : { atOnce }),
    ...(attempts === undefined ? {} : { attempts }),
    ...(input.rows === true || input.pipeline !== undefined ? { rows: true } : {}),
  };
}

/** Whether points have not had a batch. */
export function hasPoints({ state, points }: Sweep): boolean {
  return state.next < points.count || state.left.length > 0;
}

/** Takes the points of the next batch; undefined when there are none. */
export function takeBatch({ state, points, lanes, running }: Sweep): Batch | undefined {
  const left = sizeOf(state.left) + points.count - state.next;
  if (left === 0) return undefined;
  const size = nextBatchSize({ ...state, left, lanes });
  const [from, end] = state.left[0] ?? [state.next, points.count];
  const to = Math.min(end, from + size);
  const again = from < state.next;
  state.left = subtract(state.left, [[from, to]]);
  state.next = Math.max(state.next, to);
  running.set(from, to);
  return { from, to, again };
}

/** Gives the points of a batch back that have not ended. */
export function giveBack({ state, running }: Sweep, { from, to }: Batch, ended: IndexSet): void {
  running.delete(from);
  state.left = union(state.left, subtract([[from, to]], ended));
}

/** The state as it is when nothing of what runs ends any more. */
export function stateOf({ state, running }: Sweep): SweepState {
  return { ...state, left: union(state.left, [...running]) };
}

/** Adds what a batch has done; returns its points that have ended. */
export function addOutcome({ state, reducers }: Sweep, outcome: PointsOutcome): IndexSet {
  const { succeeded, failed, failures, states, ran, durationMs, rows } = outcome;
  state.succeeded += sizeOf(succeeded);
  state.failed += sizeOf(failed);
  state.failedPoints = union(state.failedPoints, failed).slice(0, MOST_STRETCHES);
  state.failures = mergeFailures(state.failures, failures);
  state.states = mergeStates(reducers, state.states, states);
  state.largest = Math.max(state.largest, ran);
  if (ran > 0) state.pointMs = durationMs / ran;
  if (rows !== undefined) state.rows = rows;
  return union(succeeded, failed);
}

export function progressOf(own: Sweep): SweepProgress {
  const { state, points, running } = own;
  const { succeeded, failed, failures, startedAt } = state;
  const best = bestOf(own);
  const seconds = (Date.now() - startedAt) / 1000;
  return {
    total: points.count,
    succeeded,
    failed,
    running: [...running].reduce((sum, [from, to]) => sum + to - from, 0),
    phase: phaseOf(own),
    rate: seconds > 0 ? (succeeded + failed) / seconds : 0,
    ...(best === undefined ? {} : { best }),
    failures,
    startedAt,
  };
}

function phaseOf({ state, end, hasEnded }: Sweep): SweepProgress['phase'] {
  if (hasEnded) return 'ended';
  if (end !== undefined) return 'stopping';
  return state.isPaused ? 'paused' : 'running';
}

/** The best point of what the sweep stops by, else of the first list of best points. */
function bestOf({ reducers, state }: Sweep): TopPoint | undefined {
  const names = [STOP, ...Object.keys(reducers)].filter(
    (name) => reducers[name] !== undefined && 'topK' in reducers[name],
  );
  const [name] = names;
  return name === undefined ? undefined : (state.states[name] as readonly TopPoint[] | undefined)?.[0];
}

export function reportOf(
  { id, input, state, points, end }: Sweep,
  pipeline: RunReport | Broken | undefined,
): SweepReport {
  const { succeeded, failed, failedPoints, failures, startedAt, rows } = state;
  return {
    id,
    state: end?.state ?? 'done',
    ...(end?.why === undefined ? {} : { why: end.why }),
    total: points.count,
    succeeded,
    failed,
    notRun: points.count - succeeded - failed,
    failedPoints,
    failures,
    reduced: resultsOf(input.reduce ?? {}, state.states),
    ...(rows === undefined ? {} : { rows }),
    ...(pipeline === undefined ? {} : { pipeline }),
    startedAt: new Date(startedAt).toISOString(),
    durationMs: Date.now() - startedAt,
  };
}

// An error in a workflow makes the server try the same again for ever; a failure ends it.
function checked<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isPipelineError(error)) throw error;
    throw ApplicationFailure.create({ type: error.code, message: error.message, nonRetryable: true });
  }
}
