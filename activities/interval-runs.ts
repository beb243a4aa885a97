/** Many intervals in one task: one after another on the warm session, each a run of its own. */
import { Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import {
  addEvent,
  isPipelineError,
  type JsonObject,
  messageOf,
  noProgress,
  type PipelineSession,
  type RunProgress,
  type RunRequest,
} from '../src/core/index.ts';
import { beating } from './heartbeat.ts';

/** What `kedro.runIntervals` runs. */
export interface RunIntervalsInput {
  /** What each run does; the interval's params come on top. */
  request: RunRequest;
  intervals: readonly IntervalToRun[];
  /** Whether none runs after one that failed. Default: false. */
  stopsAtFailure?: boolean;
}

/** One of them. */
export interface IntervalToRun {
  key: string;
  runId: string;
  saveVersion: string;
  runtimeParams: JsonObject;
  /** What an earlier try had done, if there was one: this one goes on behind it. */
  resume?: RunProgress;
}

/** How one interval went. */
export interface IntervalOutcome {
  key: string;
  /** Milliseconds. */
  durationMs: number;
  /** Absent for one that succeeded. */
  error?: { code: string; message: string; retryable: boolean };
  /** What one that failed had done. */
  progress?: RunProgress;
}

/**
 * Runs each interval, and answers for each how it went: one that fails does not fail the others. Heartbeat details are the
 * outcomes so far, so that the next attempt of a task whose worker died goes on behind them.
 */
export async function runIntervals(
  session: PipelineSession,
  input: RunIntervalsInput,
  signal: AbortSignal,
): Promise<IntervalOutcome[]> {
  const outcomes = outcomesBefore();
  return await beating(outcomes, async (beat) => {
    for (const interval of input.intervals) {
      if (outcomes.some(({ key }) => key === interval.key)) continue;
      if (input.stopsAtFailure === true && outcomes.some(({ error }) => error !== undefined)) break;
      const outcome = await runInterval(session, input.request, interval, signal);
      // Cancelled: what has ended is not lost, and what has not is for the caller to name.
      if (outcome === undefined) break;
      outcomes.push(outcome);
      beat();
    }
    return outcomes;
  });
}

async function runInterval(
  session: PipelineSession,
  request: RunRequest,
  { key, runId, saveVersion, runtimeParams, resume }: IntervalToRun,
  signal: AbortSignal,
): Promise<IntervalOutcome | undefined> {
  const started = Date.now();
  const params = { ...request.runtimeParams, ...runtimeParams };
  const before = resume ?? (Context.current().info.attempt > 1 ? noProgress() : undefined);
  const progress = before === undefined ? noProgress() : structuredClone(before);
  try {
    await session.run(
      { ...request, runId, saveVersion, runtimeParams: params },
      {
        signal,
        runsAhead: true,
        ...(before === undefined ? {} : { resume: before }),
        onEvent: (event) => addEvent(progress, event),
      },
    );
    return { key, durationMs: Date.now() - started };
  } catch (error) {
    if (wasCancelled(signal)) return undefined;
    if (signal.aborted) throw error;
    const told = isPipelineError(error)
      ? { code: error.code, message: error.message, retryable: error.retryable }
      : { code: 'RUN_FAILED', message: messageOf(error), retryable: true };
    return { key, durationMs: Date.now() - started, error: told, progress };
  }
}

// By a person or a workflow; a worker that shuts down, say, leaves the rest to another one.
function wasCancelled({ reason }: AbortSignal): boolean {
  return reason instanceof CancelledFailure && reason.message === 'CANCELLED';
}

function outcomesBefore(): IntervalOutcome[] {
  const { attempt, heartbeatDetails } = Context.current().info;
  return attempt > 1 && Array.isArray(heartbeatDetails) ? [...(heartbeatDetails as IntervalOutcome[])] : [];
}
