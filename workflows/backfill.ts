/**
 * One child run per interval of a frozen plan, at most so many at once.
 *
 * 1. Each interval's child has one workflow id, `<job>/<key>`, so Temporal itself refuses a second run of it at the same time.
 * 2. State is sets of indexes, run-length encoded: it stays small however long the range is.
 * 3. History is bounded: when Temporal suggests it, running children end, and the rest continues as a new execution with the
 *    same id.
 */
import { TerminatedFailure, TimeoutFailure, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  continueAsNew,
  defineQuery,
  executeChild,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { type JsonObject, messageOf, type RunRequest } from '../src/core/index.ts';
import {
  addIndex,
  type FrozenPlan,
  type IndexSet,
  type Interval,
  intervalAt,
  NO_INDEXES,
  nextIndexes,
  removeIndex,
  sizeOf,
  union,
} from '../src/planner/index.ts';
import type { DurableRunOptions } from './options.ts';
import { runPipeline } from './run-pipeline.ts';

/** The argument of {@link backfill}. */
export interface BackfillInput {
  /** Names the runs: the run of an interval is `<job>/<key>`. */
  job: string;
  plan: FrozenPlan;
  /** What each run does; its `runId` and the runtime params below are set per interval. */
  request: RunRequest;
  /** Runtime param → which part of the interval fills it. */
  intervalParams: Record<string, 'key' | 'start' | 'end'>;
  /** Most runs at once. */
  concurrency: number;
  /** Default: `forward`. */
  order?: 'forward' | 'backward';
  /** `completed` leaves out intervals whose last run succeeded. Default: `none`. */
  skip?: 'none' | 'completed';
  run?: DurableRunOptions;
  /** Carried from one execution to the next; leave out. */
  state?: BackfillState;
}

/** Sets of intervals by how they ended. */
export interface BackfillState {
  succeeded: IndexSet;
  failed: IndexSet;
  skipped: IndexSet;
  /** The first failures, at most twenty. */
  failures: IntervalFailure[];
  /** Milliseconds since the epoch. */
  startedAt: number;
}

/** Why an interval failed. */
export interface IntervalFailure {
  key: string;
  /** An error code; what is not ours is `RUN_FAILED`, or the type that the user's own failure has. */
  code: string;
  message: string;
}

/** Answer of the query `progress`. */
export interface BackfillProgress extends BackfillState {
  total: number;
  running: IndexSet;
}

/** What a finished backfill returns. */
export interface BackfillReport {
  job: string;
  /** Hash of the plan. */
  plan: string;
  total: number;
  succeeded: number;
  failed: number;
  skipped: number;
  /** Indexes of the plan. */
  failedIntervals: IndexSet;
  failures: IntervalFailure[];
  /** ISO 8601, UTC. */
  startedAt: string;
  durationMs: number;
}

/** Answers with a {@link BackfillProgress}. */
export const backfillProgressQuery = defineQuery<BackfillProgress>('progress');

const MOST_FAILURES = 20;

/** Runs every interval of the plan that is not settled yet. An interval that fails does not stop the others. */
export async function backfill(input: BackfillInput): Promise<BackfillReport> {
  const { plan } = input;
  const state: BackfillState = input.state ?? newState();
  let running: IndexSet = NO_INDEXES;
  setHandler(backfillProgressQuery, () => ({ ...state, total: plan.count, running }));

  const lane = async (): Promise<void> => {
    for (let index = next(input, state, running); index !== undefined; index = next(input, state, running)) {
      running = addIndex(running, index);
      const settled = await runInterval(input, intervalAt(plan, index), state);
      running = removeIndex(running, index);
      state[settled] = addIndex(state[settled], index);
    }
  };
  const lanes = Array.from({ length: Math.min(input.concurrency, plan.count) }, lane);
  // All of them, also after a cancel: a child that is being cancelled still has files in its hands.
  const ended = await Promise.allSettled(lanes);
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
  if (sizeOf(settledOf(state)) < plan.count) await continueAsNew<typeof backfill>({ ...input, state });
  return reportOf(input, state);
}

function newState(): BackfillState {
  return { succeeded: NO_INDEXES, failed: NO_INDEXES, skipped: NO_INDEXES, failures: [], startedAt: Date.now() };
}

function next(input: BackfillInput, state: BackfillState, running: IndexSet): number | undefined {
  if (workflowInfo().continueAsNewSuggested) return undefined;
  const [index] = nextIndexes({
    count: input.plan.count,
    order: input.order ?? 'forward',
    settled: settledOf(state),
    running,
    concurrency: sizeOf(running) + 1,
  });
  return index;
}

function settledOf({ succeeded, failed, skipped }: BackfillState): IndexSet {
  return union(succeeded, failed, skipped);
}

async function runInterval(
  input: BackfillInput,
  interval: Interval,
  state: BackfillState,
): Promise<'succeeded' | 'failed' | 'skipped'> {
  try {
    await executeChild(runPipeline, {
      workflowId: `${input.job}/${interval.key}`,
      workflowIdReusePolicy: input.skip === 'completed' ? 'ALLOW_DUPLICATE_FAILED_ONLY' : 'ALLOW_DUPLICATE',
      args: [
        {
          request: requestOf(input, interval),
          returns: 'summary',
          ...(input.run === undefined ? {} : { options: input.run }),
        },
      ],
    });
    return 'succeeded';
  } catch (error) {
    if (CancellationScope.current().consideredCancelled) throw error;
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'skipped';
    if (state.failures.length < MOST_FAILURES) state.failures.push(failureOf(interval, error));
    return 'failed';
  }
}

function requestOf({ request, intervalParams }: BackfillInput, interval: Interval): RunRequest {
  const { runId: _, ...rest } = request;
  const own: JsonObject = {};
  for (const [param, part] of Object.entries(intervalParams)) own[param] = interval[part];
  return { ...rest, runtimeParams: { ...request.runtimeParams, ...own } };
}

// The reason is inside what Temporal wraps it in: child workflow, then activity.
function failureOf({ key }: Interval, error: unknown): IntervalFailure {
  const reason = reasonOf(error);
  if (reason instanceof ApplicationFailure) return { key, code: reason.type ?? 'RUN_FAILED', message: reason.message };
  if (reason instanceof TimeoutFailure) return { key, code: 'RUN_TIMED_OUT', message: reason.message };
  if (reason instanceof CancelledFailure)
    return { key, code: 'RUN_CANCELLED', message: 'The run was cancelled by hand.' };
  if (reason instanceof TerminatedFailure)
    return { key, code: 'RUN_CANCELLED', message: 'The run was terminated by hand.' };
  return { key, code: 'RUN_FAILED', message: messageOf(reason) };
}

// A timeout is a reason of its own; what a server may put inside is how an earlier attempt ended.
function reasonOf(error: unknown): unknown {
  const isReason = error instanceof ApplicationFailure || error instanceof TimeoutFailure;
  return error instanceof Error && !isReason && error.cause !== undefined ? reasonOf(error.cause) : error;
}

function reportOf({ job, plan }: BackfillInput, state: BackfillState): BackfillReport {
  return {
    job,
    plan: plan.hash,
    total: plan.count,
    succeeded: sizeOf(state.succeeded),
    failed: sizeOf(state.failed),
    skipped: sizeOf(state.skipped),
    failedIntervals: state.failed,
    failures: state.failures,
    startedAt: new Date(state.startedAt).toISOString(),
    durationMs: Date.now() - state.startedAt,
  };
}
