/**
 * A pipeline over many points, many points to a task.
 *
 * 1. Points are handed out in the order of their indexes, in batches whose size follows the time that points take.
 * 2. What comes back from a batch is its reducers' state and sets of indexes, no values: state and history grow with the
 *    number of batches, and state does not grow at all.
 * 3. A batch that cannot be run as a whole (its worker dies each time) is cut in two, down to the point that is to blame.
 * 4. When Temporal suggests it, running batches end, and the rest continues as a new execution with the same id.
 */
import { ApplicationFailure } from '@temporalio/common';
import {
  CancellationScope,
  CancelledFailure,
  condition,
  continueAsNew,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { KedroActivities, PointsOutcome } from '../activities/index.ts';
import { type Broken, type RunReport, saveVersionOf } from '../src/core/index.ts';
import { type IndexSet, NO_INDEXES, union } from '../src/planner/index.ts';
import { badEndOf } from './job-failures.ts';
import { activityOptionsOf } from './options.ts';
import {
  addOutcome,
  type Batch,
  batchInput,
  giveBack,
  hasPoints,
  openSweep,
  progressOf,
  reportOf,
  type Sweep,
  stateOf,
  takeBatch,
} from './sweep-state.ts';
import {
  type SweepInput,
  type SweepReport,
  sweepCancelUpdate,
  sweepPauseUpdate,
  sweepProgressQuery,
  sweepResumeUpdate,
  sweepStateQuery,
} from './sweep-words.ts';

/**
 * Runs every point, unless it is stopped or cancelled before. Points that fail are counted in the report; the sweep itself
 * fails by what would fail each of its points.
 */
export async function sweep(input: SweepInput): Promise<SweepReport> {
  const own = openSweep(input);
  answerControls(own);
  try {
    await runBatches(own);
    if (own.end === undefined && hasPoints(own)) await continueAsNew<typeof sweep>({ ...input, state: own.state });
    const isToConclude = input.pipeline !== undefined && (own.end === undefined || own.end.why === 'enough');
    return reportOf(own, isToConclude ? await conclude(own) : undefined);
  } finally {
    own.hasEnded = true;
  }
}

function answerControls(own: Sweep): void {
  const answered = (act: () => void) => () => {
    act();
    return progressOf(own);
  };
  setHandler(sweepProgressQuery, () => progressOf(own));
  setHandler(sweepStateQuery, () => stateOf(own));
  setHandler(
    sweepPauseUpdate,
    answered(() => Object.assign(own.state, { isPaused: true })),
  );
  setHandler(
    sweepResumeUpdate,
    answered(() => Object.assign(own.state, { isPaused: false })),
  );
  setHandler(
    sweepCancelUpdate,
    answered(() => end(own, { state: 'cancelled' })),
  );
}

function end(own: Sweep, how: NonNullable<Sweep['end']>): void {
  own.end ??= how;
  own.scope.cancel();
}

async function runBatches(own: Sweep): Promise<void> {
  const lanes = await own.scope.run(() =>
    // All of them, also after a cancel: a batch that is being cancelled still tells what it has done.
    Promise.allSettled(Array.from({ length: own.lanes }, () => lane(own))),
  );
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The sweep was cancelled.');
  for (const each of lanes) if (each.status === 'rejected' && own.end === undefined) throw each.reason;
  if (own.failure !== undefined) throw own.failure;
}

async function lane(own: Sweep): Promise<void> {
  const { state } = own;
  for (;;) {
    if (state.isPaused) await condition(() => !state.isPaused);
    const isCancelled = CancellationScope.current().consideredCancelled;
    if (isCancelled || own.end !== undefined || workflowInfo().continueAsNewSuggested) return;
    const batch = takeBatch(own);
    if (batch === undefined) return;
    giveBack(own, batch, await runBatch(own, batch));
    const why = own.verdict();
    if (why !== undefined) end(own, { state: 'stopped', why });
  }
}

/** Returns the points that have ended. */
async function runBatch(own: Sweep, batch: Batch): Promise<IndexSet> {
  const activities = proxyActivities<KedroActivities>(activityOptionsOf(own.input.run));
  try {
    return addOutcome(own, await activities['kedro.runPoints'](batchInput(own, batch)));
  } catch (error) {
    if (own.end !== undefined || CancellationScope.current().consideredCancelled) return NO_INDEXES;
    if (isFinal(error)) {
      own.failure ??= error;
      end(own, { state: 'stopped' });
      return NO_INDEXES;
    }
    const { from, to } = batch;
    if (to - from === 1) return addOutcome(own, failedPoint(from, error));
    const middle = from + Math.ceil((to - from) / 2);
    const first = await runBatch(own, { from, to: middle, again: true });
    return own.end === undefined ? union(first, await runBatch(own, { from: middle, to, again: true })) : first;
  }
}

// What no other worker and no other attempt would mend.
function isFinal(error: unknown): boolean {
  if (error instanceof ApplicationFailure) return error.nonRetryable === true;
  return error instanceof Error && error.cause !== undefined && isFinal(error.cause);
}

function failedPoint(index: number, error: unknown): PointsOutcome {
  const { reason: code, message } = badEndOf(error);
  const failures = [{ index, code, message }];
  return { succeeded: [], failed: [[index, index + 1]], failures, states: {}, ran: 0, durationMs: 0 };
}

async function conclude(own: Sweep): Promise<RunReport | Broken> {
  const { input, state, id } = own;
  const { request, dataset } = input.pipeline as NonNullable<SweepInput['pipeline']>;
  const activities = proxyActivities<KedroActivities>(activityOptionsOf(input.run));
  const runId = request.runId ?? `${id}/pipeline`;
  const saveVersion = request.saveVersion ?? saveVersionOf(Date.now(), runId);
  const what = { sweep: id, startedAt: state.startedAt, request: { ...request, runId, saveVersion }, dataset };
  own.scope = new CancellationScope();
  try {
    return await own.scope.run(() => activities['kedro.reducePoints'](what));
  } catch (error) {
    if (CancellationScope.current().consideredCancelled) throw error;
    const { reason: code, message } = badEndOf(error);
    return { error: { code, message } };
  }
}
