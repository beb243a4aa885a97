/**
 * A run in this process, kept alive as a worker would keep it: tried again when what failed may pass, going on behind what
 * earlier attempts have saved, and ended when it takes too long.
 */
import { setTimeout as delay } from 'node:timers/promises';
import ms from 'ms';
import type { DurableRunOptions } from '../../workflows/index.ts';
import {
  addEvent,
  cancelledBy,
  isPipelineError,
  noProgress,
  PipelineError,
  type PipelineSession,
  type RunProgress,
  type RunReport,
  type RunRequest,
} from '../core/index.ts';
import { RUN_DEFAULTS } from '../planner/index.ts';

/** Limits of a run, in milliseconds. */
export interface RunLimits {
  maximumAttempts: number;
  initialInterval: number;
  backoffCoefficient: number;
  maximumInterval: number;
  /** Codes of errors that end a run at once. */
  finalCodes: readonly string[];
  /** Of one attempt. */
  startToClose: number;
  /** Of all attempts. */
  scheduleToClose: number;
}

type Duration = NonNullable<DurableRunOptions['startToCloseTimeout']>;

// A timer of Node's holds 31 bits of milliseconds, 24 days; one that is set longer would ring at once.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The limits that options say, later ones over earlier ones. Task queue, heartbeat and priority mean nothing here. */
export function limitsOf(...layers: (DurableRunOptions | undefined)[]): RunLimits {
  const given: DurableRunOptions = Object.assign({}, ...layers);
  const retry = { ...RUN_DEFAULTS.retry, ...given.retry };
  const initialInterval = millis(retry.initialInterval);
  return {
    maximumAttempts: retry.maximumAttempts,
    initialInterval,
    backoffCoefficient: retry.backoffCoefficient,
    maximumInterval: millis(retry.maximumInterval),
    finalCodes: retry.nonRetryableErrorTypes ?? [],
    startToClose: millis(given.startToCloseTimeout ?? RUN_DEFAULTS.startToCloseTimeout),
    scheduleToClose:
      given.scheduleToCloseTimeout === undefined ? Number.POSITIVE_INFINITY : millis(given.scheduleToCloseTimeout),
  };
}

/** Runs a request until it has succeeded or has failed for good. Throws what the last attempt threw, or `RUN_CANCELLED`. */
export async function runWithRetries(
  session: PipelineSession,
  request: RunRequest,
  limits: RunLimits,
  signal: AbortSignal,
): Promise<RunReport> {
  const progress = noProgress();
  return await within(limits.scheduleToClose, 'all of its attempts', signal, async (signal) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await runAttempt(session, request, limits, { signal, progress, isFirst: attempt === 1 });
      } catch (error) {
        if (signal.aborted || attempt >= limits.maximumAttempts || !mayPass(error, limits)) throw error;
      }
      const wait = limits.initialInterval * limits.backoffCoefficient ** (attempt - 1);
      await delay(Math.min(wait, limits.maximumInterval), undefined, { signal });
    }
  });
}

/** Runs a request once. `progress` is what earlier attempts have done, and grows. */
export async function runAttempt(
  session: PipelineSession,
  request: RunRequest,
  limits: RunLimits,
  { signal, progress, isFirst }: { signal: AbortSignal; progress: RunProgress; isFirst: boolean },
): Promise<RunReport> {
  return await within(limits.startToClose, 'an attempt', signal, (signal) =>
    session.run(request, {
      signal,
      runsAhead: true,
      ...(isFirst ? {} : { resume: structuredClone(progress) }),
      onEvent: (event) => addEvent(progress, event),
    }),
  );
}

/** Whether another attempt may end better. A session that is closed stays so: there is no other worker here. */
export function mayPass(error: unknown, { finalCodes }: RunLimits): boolean {
  if (!isPipelineError(error)) return true;
  return error.retryable && error.code !== 'SESSION_CLOSED' && !finalCodes.includes(error.code);
}

async function within<T>(
  limit: number,
  what: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw cancelledBy(signal.reason);
  const late = new AbortController();
  const timer = limit > LONGEST_TIMER_MS ? undefined : setTimeout(() => late.abort(), limit);
  try {
    return await work(AbortSignal.any([signal, late.signal]));
  } catch (error) {
    if (signal.aborted) throw cancelledBy(signal.reason);
    if (!late.signal.aborted) throw error;
    throw new PipelineError('RUN_TIMED_OUT', `The run took longer than ${what} may: ${limit / 1000} s.`, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}

function millis(duration: Duration): number {
  const value = typeof duration === 'number' ? duration : ms(duration);
  if (value >= 0) return value;
  throw new PipelineError(
    'REQUEST_INVALID',
    `"${duration}" is no duration. Write one like "30 seconds", "5m" or "2 days", or a number of milliseconds.`,
  );
}
