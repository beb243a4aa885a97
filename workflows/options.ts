import type { ActivityOptions, Duration, Priority, RetryPolicy } from '@temporalio/common';
import { RUN_DEFAULTS } from '../src/planner/index.ts';

/** How a run is kept alive. Durations are Temporal's: `'30 seconds'`, `'5m'`, or milliseconds. */
export interface DurableRunOptions {
  /** Task queue of the worker that has the project. Default: the workflow's own. */
  taskQueue?: string;
  /** Default: five attempts, first after 1 second, then twice as long each, at most a minute. Final errors end at once. */
  retry?: RetryPolicy;
  /** Longest time of one attempt. Default: 24 hours. */
  startToCloseTimeout?: Duration;
  /** Longest time of all attempts together. Default: none. */
  scheduleToCloseTimeout?: Duration;
  /** After this long without a sign of life a run goes on elsewhere. Default: 30 seconds. */
  heartbeatTimeout?: Duration;
  priority?: Priority;
}

const DEFAULTS = RUN_DEFAULTS satisfies DurableRunOptions;

/** What a workflow gives `proxyActivities`. */
export function activityOptionsOf(options: DurableRunOptions = {}): ActivityOptions {
  return {
    ...DEFAULTS,
    ...options,
    retry: { ...DEFAULTS.retry, ...options.retry },
    // A cancelled run has ended only when its nodes have: until then its files may still change.
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  };
}
