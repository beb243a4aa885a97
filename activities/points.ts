/**
 * Many points of a sweep in one task, on the warm session: each point is a run of its own, `<sweep>/<index>`, and fails alone.
 *
 * 1. Heartbeat details are all that the next attempt needs: which points have ended, and the state of the reducers.
 * 2. A cancel is no failure: the answer is then of the points that have ended. What a sweep knows is never lost by stopping.
 * 3. An error that every point would meet (an unknown pipeline, a metric that no output has) fails the task.
 */
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { PipelineSession, RunRequest } from '../src/core/index.ts';
import {
  addIndex,
  addPoint,
  hasIndex,
  type IndexSet,
  isEnough,
  mergeFailures,
  metricsOf,
  NO_INDEXES,
  type PointFailure,
  type Points,
  type PointsSpec,
  pointsOf,
  type ReducerStates,
  type Reducers,
  type StopRule,
  sizeOf,
  union,
} from '../src/planner/index.ts';
import { beating } from './heartbeat.ts';
import { openRows, type RowFile } from './point-rows.ts';
import { type PointOutcome, runPoint } from './point-run.ts';
import { fileName, type ResultOptions } from './results.ts';

/** What `kedro.runPoints` runs. */
export interface RunPointsInput {
  /** Id of the sweep. */
  sweep: string;
  /** When it started, milliseconds since the epoch: save versions count from there. */
  startedAt: number;
  /** What each point runs; the point's params come on top. */
  request: RunRequest;
  points: PointsSpec;
  /** Index in the sweep of the first of `points`. Default: 0. */
  offset?: number;
  /** First index. */
  from: number;
  /** First index that is not run any more. */
  to: number;
  /** Whether these points may have been tried before: they then go on behind what they saved. Default: false. */
  again?: boolean;
  reducers: Reducers;
  /** A point that is good enough ends the task; `patience` is for the sweep to judge. */
  stopWhen?: StopRule;
  /** More failures than that end the task. Default: any number may. */
  mayFail?: number;
  /** Most points at once. Default: 1. */
  atOnce?: number;
  /** How often a point is tried that fails by an error which may pass. Default: 2. */
  attempts?: number;
  /** Whether each point leaves a row in a file. Default: false. */
  rows?: boolean;
}

/** How the points went. */
export interface PointsOutcome {
  succeeded: IndexSet;
  failed: IndexSet;
  /** Why the first of them failed. */
  failures: PointFailure[];
  states: ReducerStates;
  /** Folder of the rows, relative to the project where it is inside. */
  rows?: string;
  /** How many points this attempt ran, and the milliseconds that it took. */
  ran: number;
  durationMs: number;
}

type Progress = Pick<PointsOutcome, 'succeeded' | 'failed' | 'failures' | 'states'>;

const COMMIT_EVERY_MS = 250;

// Runs that never wait would keep the worker from everything else for as long as the task lasts.
const BREATHE_EVERY_MS = 20;

/** The folder of a sweep's rows. */
export function rowsFolder(
  { sweep, startedAt }: Pick<RunPointsInput, 'sweep' | 'startedAt'>,
  project: string,
  { folder = '.kedro-temporal/results' }: ResultOptions = {},
): string {
  return path.resolve(project, folder, fileName(sweep), `points-${startedAt}`);
}

/** Runs the points `[from, to)`, as far as nothing ends the task before. Throws `REQUEST_INVALID` and what fails every point. */
export async function runPoints(
  session: PipelineSession,
  input: RunPointsInput,
  signal: AbortSignal,
  results?: ResultOptions,
): Promise<PointsOutcome> {
  const start = performance.now();
  const { attempt } = Context.current().info;
  const progress = progressBefore();
  const before = union(progress.succeeded, progress.failed);
  const folder = input.rows === true ? rowsFolder(input, session.project, results) : undefined;
  const rows = folder === undefined ? undefined : await openRows(folder, input, attempt, before);
  await beating(progress, async (beat) => {
    const work = new Work(session, input, signal, progress, rows, beat);
    try {
      await work.run(attempt > 1 || input.again === true);
    } finally {
      await work.commit();
    }
    // A worker that shuts down hands the task to another one; only who asked for the end takes half an answer for one.
    if (signal.aborted && Context.current().cancellationDetails?.cancelRequested !== true) throw signal.reason;
  });
  await rows?.finish();
  const ran = sizeOf(progress.succeeded) + sizeOf(progress.failed) - sizeOf(before);
  const durationMs = performance.now() - start;
  return { ...progress, ...(folder === undefined ? {} : { rows: shown(folder, session.project) }), ran, durationMs };
}

function shown(folder: string, project: string): string {
  const relative = path.relative(project, folder);
  return relative.startsWith('..') ? folder : relative;
}

