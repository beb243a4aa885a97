/**
 * Activities that wrap a session: the border between Temporal and the work. One activity is one whole pipeline run.
 *
 * @module kedro-temporal/activities
 */
import { Context } from '@temporalio/activity';
import type { IntervalRule } from '../src/calendar/index.ts';
import {
  addEvent,
  type DatasetRef,
  noProgress,
  type PipelineSession,
  type PreloadOptions,
  type PreloadReport,
  type ProjectDescription,
  type ReleaseReport,
  type RunReport,
  type RunRequest,
  type WarmArtifact,
} from '../src/core/index.ts';
import type { FrozenPlan } from '../src/planner/index.ts';
import { type HaveOutputsInput, haveOutputs } from './existing.ts';
import { toFailure } from './failures.ts';
import { progressBefore, withHeartbeat } from './heartbeat.ts';
import { type IntervalOutcome, type RunIntervalsInput, runIntervals } from './interval-runs.ts';
import { type IntervalActivities, intervalActivities } from './intervals.ts';
import { type AwaitIntervalsInput, awaitIntervals, planUntil } from './other-intervals.ts';
import {
  awaitRuns,
  lateRuns,
  type OtherOutput,
  type OtherRun,
  otherRun,
  outputOf,
  unpauseSchedule,
} from './other-runs.ts';
import { endedRuns, type PlaceInput, requestPlace } from './places.ts';
import { type PointsOutcome, type RunPointsInput, runPoints } from './points.ts';
import { type ReducePointsInput, reducePoints } from './points-reduction.ts';
import { briefReport, keepSmall, type ResultOptions, valuesOf } from './results.ts';
import { workersOf } from './workers.ts';

export type { IntervalOutcome, IntervalToRun, RunIntervalsInput } from './interval-runs.ts';
export type { IntervalActivities, IntervalAt } from './intervals.ts';
export type { OtherRun } from './other-runs.ts';
export type { PointsOutcome, RunPointsInput } from './points.ts';
export type { ReducePointsInput } from './points-reduction.ts';
export { DEFAULT_LIMIT_BYTES, type ResultOptions } from './results.ts';

/** What `kedro.preload` loads, and how. */
export interface PreloadInput extends Omit<PreloadOptions, 'signal'> {
  artifacts: string[];
}

/** What one worker's session keeps in memory. */
export interface WarmSession {
  sessionId: string;
  engine: ProjectDescription['engine'];
  warm: WarmArtifact[];
}

/** The activities, by the names under which a Worker registers them. */
export interface KedroActivities extends IntervalActivities {
  /**
   * Runs a pipeline once on the worker's session. Its heartbeat details are a `RunProgress`; a retried attempt goes on after
   * the nodes whose outputs were persisted. Fails with an `ApplicationFailure` whose type is an error code.
   */
  'kedro.run'(request: RunRequest, more?: RunMore): Promise<RunReport>;
  /** Runs many intervals one after another; each has its own outcome. */
  'kedro.runIntervals'(input: RunIntervalsInput): Promise<IntervalOutcome[]>;
  /** Runs many points of a sweep; each has its own outcome, and the reducers' state comes back instead of values. */
  'kedro.runPoints'(input: RunPointsInput): Promise<PointsOutcome>;
  /** Runs a pipeline that is given the rows of all points of a sweep. */
  'kedro.reducePoints'(input: ReducePointsInput): Promise<RunReport>;
  /** What the worker's project can run, and what is broken. */
  'kedro.describe'(): Promise<ProjectDescription>;
  /** Loads artifacts into the session of the worker that takes the task. */
  'kedro.preload'(input: PreloadInput): Promise<PreloadReport>;
  /** Forgets artifacts of the session of the worker that takes the task; all of them when none is named. */
  'kedro.release'(input?: { artifacts?: string[] }): Promise<ReleaseReport>;
  /** What the session of the worker that takes the task keeps in memory. */
  'kedro.warm'(): Promise<WarmSession>;
  /** Identities of the workers that have lately asked a task queue for activities. */
  'kedro.workers'(input: { taskQueue: string }): Promise<string[]>;
  /** How the newest run of an id stands on the server. */
  'kedro.otherRun'(input: { runId: string }): Promise<OtherRun>;
  /** Returns when the newest run of each id has succeeded (`anyEnd`: ended); fails retryably, `RUN_NOT_DONE`, until then. */
  'kedro.awaitRuns'(input: { runIds: readonly string[]; anyEnd?: boolean }): Promise<OtherRun[]>;
  /** An output of a run that has succeeded. Throws `RUN_NOT_FOUND`. */
  'kedro.outputOf'(input: { runId: string; output: string }): Promise<OtherOutput>;
  /** Returns when the runs of another job's intervals have succeeded; fails retryably, `RUN_NOT_DONE`, until then. */
  'kedro.awaitIntervals'(input: AwaitIntervalsInput): Promise<void>;
  /** The plan from `from` to the end of the last interval that has ended at `at`; null while none has. */
  'kedro.planUntil'(input: { rule: IntervalRule; from: string; at: string }): Promise<FrozenPlan | null>;
  /** Says of each interval whether every persisted dataset that its run would save is there. */
  'kedro.haveOutputs'(input: HaveOutputsInput): Promise<boolean[]>;
  /** Asks a pool for a place; starts the pool where it does not run. */
  'kedro.requestPlace'(input: PlaceInput): Promise<void>;
  /** Which of these executions do not run any more. */
  'kedro.endedRuns'(input: { runs: readonly { workflowId: string; runId: string }[] }): Promise<string[]>;
  /** How many runs of schedules have waited for a worker for longer than a second. */
  'kedro.lateRuns'(): Promise<number>;
  'kedro.unpauseSchedule'(input: { scheduleId: string; note: string }): Promise<void>;
}

