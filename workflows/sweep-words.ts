/** What a sweep takes, says and answers to. */
import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { Broken, RunReport, RunRequest } from '../src/core/index.ts';
import type {
  IndexSet,
  PointFailure,
  PointsSpec,
  Reduced,
  ReducerStates,
  Reducers,
  StopRule,
  TopPoint,
} from '../src/planner/index.ts';
import type { DurableRunOptions } from './options.ts';

/** The argument of {@link sweep}. The workflow id is the sweep's id; each point's run is `<id>/<index>`. */
export interface SweepInput {
  /** What each point runs; the point's params are set in its `runtimeParams`. */
  request: RunRequest;
  points: PointsSpec;
  /** What is kept of the points, by names of the caller's. Default: nothing but counts. */
  reduce?: Reducers;
  /** Most batches at once, each one task of a worker. Default: 4. */
  concurrency?: number;
  /** Most points at once inside a batch. Default: 1. */
  atOnce?: number;
  /** How often a point is tried that fails by an error which may pass. Default: 2. */
  attempts?: number;
  /** The sweep stops when more points than that have failed. Default: any number may. */
  maxFailures?: number;
  stopWhen?: StopRule;
  /** Whether each point leaves a row in a file: params, metrics, error. Default: only with `pipeline`. */
  rows?: boolean;
  /** A run after the points that is given the rows of all of them as a dataset. */
  pipeline?: { request: RunRequest; dataset: string };
  /** How each batch is kept alive. */
  run?: DurableRunOptions;
  /** Carried from one execution to the next, or from a sweep that ended to the one that goes on with it; leave out. */
  state?: SweepState;
}

/** All that an execution hands on; as large for a million points as for a thousand. */
export interface SweepState {
  /** First index that no batch has had. */
  next: number;
  /** Points before it that have not ended: they were cancelled, or are to be tried once more. */
  left: IndexSet;
  succeeded: number;
  failed: number;
  /** Which failed: the first thousand stretches. */
  failedPoints: IndexSet;
  failures: PointFailure[];
  states: ReducerStates;
  /** Milliseconds since the epoch. */
  startedAt: number;
  isPaused: boolean;
  /** Size of the largest batch so far. */
  largest: number;
  /** Milliseconds that a point took of late. */
  pointMs?: number;
  /** Folder of the rows. */
  rows?: string;
}

/** Where a sweep stands: answer of the query `progress`, and of each control. */
export interface SweepProgress {
  total: number;
  succeeded: number;
  failed: number;
  /** Points in batches that are running; some may have ended. */
  running: number;
  phase: 'running' | 'paused' | 'stopping' | 'ended';
  /** Points that ended per second, since the start. */
  rate: number;
  /** The best point so far, where the sweep has a `topK` or stops by a metric. */
  best?: TopPoint;
  failures: PointFailure[];
  /** Milliseconds since the epoch. */
  startedAt: number;
}

/** What a finished sweep returns. */
export interface SweepReport {
  id: string;
  /** `stopped`: a point was good enough, or too many failed. `cancelled`: a person ended it. */
  state: 'done' | 'stopped' | 'cancelled';
  /** Why it was stopped. */
  why?: 'enough' | 'failures';
  total: number;
  succeeded: number;
  failed: number;
  /** Points that were not run, or not to their end. */
  notRun: number;
  /** Indexes; the first thousand stretches of them. */
  failedPoints: IndexSet;
  /** Why the first of them failed, at most twenty. */
  failures: PointFailure[];
  /** By the names of `reduce`. */
  reduced: Record<string, Reduced>;
  /** Folder of the rows, relative to the project. */
  rows?: string;
  /** The run after the points, or why it failed. */
  pipeline?: RunReport | Broken;
  /** ISO 8601, UTC. */
  startedAt: string;
  durationMs: number;
}

/** Answers with a {@link SweepProgress}. */
export const sweepProgressQuery = defineQuery<SweepProgress>('progress');

/** The state, with which a later sweep goes on. */
export const sweepStateQuery = defineQuery<SweepState>('state');

/** Starts no further batch; what runs goes on to its end. */
export const sweepPauseUpdate = defineUpdate<SweepProgress>('pause');

export const sweepResumeUpdate = defineUpdate<SweepProgress>('resume');

/** Ends what runs; the sweep then returns its report of the points that have ended. */
export const sweepCancelUpdate = defineUpdate<SweepProgress>('cancel');