/** One attempt at a task: hands out points until something ends it. */
class Work {
  readonly #session: PipelineSession;
  readonly #input: RunPointsInput;
  readonly #signal: AbortSignal;
  readonly #progress: Progress;
  readonly #rows: RowFile | undefined;
  readonly #beat: () => void;
  readonly #points: Points;
  readonly #metrics: readonly string[];
  #ended: PointOutcome[] = [];
  #next: number;
  #failed: number;
  #isOver = false;
  #committedAt = performance.now();
  #breathedAt = performance.now();

  constructor(
    session: PipelineSession,
    input: RunPointsInput,
    signal: AbortSignal,
    progress: Progress,
    rows: RowFile | undefined,
    beat: () => void,
  ) {
    this.#session = session;
    this.#input = input;
    this.#signal = signal;
    this.#progress = progress;
    this.#rows = rows;
    this.#beat = beat;
    this.#points = pointsOf(input.points, input.sweep);
    this.#metrics = metricsOf(input.reducers);
    this.#next = input.from;
    this.#failed = sizeOf(progress.failed);
  }

  async run(isRetry: boolean): Promise<void> {
    const lanes = await Promise.allSettled(Array.from({ length: this.#input.atOnce ?? 1 }, () => this.#lane(isRetry)));
    for (const lane of lanes) if (lane.status === 'rejected') throw lane.reason;
  }

  /** Makes what has ended part of the progress. Rows go first: a heartbeat must not name a point whose row may be lost. */
  async commit(): Promise<void> {
    const ended = this.#ended.splice(0);
    this.#committedAt = performance.now();
    await this.#rows?.flush();
    for (const outcome of ended) this.#add(outcome);
  }

  async #lane(isRetry: boolean): Promise<void> {
    for (let index = this.#take(); index !== undefined; index = this.#take()) {
      const outcome = await this.#runPoint(index, isRetry);
      if (outcome === undefined) return;
      this.#ended.push(outcome);
      this.#rows?.add(rowOf(outcome));
      this.#judge(outcome);
      await this.#pause();
    }
  }

  #take(): number | undefined {
    const { from, to } = this.#input;
    const { succeeded, failed } = this.#progress;
    while (this.#next < to && (hasIndex(succeeded, this.#next) || hasIndex(failed, this.#next))) this.#next++;
    if (this.#isOver || this.#signal.aborted || this.#next >= to || this.#next < from) return undefined;
    return this.#next++;
  }

  /** Undefined for a point that was cancelled. */
  async #runPoint(index: number, isRetry: boolean): Promise<PointOutcome | undefined> {
    const { sweep, startedAt, request, offset = 0, attempts = 2 } = this.#input;
    const params = this.#points.at(index - offset);
    try {
      const how = { sweep, startedAt, request, attempts, metrics: this.#metrics, signal: this.#signal, isRetry };
      return await runPoint(this.#session, { index, params }, how);
    } catch (error) {
      this.#isOver = true;
      if (this.#signal.aborted) return undefined;
      throw error;
    }
  }

  #judge(outcome: PointOutcome): void {
    const { stopWhen, mayFail } = this.#input;
    if (outcome.error !== undefined) {
      this.#failed++;
      if (mayFail !== undefined && this.#failed > mayFail) this.#isOver = true;
      return;
    }
    if (stopWhen === undefined || 'patience' in stopWhen) return;
    const value = outcome.metrics[stopWhen.metric];
    if (value !== undefined && isEnough(stopWhen, { ...outcome, value }, 0)) this.#isOver = true;
  }

  async #pause(): Promise<void> {
    const now = performance.now();
    if (now - this.#committedAt > COMMIT_EVERY_MS) {
      await this.commit();
      this.#beat();
    }
    if (now - this.#breathedAt > BREATHE_EVERY_MS) {
      await nextTurn();
      this.#breathedAt = performance.now();
    }
  }

  #add(outcome: PointOutcome): void {
    const progress = this.#progress;
    const { index, error } = outcome;
    if (error === undefined) {
      progress.succeeded = addIndex(progress.succeeded, index);
      progress.states = addPoint(this.#input.reducers, progress.states, outcome);
    } else {
      progress.failed = addIndex(progress.failed, index);
      progress.failures = mergeFailures(progress.failures, [{ index, ...error }]);
    }
  }
}

function rowOf({ index, params, metrics, error }: PointOutcome) {
  return { index, params, metrics, ...(error === undefined ? {} : { error }) };
}

function progressBefore(): Progress {
  const { attempt, heartbeatDetails } = Context.current().info;
  const known = heartbeatDetails as Progress | undefined | null;
  if (attempt > 1 && Array.isArray(known?.succeeded)) return { ...known };
  return { succeeded: NO_INDEXES, failed: NO_INDEXES, failures: [], states: {} };
}
