/**
 * Activities that wrap a session: the border between Temporal and the work. One activity is one whole pipeline run.
 */
import { Context } from '@temporalio/activity';
import {
  addEvent,
  noProgress,
  type PipelineSession,
  type PreloadOptions,
  type PreloadReport,
  type ProjectDescription,
  type ReleaseReport,
  type RunReport,
  type RunRequest,
} from '../src/core/index.ts';
import { toFailure } from './failures.ts';
import { progressBefore, withHeartbeat } from './heartbeat.ts';
import { keepSmall, type ResultOptions } from './results.ts';

export { DEFAULT_LIMIT_BYTES, type ResultOptions } from './results.ts';

/** What `kedro.preload` loads, and how. */
export interface PreloadInput extends Omit<PreloadOptions, 'signal'> {
  artifacts: string[];
}

/** The activities, by the names under which a Worker registers them. */
export interface KedroActivities {
  /**
   * Runs a pipeline once on the worker's session. Its heartbeat details are a `RunProgress`; a retried attempt goes on after
   * the nodes whose outputs were persisted. Fails with an `ApplicationFailure` whose type is an error code.
   */
  'kedro.run'(request: RunRequest): Promise<RunReport>;
  /** What the worker's project can run, and what is broken. */
  'kedro.describe'(): Promise<ProjectDescription>;
  /** Loads artifacts into the session of the worker that takes the task. */
  'kedro.preload'(input: PreloadInput): Promise<PreloadReport>;
  /** Forgets artifacts of the session of the worker that takes the task; all of them when none is named. */
  'kedro.release'(input?: { artifacts?: string[] }): Promise<ReleaseReport>;
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
    'kedro.run': (request) => translated((signal) => run(get(), request, signal, options)),
    'kedro.describe': () => translated(() => get().describe()),
    'kedro.preload': ({ artifacts, ...how }) =>
      translated((signal) => withHeartbeat(noProgress(), () => get().preload(artifacts, { ...how, signal }))),
    'kedro.release': (input) => translated(() => get().releaseCache(input?.artifacts)),
  };
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
