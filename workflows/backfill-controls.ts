/** What a person may ask of a running backfill. Each is an Update: its answer says that it holds, and where things stand. */
import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import {
  cancelCourse,
  type FrozenPlan,
  type IndexSet,
  indexOfKey,
  indexRange,
  indexSetOf,
  intersect,
  type Outcome,
  pauseCourse,
  resumeCourse,
  retryIndexes,
  skipIndexes,
  subtract,
  union,
} from '../src/planner/index.ts';
import { type Backfill, inputOf, progressOf, runningSets, turn } from './backfill-state.ts';
import {
  backfillInputQuery,
  backfillProgressQuery,
  cancelUpdate,
  pauseUpdate,
  resumeUpdate,
  retryUpdate,
  setConcurrencyUpdate,
  skipUpdate,
} from './backfill-words.ts';

// A workflow may have 2,000 children that have not ended; half of that leaves room for a server that is set lower.
const MOST_AT_ONCE = 1000;

export function answerControls(own: Backfill): void {
  setHandler(backfillProgressQuery, () => progressOf(own));
  setHandler(backfillInputQuery, () => inputOf(own));
  setHandler(pauseUpdate, () => answered(own, () => turn(own, pauseCourse(own.course))), { validator: mustRun(own) });
  setHandler(resumeUpdate, () => answered(own, () => turn(own, resumeCourse(own.course))), { validator: mustRun(own) });
  setHandler(cancelUpdate, () => answered(own, () => cancel(own)), { validator: mustRun(own) });
  setHandler(setConcurrencyUpdate, (concurrency) => answered(own, () => turn(own, { ...own.course, concurrency })), {
    validator: checkConcurrency,
  });
  setHandler(skipUpdate, (keys) => answered(own, () => skip(own, setOfKeys(own.plan, keys))), {
    validator: (keys) => void setOfKeys(own.plan, keys),
  });
  setHandler(retryUpdate, (keys) => answered(own, () => retry(own, keys)), {
    validator: (keys) => void (keys === null ? undefined : setOfKeys(own.plan, keys)),
  });
}

/** Ends the runs that have intervals of `set`; those of `set` count as `outcome` says, the others stay open. */
function endRuns(own: Backfill, set: IndexSet, outcome: Outcome): void {
  for (const hand of own.running) {
    const ended = intersect(hand.set, set);
    if (ended.length === 0) continue;
    hand.mark = { set: union(hand.mark?.set ?? [], ended), outcome };
    hand.scope.cancel();
  }
}

/** The indexes of keys. Throws a failure of type `INTERVAL_NOT_FOUND`. */
export function setOfKeys(plan: FrozenPlan, keys: readonly string[]): IndexSet {
  return indexSetOf(
    keys.map((key) => {
      const index = indexOfKey(plan, key);
      if (index !== undefined) return index;
      throw refused(
        'INTERVAL_NOT_FOUND',
        `The backfill has no interval "${key}"; it goes from ${plan.start} to ${plan.end}.`,
      );
    }),
  );
}

function answered(own: Backfill, act: () => void) {
  act();
  return progressOf(own);
}

function cancel(own: Backfill): void {
  turn(own, cancelCourse(own.course));
  endRuns(own, union(...runningSets(own)), { state: 'cancelled', reason: 'BY_HAND' });
}

function skip(own: Backfill, set: IndexSet): void {
  const running = union(...runningSets(own));
  endRuns(own, set, { state: 'skipped', reason: 'BY_HAND' });
  turn(own, skipIndexes(own.course, own.plan.count, subtract(set, running)));
}

function retry(own: Backfill, keys: readonly string[] | null): void {
  const set = keys === null ? indexRange(0, own.plan.count) : setOfKeys(own.plan, keys);
  turn(own, retryIndexes(own.course, set));
  own.hasEnded = false;
  const again = new Set(keys);
  own.failures = keys === null ? [] : own.failures.filter(({ key }) => !again.has(key));
}

function mustRun(own: Backfill): () => void {
  return () => {
    if (own.hasEnded) throw refused('BACKFILL_ENDED', 'The backfill has ended; "retry" starts it again.');
  };
}

function checkConcurrency(concurrency: number): void {
  if (Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= MOST_AT_ONCE) return;
  throw refused(
    'REQUEST_INVALID',
    `Concurrency is ${concurrency}; it must be a whole number from 1 to ${MOST_AT_ONCE}.`,
  );
}

function refused(code: string, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, code);
}
