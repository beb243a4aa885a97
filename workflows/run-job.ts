/**
 * One run of a job: waits for what must come first, takes its place in the pool, then runs the job's parts.
 */

import { TimeoutFailure } from '@temporalio/common';
import {
  ApplicationFailure,
  defineQuery,
  isCancellation,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { KedroActivities } from '../activities/index.ts';
import { type RunReport, saveVersionOf } from '../src/core/index.ts';
import { handedOn } from '../src/planner/index.ts';
import type { Job, RunInterval, WaitsFor } from './job.ts';
import { type Carried, type PartsInput, runParts } from './job-parts.ts';
import type { DurableRunOptions } from './options.ts';
import { inPool } from './pool.ts';
import type { DurableRunState, RunSummary } from './run-pipeline.ts';

/** The argument of {@link runJob}. */
export interface RunJobInput {
  job: Job;
  /** The interval it is for; none for a job that has no intervals. */
  interval?: RunInterval;
  /** `summary` keeps values out of a parent's history; the query `progress` still has the whole report. Default: `report`. */
  returns?: 'report' | 'summary';
  /** What the interval before has handed on. */
  carried?: Carried & { part: string };
  /** An output that the summary carries too, for the next interval. */
  keep?: { part: string; output: string };
  /** Stands behind the job's own options. */
  options?: DurableRunOptions;
}

// Of what has no key of its own; 1 goes first.
const NORMAL_PRIORITY = 3;

/** A summary with what is handed on. */
export type JobSummary = RunSummary & { carried?: Carried };

/** Answers with a {@link DurableRunState}. */
export const jobProgressQuery = defineQuery<DurableRunState>('progress');

/**
 * Runs a job once. The run id is the workflow id, the save version is the start of this execution: both are the same on
 * each attempt of each part. Fails with the code of the first part that failed, or `WAIT_TIMED_OUT`.
 */
export async function runJob(input: RunJobInput): Promise<RunReport | JobSummary> {
  const { workflowId: runId, runStartTime } = workflowInfo();
  const saveVersion = saveVersionOf(runStartTime.getTime(), runId);
  const current: DurableRunState = { runId, saveVersion, state: 'running' };
  setHandler(jobProgressQuery, () => current);
  const { job, interval, options, carried, keep } = input;
  await Promise.all((job.waitsFor ?? []).map((other) => awaitOther(other, interval)));
  const parts: PartsInput = { job, interval, runId, saveVersion, options, carried, keep };
  const priorityKey = workflowInfo().priority?.priorityKey ?? NORMAL_PRIORITY;
  const report =
    job.pool === undefined ? await runParts(parts) : await inPool(job.pool, priorityKey, () => runParts(parts));
  current.state = 'done';
  current.report = report;
  return input.returns === 'summary' ? summaryOf(report, keep?.output) : report;
}

/** A report without its values, but for the one that is handed on. */
export function summaryOf(report: RunReport, keep?: string): JobSummary {
  const { runId, saveVersion, startedAt, durationMs } = report;
  const summary: JobSummary = { runId, saveVersion, startedAt, durationMs };
  return keep === undefined ? summary : { ...summary, carried: handedOn(report, keep) };
}

async function awaitOther(other: WaitsFor, interval: RunInterval | undefined): Promise<void> {
  const timeout = other.timeout ?? '24 hours';
  const activities = proxyActivities<KedroActivities>({
    startToCloseTimeout: '1 minute',
    scheduleToCloseTimeout: timeout,
    // Between two looks it is the server that waits: neither a worker's place nor the history pays for it.
    retry: { initialInterval: '1 second', backoffCoefficient: 1.3, maximumInterval: '15 seconds' },
  });
  try {
    await activities['kedro.awaitIntervals']({
      job: other.job,
      rule: other.rule,
      how: other.interval,
      ...(interval === undefined ? {} : { start: interval.start, end: interval.end }),
    });
  } catch (error) {
    if (isCancellation(error) || !isTimeout(error)) throw error;
    throw ApplicationFailure.create({
      type: 'WAIT_TIMED_OUT',
      nonRetryable: true,
      message: `Waited ${timeout} for job "${other.job}" (${other.interval}); not all of its runs have succeeded.${lastWord(error)}`,
      ...(error instanceof Error ? { cause: error } : {}),
    });
  }
}

function isTimeout(error: unknown): boolean {
  return (
    error instanceof Error && (error instanceof TimeoutFailure || isTimeout(error.cause) || isNotDone(error.cause))
  );
}

function isNotDone(error: unknown): boolean {
  return error instanceof ApplicationFailure && error.type === 'RUN_NOT_DONE';
}

function lastWord(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return isNotDone(error) ? ` ${error.message}` : lastWord(error.cause);
}
