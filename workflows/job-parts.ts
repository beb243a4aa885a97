/** A job's parts, run: each as an activity of its own that is retried alone. */
import { ApplicationFailure, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { KedroActivities, RunMore } from '../activities/index.ts';
import { isPipelineError, type RunReport } from '../src/core/index.ts';
import {
  injectedInto,
  mergedReport,
  type PartsRun,
  partRequest,
  runGraph,
  takenOutputs,
} from '../src/planner/index.ts';
import type { Job, JobPart } from './job.ts';
import { badEndOf } from './job-failures.ts';
import { activityOptionsOf, type DurableRunOptions } from './options.ts';

export type { Carried } from '../src/planner/index.ts';

/** What all parts of one run share. */
export interface PartsInput extends PartsRun {
  job: Job;
  /** Goes before the job's own options, and behind the parts'. */
  options?: DurableRunOptions | undefined;
  /** Whether reports hold only what other parts and the next interval take: a history pays for each byte. Default: false. */
  isBrief?: boolean;
}

/** Runs every part. Returns their reports as one. */
export function runParts(input: PartsInput): Promise<RunReport> {
  const { parts } = input.job;
  const [only] = parts;
  // Each promise in a workflow costs tens of microseconds, and most jobs have one part.
  return parts.length === 1 && only !== undefined ? runPart(input, only, new Map()) : runGraphOf(input);
}

async function runGraphOf(input: PartsInput): Promise<RunReport> {
  const started = Date.now();
  const reports = await runGraph<JobPart, RunReport>(input.job.parts, {
    run: (part, before) => runPart(input, part, before),
    isCancel: isCancellation,
    named,
  }).catch((error: unknown) => {
    throw durable(error);
  });
  return mergedReport(input, reports, started, Date.now() - started);
}

function runPart(input: PartsInput, part: JobPart, before: ReadonlyMap<string, RunReport>): Promise<RunReport> {
  const { values, references } = injectedInto(part, before, input.carried);
  const options = { ...input.options, ...input.job.run, ...part.run };
  const request = partRequest(input, part, values);
  const activities = proxyActivities<KedroActivities>(activityOptionsOf(options));
  const more: RunMore = {
    ...(Object.keys(references).length === 0 ? {} : { inject: references }),
    ...(input.isBrief === true ? { onlyOutputs: takenOutputs(input, part.name) } : {}),
  };
  return Object.keys(more).length === 0 ? activities['kedro.run'](request) : activities['kedro.run'](request, more);
}

function named(part: string, error: unknown): ApplicationFailure {
  const { reason, message } = badEndOf(durable(error));
  return ApplicationFailure.create({
    type: reason,
    message: `Part "${part}": ${message}`,
    nonRetryable: true,
    ...(error instanceof Error ? { cause: error } : {}),
  });
}

// A workflow ends by a failure of Temporal's; any other error would make it try its task for ever.
function durable(error: unknown): unknown {
  return isPipelineError(error) ? ApplicationFailure.nonRetryable(error.message, error.code) : error;
}
