import type { BackfillProgress } from '../../workflows/index.ts';
import { PipelineError, type PipelineSession } from '../core/index.ts';
import {
  cancelCourse,
  type IndexSet,
  indexOfKey,
  indexRange,
  indexSetOf,
  pauseCourse,
  resumeCourse,
  retryIndexes,
  skipIndexes,
  subtract,
  union,
} from '../planner/index.ts';
import type { BackfillHandle } from './handle.ts';
import { endRuns, type LocalCourse, openAgain, openCourse, progressOf, runningSets, turn } from './local-backfill.ts';
import { planBackfillLocally } from './local-plan.ts';
import { type BackfillOptions, checkConcurrency } from './options.ts';

/** What stays in the caller's process. */
export interface LiveBackfill {
  /** Cancels it, as {@link BackfillHandle.cancel} does. */
  signal?: AbortSignal;
  /** Called at each change with where things stand. Must not throw; must not block. */
  onProgress?: (progress: BackfillProgress) => void;
}

/** A backfill of this process. It ends with the process; `result()` of one that is paused waits for a resume. */
export type LocalBackfill = BackfillHandle;

/**
 * Runs a backfill on a session, without a server: the same intervals, run ids, save versions, order, policies, retries and
 * outcomes as a durable one. What belongs to a server means nothing here (task queues, heartbeats, priorities, `yields`,
 * `ifRunning`, `again`); a pool holds for all backfills of the session.
 *
 * Starts at once, and remembers nothing: another call runs all intervals again, unless `skip: 'existing'` finds their data.
 * Throws `REQUEST_INVALID` for what only a server knows: `skip` by past runs, `untilLive`, and jobs that wait for others.
 */
export async function backfillLocally(
  session: PipelineSession,
  options: BackfillOptions,
  live: LiveBackfill = {},
): Promise<LocalBackfill> {
  const { signal, onProgress } = live;
  const plan = await planBackfillLocally(session, options, signal === undefined ? {} : { signal });
  const own = openCourse(plan.id, session, plan.input, onProgress);
  turn(own, own.course);
  if (signal !== undefined) cancelBy(own, signal);
  return handleOf(own);
}

function cancelBy(own: LocalCourse, signal: AbortSignal): void {
  const stop = () => {
    if (!own.hasEnded) cancel(own);
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  void own.end.promise.then(() => signal.removeEventListener('abort', stop));
}

function handleOf(own: LocalCourse): LocalBackfill {
  const answered = async (act: () => void): Promise<BackfillProgress> => {
    act();
    return progressOf(own);
  };
  const ruled = (act: () => void) =>
    answered(() => {
      if (own.hasEnded) throw ended(own.id);
      act();
    });
  return {
    id: own.id,
    isNew: true,
    result: () => own.end.promise,
    progress: () => answered(() => {}),
    pause: () => ruled(() => turn(own, pauseCourse(own.course))),
    resume: () => ruled(() => turn(own, resumeCourse(own.course))),
    cancel: () => ruled(() => cancel(own)),
    setConcurrency: (concurrency) =>
      ruled(() => {
        checkConcurrency(concurrency);
        turn(own, { ...own.course, concurrency });
      }),
    skip: (keys) => ruled(() => skip(own, setOfKeys(own, keys))),
    retry: (keys) => answered(() => retry(own, keys)),
  };
}

function cancel(own: LocalCourse): void {
  endRuns(own, union(...runningSets(own)), { state: 'cancelled', reason: 'BY_HAND' });
  turn(own, cancelCourse(own.course));
}

function skip(own: LocalCourse, set: IndexSet): void {
  const running = union(...runningSets(own));
  endRuns(own, set, { state: 'skipped', reason: 'BY_HAND' });
  turn(own, skipIndexes(own.course, own.rules.count, subtract(set, running)));
}

function retry(own: LocalCourse, keys: readonly string[] | undefined): void {
  const set = keys === undefined ? indexRange(0, own.rules.count) : setOfKeys(own, keys);
  if (own.hasEnded) openAgain(own);
  const again = new Set(keys);
  own.failures = keys === undefined ? [] : own.failures.filter(({ key }) => !again.has(key));
  turn(own, retryIndexes(own.course, set));
}

function setOfKeys({ runs: { input } }: LocalCourse, keys: readonly string[]): IndexSet {
  return indexSetOf(
    keys.map((key) => {
      const index = indexOfKey(input.plan, key);
      if (index !== undefined) return index;
      const message = `The backfill has no interval "${key}"; it goes from ${input.plan.start} to ${input.plan.end}.`;
      throw new PipelineError('INTERVAL_NOT_FOUND', message, { details: { key } });
    }),
  );
}

function ended(id: string): PipelineError {
  return new PipelineError('BACKFILL_ENDED', `Backfill "${id}" has ended; retry starts it again.`);
}
