/** One run for many intervals: an activity that runs them one after another, and again only those that failed. */
import { ApplicationFailure, CancellationScope, proxyActivities, sleep } from '@temporalio/workflow';
import type { IntervalOutcome, KedroActivities } from '../activities/index.ts';
import { saveVersionOf } from '../src/core/index.ts';
import { intervalParamsOf, runChunk } from '../src/planner/index.ts';
import type { Job, RunInterval } from './job.ts';
import { activityOptionsOf, type DurableRunOptions } from './options.ts';

/** The argument of {@link runIntervals}. */
export interface RunIntervalsJob {
  /** Of one part. */
  job: Job;
  intervals: readonly RunInterval[];
  /** Whether none runs after one that failed. Default: false. */
  stopsAtFailure?: boolean;
  /** Stands behind the job's own options. */
  options?: DurableRunOptions;
}

/** Runs the intervals. Returns how each ended; those that were not run are left out. */
export async function runIntervals(input: RunIntervalsJob): Promise<IntervalOutcome[]> {
  const { job } = input;
  const [part] = job.parts;
  if (part === undefined || job.parts.length > 1) {
    const message = `A chunk runs one part, and job "${job.name}" has ${job.parts.length}: leave the chunk out.`;
    throw ApplicationFailure.nonRetryable(message, 'REQUEST_INVALID');
  }
  const options = activityOptionsOf({ ...input.options, ...job.run, ...part.run });
  const activities = proxyActivities<KedroActivities>(options);
  const startedAt = Date.now();
  return await runChunk<RunInterval, IntervalOutcome>(input.intervals, {
    run: (left, before) =>
      activities['kedro.runIntervals']({
        request: part.request,
        stopsAtFailure: input.stopsAtFailure ?? false,
        intervals: left.map((interval) => {
          const runId = `${job.name}/${interval.key}`;
          const resume = before.get(interval.key)?.progress;
          return {
            key: interval.key,
            runId,
            saveVersion: saveVersionOf(startedAt, runId),
            runtimeParams: intervalParamsOf(job, interval),
            ...(resume === undefined ? {} : { resume }),
          };
        }),
      }),
    pause: () => sleep(options.retry?.initialInterval ?? '1 second'),
    maximumAttempts: options.retry?.maximumAttempts ?? 1,
    isCancelled: () => CancellationScope.current().consideredCancelled,
  });
}
