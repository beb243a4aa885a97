/**
 * One durable run: one activity, which is retried until it succeeds, is cancelled, or fails for good.
 */
import { defineQuery, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { KedroActivities } from '../activities/index.ts';
import { type RunReport, type RunRequest, saveVersionOf } from '../src/core/index.ts';
import { activityOptionsOf, type DurableRunOptions } from './options.ts';

/** The argument of {@link runPipeline}. */
export interface RunPipelineInput {
  request: RunRequest;
  options?: DurableRunOptions;
  /** `summary` keeps values out of a parent's history; the query `progress` still has the whole report. Default: `report`. */
  returns?: 'report' | 'summary';
}

/** A report without its values. */
export type RunSummary = Pick<RunReport, 'runId' | 'saveVersion' | 'startedAt' | 'durationMs'>;

/** Where a durable run stands. Node by node progress is in the heartbeat details of its activity. */
export interface DurableRunState {
  runId: string;
  saveVersion: string;
  state: 'running' | 'done';
  report?: RunReport;
}

/** Answers with a {@link DurableRunState}. */
export const runProgressQuery = defineQuery<DurableRunState>('progress');

/**
 * Runs a pipeline. The run id is the request's, else the workflow id; the save version is the request's, else the start of
 * this execution: both are the same on each attempt.
 */
export async function runPipeline(input: RunPipelineInput): Promise<RunReport | RunSummary> {
  const { workflowId, runStartTime } = workflowInfo();
  const runId = input.request.runId ?? workflowId;
  const saveVersion = input.request.saveVersion ?? saveVersionOf(runStartTime.getTime(), runId);
  const current: DurableRunState = { runId, saveVersion, state: 'running' };
  setHandler(runProgressQuery, () => current);
  const activities = proxyActivities<KedroActivities>(activityOptionsOf(input.options));
  const report = await activities['kedro.run']({ ...input.request, runId, saveVersion });
  current.state = 'done';
  current.report = report;
  return input.returns === 'summary' ? summaryOf(report) : report;
}

function summaryOf({ runId, saveVersion, startedAt, durationMs }: RunReport): RunSummary {
  return { runId, saveVersion, startedAt, durationMs };
}
