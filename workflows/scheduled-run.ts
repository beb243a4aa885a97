/**
 * What a schedule starts: it finds which interval the moment is for, and runs the job for it.
 *
 * 1. The interval comes from the time that the schedule meant, never from the time at which it started: neither jitter nor a
 *    server that was away moves it.
 * 2. The run has the interval's one id. Where that run is going on, or has succeeded, there is nothing left to do.
 * 3. The run outlives this workflow when it is terminated: a run is ended by its own id. With the policy `TERMINATE_OTHER` it
 *    does not, as the schedule means the run itself.
 */
import { defineSearchAttributeKey, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { executeChild, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import type { IntervalActivities } from '../activities/index.ts';
import type { Job, RunInterval } from './job.ts';
import { type JobSummary, runJob } from './run-job.ts';

/** The argument of {@link scheduledRun}. */
export interface ScheduledRunInput {
  job: Job;
  /** How long after an interval's end the schedule means its run to start, in milliseconds. Default: 0. */
  offsetMs?: number;
  /** What the schedule does about a run that is still going on. */
  overlap?: 'SKIP' | 'BUFFER_ONE' | 'BUFFER_ALL' | 'CANCEL_OTHER' | 'TERMINATE_OTHER' | 'ALLOW_ALL';
}

/** How a scheduled run ended, where it did not fail. */
export interface ScheduledRunReport {
  /** `joined`: the interval's run was going on or done already. `none`: no interval has ended by then. */
  state: 'ran' | 'joined' | 'none';
  runId?: string;
  interval?: RunInterval;
  summary?: JobSummary;
}

const SCHEDULED_TIME = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');

// Ahead of what has no key (3) and of backfills (4).
const PRIORITY_KEY = 2;

/** Runs a job for the last interval that had ended when the schedule meant to start it; fails as that run does. */
export async function scheduledRun({ job, offsetMs = 0, overlap }: ScheduledRunInput): Promise<ScheduledRunReport> {
  const { typedSearchAttributes, startTime } = workflowInfo();
  const scheduled = typedSearchAttributes.get(SCHEDULED_TIME) ?? startTime;
  const interval = await intervalAt(job, scheduled, offsetMs);
  if (interval === undefined) return { state: 'none' };
  const runId = `${job.name}/${interval.key}`;
  try {
    const summary = await executeChild(runJob, {
      workflowId: runId,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      parentClosePolicy: overlap === 'TERMINATE_OTHER' ? 'TERMINATE' : 'ABANDON',
      priority: { priorityKey: PRIORITY_KEY, ...job.run?.priority },
      args: [{ job, interval, returns: 'summary' }],
    });
    return { state: 'ran', runId, interval, summary };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { state: 'joined', runId, interval };
    throw error;
  }
}

async function intervalAt({ rule }: Job, scheduled: Date, offsetMs: number): Promise<RunInterval | undefined> {
  if (rule === undefined) return undefined;
  const local = proxyLocalActivities<IntervalActivities>({ startToCloseTimeout: '30 seconds' });
  const at = new Date(scheduled.getTime() - offsetMs).toISOString();
  const interval = await local['kedro.intervalAt']({ rule, at });
  return interval === null ? undefined : { ...interval, scheduledTime: scheduled.toISOString() };
}