/** What a run needs beside its request. */
export interface RunMore {
  /** Dataset → where an earlier run's value for it is: a reference of its report. */
  inject?: Record<string, DatasetRef>;
  /** Return these outputs and ids and times, and leave out the rest of the report. Default: the whole report. */
  onlyOutputs?: readonly string[];
}

/** Options of {@link createActivities}. */
export interface ActivityOptions {
  results?: ResultOptions;
}

/**
 * Makes the activities of a Worker around its one session, given as it is or as a function for one that opens later.
 */
export function createActivities(
  session: PipelineSession | (() => PipelineSession),
  options: ActivityOptions = {},
): KedroActivities {
  const get = typeof session === 'function' ? session : () => session;
  return {
    ...intervalActivities,
    'kedro.run': (request, more) =>
      translated(async (signal) => {
        const report = await run(get(), await withValues(get(), request, more), signal, options);
        return more?.onlyOutputs === undefined ? report : briefReport(report, more.onlyOutputs);
      }),
    'kedro.runIntervals': (input) => translated((signal) => runIntervals(get(), input, signal)),
    'kedro.runPoints': (input) => translated((signal) => runPoints(get(), input, signal, options.results)),
    'kedro.reducePoints': (input) => translated((signal) => reducePoints(get(), input, signal, options.results)),
    'kedro.describe': () => translated(() => get().describe()),
    'kedro.preload': ({ artifacts, ...how }) =>
      translated((signal) => withHeartbeat(noProgress(), () => get().preload(artifacts, { ...how, signal }))),
    'kedro.release': (input) =>
      translated(() => withHeartbeat(noProgress(), () => get().releaseCache(input?.artifacts))),
    'kedro.warm': () => translated(() => withHeartbeat(noProgress(), () => warmOf(get()))),
    'kedro.workers': workersOf,
    'kedro.otherRun': otherRun,
    'kedro.awaitRuns': awaitRuns,
    'kedro.outputOf': outputOf,
    'kedro.awaitIntervals': (input) => translated(() => awaitIntervals(input)),
    'kedro.planUntil': (input) => translated(() => planUntil(input)),
    'kedro.haveOutputs': (input) => translated(() => haveOutputs(get(), input)),
    'kedro.requestPlace': requestPlace,
    'kedro.endedRuns': endedRuns,
    'kedro.lateRuns': lateRuns,
    'kedro.unpauseSchedule': unpauseSchedule,
  };
}

async function warmOf(session: PipelineSession): Promise<WarmSession> {
  const { sessionId, engine, warm } = await session.describe();
  return { sessionId, engine, warm };
}

async function withValues(session: PipelineSession, request: RunRequest, more: RunMore = {}): Promise<RunRequest> {
  if (more.inject === undefined) return request;
  return { ...request, runtimeData: { ...request.runtimeData, ...(await valuesOf(more.inject, session.project)) } };
}

async function run(
  session: PipelineSession,
  request: RunRequest,
  signal: AbortSignal,
  options: ActivityOptions,
): Promise<RunReport> {
  const resume = progressBefore();
  const progress = resume === undefined ? noProgress() : structuredClone(resume);
  return await withHeartbeat(progress, async (beat) => {
    const report = await session.run(request, {
      signal,
      runsAhead: true,
      ...(resume === undefined ? {} : { resume }),
      onEvent: (event) => {
        addEvent(progress, event);
        // Only what a retry or an onlooker would miss: a beat is a message to the server.
        if (event.type === 'dataset-saved' || event.type === 'node-finished') beat();
      },
    });
    return await keepSmall(report, session.project, options.results);
  });
}

async function translated<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = Context.current().cancellationSignal;
  try {
    return await work(signal);
  } catch (error) {
    throw toFailure(error, signal);
  }
}
