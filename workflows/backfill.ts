/**
 * One run per interval of a frozen plan (or per chunk of neighbours), at most so many at once.
 *
 * 1. Each interval's run has one workflow id, `<job>/<key>`, so Temporal itself refuses a second run of it at the same time.
 * 2. What starts next, and when it is over, the planner's course decides; here is only what takes time.
 * 3. State is sets of indexes, run-length encoded: it stays small however long the range is.
 * 4. History is bounded: when Temporal suggests it, running children end, and the rest continues as a new execution with the
 *    same id.
 */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import {
  cancelCourse,
  closeCourse,
  countOutcomes,
  endedIn,
  type IndexSet,
  indexesOf,
  intervalAt,
  isOver,
  nextRuns,
  settleRun,
  subtract,
} from '../src/planner/index.ts';
import { answerControls } from './backfill-controls.ts';
import {
  type Backfill,
  inputOf,
  noteFailure,
  openBackfill,
  type RunInHand,
  rulesOf,
  runningSets,
  turn,
} from './backfill-state.ts';
import type { BackfillInput, BackfillReport } from './backfill-words.ts';
import { endsOf, type IntervalEnd, runUnit } from './interval-runs.ts';
import { badEndOf } from './job-failures.ts';
import { giveWay, isTimeToLook } from './live-runs.ts';
import { catchUp } from './until-live.ts';

/**
 * Runs every interval of the plan that has not ended yet. Each ends in one state with a reason, also when the backfill is
 * cancelled: by the update `cancel` it then returns its report; by Temporal's own cancel it ends as cancelled, and the query
 * `progress` has the outcomes.
 */
export async function backfill(input: BackfillInput): Promise<BackfillReport> {
  const own = openBackfill(input);
  answerControls(own);
  try {
    await runAll(own);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(() => endCancelled(own));
    throw error;
  }
  return reportOf(own);
}

async function runAll(own: Backfill): Promise<void> {
  for (;;) {
    const isFull = workflowInfo().continueAsNewSuggested;
    if (!isFull) startRuns(own);
    const isDone = isOver(own.course, rulesOf(own), runningSets(own));
    if (isFull && own.running.length === 0 && !isDone) await goOnAsNew(own);
    if (isDone && !(await catchUp(own))) break;
    if (isDone) continue;
    const seen = own.version;
    // A lane goes on by itself: this loop is for places that no lane has.
    await condition(() => own.version !== seen && own.running.length < Math.min(own.course.concurrency, own.allowed));
  }
  close(own);
  await condition(allHandlersFinished);
  // A retry may have come in meanwhile.
  if (!own.hasEnded) await runAll(own);
}

async function goOnAsNew(own: Backfill): Promise<never> {
  await condition(allHandlersFinished);
  return await continueAsNew<typeof backfill>(inputOf(own));
}

/** Starts a lane for each place that is free. */
function startRuns(own: Backfill): void {
  for (const set of nextRuns(own.course, rulesOf(own), runningSets(own), own.allowed)) {
    const scope = new CancellationScope();
    void scope.run(() => runLane(own, scope, set));
  }
}

/**
 * One run after another, until there is none for it, or somebody ends the one that it has. The sandbox writes down where each
 * promise was made, and a scope makes several: so a lane has one, and its runs take turns.
 */
async function runLane(own: Backfill, scope: CancellationScope, first: IndexSet): Promise<void> {
  let set: IndexSet | undefined = first;
  while (set !== undefined) {
    if (isTimeToLook(own)) void giveWay(own).catch(() => {});
    const hand: RunInHand = { set, scope };
    own.running.push(hand);
    let ends: IntervalEnd[];
    try {
      ends = endsOf(own, set, await runUnit(own, set));
    } catch (error) {
      ends = badEnds(hand, error);
    }
    own.running.splice(own.running.indexOf(hand), 1);
    settleAll(own, hand, ends);
    const isFull = workflowInfo().continueAsNewSuggested;
    [set] =
      isFull || scope.consideredCancelled ? [] : nextRuns(own.course, rulesOf(own), runningSets(own), own.allowed);
  }
}

function settleAll(own: Backfill, { mark }: RunInHand, ends: readonly IntervalEnd[]): void {
  for (const end of ends) settle(own, end);
  if (mark !== undefined) {
    const left = subtract(mark.set, endedIn(own.course.outcomes));
    turn(own, settleRun(own.course, rulesOf(own), left, mark.outcome));
  }
  own.version++;
}

function badEnds({ set, mark }: RunInHand, error: unknown): IntervalEnd[] {
  if (mark !== undefined && isCancellation(error)) return [];
  const end = badEndOf(error);
  return [...indexesOf(set)].map((index) => ({ index, ...end }));
}

function settle(own: Backfill, { index, state, reason, message, carried }: IntervalEnd): void {
  turn(own, settleRun(own.course, rulesOf(own), [[index, index + 1]], { state, reason }));
  if (carried !== undefined) own.carried = { ...carried, index };
  if (state === 'failed' || (state === 'cancelled' && message !== undefined)) {
    noteFailure(own, { key: intervalAt(own.plan, index).key, code: reason, message: message ?? '' });
  }
}

async function endCancelled(own: Backfill): Promise<void> {
  turn(own, cancelCourse(own.course));
  await condition(() => own.running.length === 0);
  close(own);
}

function close(own: Backfill): void {
  turn(own, closeCourse(own.course, rulesOf(own)));
  own.hasEnded = true;
}

function reportOf({ input, plan, course, failures, startedAt }: Backfill): BackfillReport {
  const counts = countOutcomes(course.outcomes);
  return {
    job: input.job.name,
    intervals: plan,
    units: (input.chunk ?? 1) > 1 ? 'chunk' : (input.granularity ?? 'workflow'),
    state: counts.cancelled > 0 ? 'cancelled' : 'done',
    total: plan.count,
    ...counts,
    outcomes: course.outcomes,
    failures,
    startedAt: new Date(startedAt).toISOString(),
    durationMs: Date.now() - startedAt,
  };
}
