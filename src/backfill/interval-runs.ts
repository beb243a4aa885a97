/** The run of one interval in this process, or of a chunk of them: what its workflow would do, asked of the session itself. */
import { setTimeout as delay } from 'node:timers/promises';
import type { BackfillInput, Job, JobPart } from '../../workflows/index.ts';
import {
  isPipelineError,
  messageOf,
  noProgress,
  PipelineError,
  type PipelineSession,
  type RunProgress,
  type RunReport,
  saveVersionOf,
} from '../core/index.ts';
import {
  type Carried,
  type ChunkOutcome,
  cannotFill,
  carryPlaces,
  handedOn,
  type IndexSet,
  type Interval,
  indexesOf,
  injectedInto,
  intervalAt,
  mergedReport,
  type Outcome,
  type PartsRun,
  partRequest,
  runChunk,
  runGraph,
  runIntervalOf,
} from '../planner/index.ts';
import { limitsOf, mayPass, runAttempt, runWithRetries } from './attempts.ts';
import { inPlace } from './places.ts';

/** What the runs of one backfill share. */
export interface IntervalRuns {
  readonly session: PipelineSession;
  readonly input: BackfillInput;
  /** Index → what that interval's run hands to the next one. */
  readonly carried: Map<number, Carried>;
}

/** How one interval ended. */
export interface IntervalEnd extends Outcome {
  index: number;
  message?: string;
  carried?: Carried;
}

/** Runs the intervals of `set`, and says of each how it ended. Throws why, where it holds for all of them. */
export async function runUnit(own: IntervalRuns, set: IndexSet, signal: AbortSignal): Promise<IntervalEnd[]> {
  const { input, session } = own;
  const intervals = [...indexesOf(set)].map((index) => intervalAt(input.plan, index));
  if ((input.chunk ?? 1) > 1) return await runInChunk(own, intervals, signal);
  const [interval] = intervals;
  if (interval === undefined) return [];
  const { pool } = input.job;
  const run = partsRunOf(own, interval);
  const report = await (pool === undefined
    ? runParts(session, input.job, run, signal)
    : inPlace(session, pool, signal, () => runParts(session, input.job, run, signal)));
  const carried = run.keep === undefined ? {} : { carried: handedOn(report, run.keep.output) };
  return [{ index: interval.index, state: 'succeeded', reason: 'RAN', ...carried }];
}

/** How an interval counts whose run threw. */
export function failedEnd(error: unknown): Outcome & { message: string } {
  return { state: 'failed', reason: codeOf(error), message: messageOf(error) };
}

function partsRunOf({ input, carried }: IntervalRuns, interval: Interval): PartsRun {
  const { job, plan, carry } = input;
  const runId = runIdOf(job, interval);
  const run = { job, interval: runIntervalOf(plan, interval), runId, saveVersion: saveVersionOf(Date.now(), runId) };
  if (carry === undefined) return run;
  const { from, into } = carryPlaces(job.parts, carry);
  const keep = { part: from, output: carry.output };
  if (interval.index === 0) return { ...run, keep };
  const before = carried.get(interval.index - 1);
  if (before === undefined) throw notKnown(job, intervalAt(plan, interval.index - 1));
  const given = handedOn({ outputs: before.values, references: before.references }, carry.output, carry.dataset);
  return { ...run, keep, carried: { part: into, ...given } };
}

async function runParts(session: PipelineSession, job: Job, run: PartsRun, signal: AbortSignal): Promise<RunReport> {
  const started = Date.now();
  const reports = await runGraph<JobPart, RunReport>(job.parts, {
    async run(part, before) {
      const { values, references } = injectedInto(part, before, run.carried);
      for (const [dataset, reference] of Object.entries(references)) throw cannotFill(dataset, reference);
      return await runWithRetries(session, partRequest(run, part, values), limitsOf(job.run, part.run), signal);
    },
    isCancel: (error) => isPipelineError(error) && error.code === 'RUN_CANCELLED',
    named: (part, error) => new PipelineError(codeOf(error), `Part "${part}": ${messageOf(error)}`, { cause: error }),
  });
  return mergedReport(run, reports, started, Date.now() - started);
}

interface DayEnd extends ChunkOutcome {
  error?: { code: string; message: string; retryable: boolean };
  progress: RunProgress;
}

async function runInChunk(own: IntervalRuns, intervals: readonly Interval[], signal: AbortSignal) {
  const { job, dependsOnPast = false } = own.input;
  const limits = limitsOf(job.run, job.parts[0]?.run);
  const startedAt = Date.now();
  const ends = await runChunk<Interval, DayEnd>(intervals, {
    async run(left, before) {
      const found: DayEnd[] = [];
      for (const interval of left) {
        const end = await runDay(own, interval, { startedAt, before: before.get(interval.key), signal });
        found.push(end);
        if (dependsOnPast && end.error !== undefined) break;
      }
      return found;
    },
    pause: () => delay(limits.initialInterval, undefined, { signal }),
    maximumAttempts: limits.maximumAttempts,
  });
  const byKey = new Map(ends.map((end) => [end.key, end]));
  return intervals.flatMap(({ key, index }): IntervalEnd[] => {
    const end = byKey.get(key);
    // Not run, as one before it failed: it stays open.
    if (end === undefined) return [];
    if (end.error === undefined) return [{ index, state: 'succeeded', reason: 'RAN' }];
    return [{ index, state: 'failed', reason: end.error.code, message: end.error.message }];
  });
}

async function runDay(
  { session, input: { job, plan } }: IntervalRuns,
  interval: Interval,
  { startedAt, before, signal }: { startedAt: number; before: DayEnd | undefined; signal: AbortSignal },
): Promise<DayEnd> {
  const { key } = interval;
  const [part] = job.parts;
  const runId = runIdOf(job, interval);
  const progress = before?.progress ?? noProgress();
  const limits = limitsOf(job.run, part?.run);
  const run = { job, interval: runIntervalOf(plan, interval), runId, saveVersion: saveVersionOf(startedAt, runId) };
  const request = partRequest(run, part ?? { name: '', request: {} }, {});
  try {
    await runAttempt(session, request, limits, { signal, progress, isFirst: before === undefined });
    return { key, progress };
  } catch (error) {
    if (signal.aborted) throw error;
    return {
      key,
      progress,
      error: { code: codeOf(error), message: messageOf(error), retryable: mayPass(error, limits) },
    };
  }
}

function runIdOf(job: Job, { key }: Interval): string {
  return `${job.name}/${key}`;
}

function codeOf(error: unknown) {
  return isPipelineError(error) ? error.code : 'RUN_FAILED';
}

function notKnown(job: Job, { key }: Interval): PipelineError {
  return new PipelineError(
    'RUN_NOT_FOUND',
    `There is nothing to carry on from "${job.name}/${key}": this backfill has not run it, and without a server no past run is known. Begin the range there.`,
    { details: { key } },
  );
}
