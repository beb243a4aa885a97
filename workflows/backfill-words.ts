/** What a backfill takes, says and answers to. */
import type { Priority } from '@temporalio/common';
import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { Course, FrozenPlan, IndexSet, OnFailure, Order, Outcomes } from '../src/planner/index.ts';
import type { Job } from './job.ts';
import type { Carried } from './job-parts.ts';

/** The argument of {@link backfill}. */
export interface BackfillInput {
  job: Job;
  plan: FrozenPlan;
  /** Most runs at once. */
  concurrency: number;
  /** Reason → indexes that are left out from the start. Default: none. */
  skipped?: Record<string, IndexSet>;
  /** Whether a run that has succeeded since the plan was made is left alone. Default: false. */
  keepsCompleted?: boolean;
  /** Default: `forward`. */
  order?: Order;
  /** An interval starts when the one before has succeeded or was skipped. Default: false. */
  dependsOnPast?: boolean;
  /** An output that each run hands to the next; implies `dependsOnPast`. */
  carry?: Carry;
  /** Default: `continue`. */
  onFailure?: OnFailure;
  /** Failures after which `onFailure` takes hold. Default: 1. */
  maxFailures?: number;
  /** Most neighbouring intervals in one run. Default: 1. */
  chunk?: number;
  /** `activity`: intervals have no workflow of their own. Default: `workflow`. */
  granularity?: 'workflow' | 'activity';
  /** What to do about an interval that is running elsewhere. Default: `join`. */
  ifRunning?: 'join' | 'skip' | 'replace';
  /** Whether it gives way while runs of schedules are late. Default: true. */
  yields?: boolean;
  /** A paused schedule to let run again when the range has caught up with now. */
  untilLive?: { scheduleId: string };
  /** Of each run, where the job has none. Default: priority key 4, behind live runs. */
  priority?: Priority;
  /** Carried from one execution to the next, or from a backfill that ended to its retry; leave out. */
  state?: BackfillState;
}

/** Which output goes into which dataset of the next interval's run. */
export interface Carry {
  output: string;
  /** Part that makes it. Default: the last. */
  from?: string;
  dataset: string;
  /** Part that takes it. Default: the first. */
  into?: string;
}

/** All that an execution hands on. */
export interface BackfillState {
  course: Course;
  /** The first failures, at most twenty. */
  failures: IntervalFailure[];
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** How many intervals the plan had at first. */
  initialCount: number;
  /** Whether its schedule runs again. */
  isLive: boolean;
  /** The value for the interval behind `index`. */
  carried?: Carried & { index: number };
}

/** Why an interval failed. */
export interface IntervalFailure {
  key: string;
  /** An error code; what is not ours is `RUN_FAILED`, or the type that the user's own failure has. */
  code: string;
  message: string;
}

/** Where a backfill stands: answer of the query `progress`, and of each control. */
export interface BackfillProgress {
  job: string;
  total: number;
  phase: Course['phase'] | 'ended';
  /** Why it is paused or closing. */
  why?: string;
  concurrency: number;
  /** Fewer than `concurrency` while live runs are late. */
  allowed: number;
  running: IndexSet;
  outcomes: Outcomes;
  failures: IntervalFailure[];
  /** Milliseconds since the epoch. */
  startedAt: number;
}

/** What a finished backfill returns. */
export interface BackfillReport {
  job: string;
  /** The plan: what the indexes below mean. */
  intervals: FrozenPlan;
  /** What an interval's run was: a workflow of its own, an activity, or a part of a chunk. */
  units: 'workflow' | 'activity' | 'chunk';
  /** `cancelled`: some intervals were not run, because a person or a failure ended it. */
  state: 'done' | 'cancelled';
  total: number;
  succeeded: number;
  failed: number;
  skipped: number;
  cancelled: number;
  /** Indexes of the plan, by state and reason. */
  outcomes: Outcomes;
  failures: IntervalFailure[];
  /** ISO 8601, UTC. */
  startedAt: string;
  durationMs: number;
}

/** Answers with a {@link BackfillProgress}. */
export const backfillProgressQuery = defineQuery<BackfillProgress>('progress');

/** The argument with which a new execution would go on from here. */
export const backfillInputQuery = defineQuery<BackfillInput & { state: BackfillState }>('input');

/** Starts no further interval; what runs goes on. */
export const pauseUpdate = defineUpdate<BackfillProgress>('pause');

export const resumeUpdate = defineUpdate<BackfillProgress>('resume');

/** Ends what runs and starts nothing more; the backfill then returns its report. */
export const cancelUpdate = defineUpdate<BackfillProgress>('cancel');

/** Refuses what is no whole number from 1 to 1,000. */
export const setConcurrencyUpdate = defineUpdate<BackfillProgress, [concurrency: number]>('setConcurrency');

/** Leaves out intervals that have not ended; running ones are ended. Refuses keys that the plan does not have. */
export const skipUpdate = defineUpdate<BackfillProgress, [keys: readonly string[]]>('skip');

/** Opens failed and cancelled intervals again: those named, or all for null. Refuses keys that the plan does not have. */
export const retryUpdate = defineUpdate<BackfillProgress, [keys: readonly string[] | null]>('retry');
