/** One point of a sweep: a run, tried again where that may help, and the metrics of its report. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ErrorCode,
  isPipelineError,
  type JsonObject,
  messageOf,
  noProgress,
  type PipelineSession,
  type RunReport,
  type RunRequest,
  saveVersionAt,
} from '../src/core/index.ts';
import { metricIn, withPoint } from '../src/planner/index.ts';

/** How a point went. */
export interface PointOutcome {
  index: number;
  params: JsonObject;
  /** By name; empty for one that failed. */
  metrics: Record<string, number>;
  /** Absent for one that succeeded. */
  error?: { code: string; message: string };
}

/** What the points of a task have in common. */
export interface PointRuns {
  sweep: string;
  startedAt: number;
  request: RunRequest;
  attempts: number;
  metrics: readonly string[];
  signal: AbortSignal;
  /** Whether an earlier attempt of the task may have begun with the point. */
  isRetry: boolean;
}

// The request is wrong, or this worker: no other params would help.
const ALL_POINTS: readonly ErrorCode[] = [
  'SESSION_CLOSED',
  'REQUEST_INVALID',
  'PIPELINE_NOT_FOUND',
  'PIPELINE_BROKEN',
  'PIPELINE_EMPTY',
  'NODE_NOT_FOUND',
  'TAG_NOT_FOUND',
  'NAMESPACE_NOT_FOUND',
  'DATASET_NOT_IN_PIPELINE',
];

const FIRST_REST_MS = 250;
const REST_GROWTH = 4;
const MOST_LETTERS = 500;

/** Runs one point. Throws only what would fail every point, and `RUN_CANCELLED`. */
export async function runPoint(
  session: PipelineSession,
  { index, params }: { index: number; params: JsonObject },
  how: PointRuns,
): Promise<PointOutcome> {
  const { sweep, startedAt, request, signal } = how;
  const own: RunRequest = {
    ...request,
    runId: `${sweep}/${index}`,
    // One microsecond a point: versions of one sweep differ, sort as its points do, and stay on each attempt.
    saveVersion: saveVersionAt(startedAt * 1000 + index),
    runtimeParams: withPoint(request.runtimeParams ?? {}, params),
  };
  for (let attempt = 1; ; attempt++) {
    try {
      const isRetry = how.isRetry || attempt > 1;
      const report = await session.run(own, { signal, ...(isRetry ? { resume: noProgress() } : {}) });
      return { index, params, metrics: metricsIn(report, how.metrics) };
    } catch (error) {
      if (signal.aborted || (isPipelineError(error) && ALL_POINTS.includes(error.code))) throw error;
      const mayPass = !isPipelineError(error) || error.retryable;
      if (!mayPass || attempt >= how.attempts) return { index, params, metrics: {}, error: told(error) };
      await delay(FIRST_REST_MS * REST_GROWTH ** (attempt - 1), undefined, { signal });
    }
  }
}

function metricsIn(report: RunReport, metrics: readonly string[]): Record<string, number> {
  return Object.fromEntries(metrics.map((metric) => [metric, metricIn(report, metric)]));
}

function told(error: unknown): { code: string; message: string } {
  const code = isPipelineError(error) ? error.code : 'RUN_FAILED';
  return { code, message: messageOf(error).slice(0, MOST_LETTERS) };
}
