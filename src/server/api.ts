/**
 * What the HTTP endpoint says about durable work: JSON with snake_case names, as the page and any other client gets it.
 *
 * - A **state set** holds indexes into the keys of a job's intervals, as runs `[from, to)`: 10,000 intervals in a few KB.
 * - A **topic** is a resource that a client may follow by `GET /events?topics=…` (several with commas between): the event's name
 *   is the topic, its data what a GET of it answers, once at the start and then whenever that changes. The event `problem` says
 *   why a topic cannot be read now ({@link Problem}); the topic's own event comes again when it can.
 *
 * Instants are ISO 8601, UTC; durations are milliseconds.
 */
import type { ErrorCode, JsonObject, JsonValue, WarmArtifact } from '../core/index.ts';

/** Any answer that is not a success. */
export interface ErrorAnswer {
  error: { code: ErrorCode | 'UNEXPECTED'; message: string; retryable: boolean; details?: JsonObject };
}

/** Data of the event `problem`. */
export interface Problem extends ErrorAnswer {
  topic: string;
}

/** Runs `[from, to)` of indexes, rising, neither overlapping nor touching. */
export type IndexRuns = readonly (readonly [from: number, to: number])[];

/** Which intervals stand where; those in none are to come. Ended ones by reason, as `docs/backfills.md` lists them. */
export interface IntervalStates {
  succeeded: Record<string, IndexRuns>;
  failed: Record<string, IndexRuns>;
  skipped: Record<string, IndexRuns>;
  cancelled: Record<string, IndexRuns>;
  running: IndexRuns;
}

/** `GET /jobs`, topic `jobs`. */
export interface JobList {
  jobs: JobView[];
}

/** A job of `temporal.yml`, or one that the server knows a backfill of. */
export interface JobView {
  name: string;
  description?: string;
  /** How time is divided, as written: `day`, `6 hours`. Left out for a job without intervals. */
  every?: string;
  time_zone?: string;
  /** Names of its parts, in order. */
  parts: string[];
  /** Whether `temporal.yml` has it. */
  configured: boolean;
  schedule?: ScheduleView;
  /** The newest backfill of it. */
  backfill?: BackfillView;
}

export interface ScheduleView {
  id: string;
  paused: boolean;
  note: string;
  next: string[];
  recent: { at: string; run_id: string }[];
  running: string[];
}

/** `GET /jobs/{job}/intervals`, topic `intervals:<job>`; its events may leave out `keys` and `starts` where they are as before. */
export interface JobIntervals {
  job: string;
  every: string;
  time_zone: string;
  /** Bounds of the range: from the first interval of which anything is known. Empty while nothing is known of any. */
  start: string;
  end: string;
  /** Key of each interval, in order; `<job>/<key>` is the id of its run. */
  keys: string[];
  /** Start of each interval. */
  starts: string[];
  states: IntervalStates;
}

/** `GET /backfills`, topic `backfills`. Newest first. */
export interface BackfillList {
  backfills: BackfillView[];
}

/** `GET /backfills/{id}`, topic `backfill:<id>`; the answer of each control too. */
export interface BackfillView {
  id: string;
  job: string;
  phase: 'open' | 'paused' | 'closing' | 'ended' | 'unknown';
  /** Why it is paused or closing. */
  why?: string;
  /** How time is divided; its first and its last interval. */
  every: string;
  first_key: string;
  last_key: string;
  start: string;
  end: string;
  total: number;
  succeeded: number;
  failed: number;
  skipped: number;
  cancelled: number;
  running: number;
  concurrency: number;
  /** Fewer than `concurrency` while live runs are late. */
  allowed: number;
  started_at: string;
  ended_at?: string;
  /** Intervals that ended (not skipped ones) per second, of late. */
  rate?: number;
  left_ms?: number;
  failures: { key: string; code: string; message: string }[];
  links: { temporal?: string };
}

/** `POST /backfills/{id}/<control>`: `pause`, `resume`, `cancel`, `concurrency`, `skip`, `retry`. */
export interface BackfillControl {
  /** For `concurrency`. */
  concurrency?: number;
  /** For `skip`, and for `retry` where not all. */
  keys?: string[];
}

export type RunState = 'running' | 'succeeded' | 'failed' | 'cancelled' | 'terminated' | 'timed-out';

/** `GET /runs`, topic `runs`: the newest durable runs, of jobs and of pipelines. */
export interface RunList {
  runs: RunSummaryView[];
}

export interface RunSummaryView {
  run_id: string;
  job?: string;
  state: RunState;
  started_at: string;
  ended_at?: string;
}

/** `GET /runs/{run_id}`, topic `run:<run_id>`. */
export interface RunView {
  run_id: string;
  job?: string;
  /** Of a job's run. */
  interval?: { key: string; start: string; end: string };
  mode: 'direct' | 'durable';
  state: RunState;
  save_version?: string;
  started_at: string;
  ended_at?: string;
  pipelines: string[];
  /** Runtime params, of all parts; where a list says which a caller may set, those. */
  runtime_params: JsonObject;
  attempts: AttemptView[];
  nodes: RunNodeView[];
  outputs: Record<string, JsonValue>;
  references: Record<string, DatasetRefView>;
  saved: DatasetRefView[];
  error?: { code: string; message: string; retryable: boolean };
  links: { temporal?: string; logs?: string };
}

/** One try of one part of a run. A history keeps the last one and why the one before it failed; earlier ones are left out. */
export interface AttemptView {
  /** Part of a job; the pipelines of a run by itself. */
  part: string;
  attempt: number;
  state: 'waiting' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'timed-out';
  started_at?: string;
  ended_at?: string;
  worker?: string;
  error?: { code: string; message: string };
}

export interface RunNodeView {
  name: string;
  part?: string;
  state: 'waiting' | 'running' | 'done' | 'skipped' | 'failed';
  started_at?: string;
  duration_ms?: number;
}

export interface DatasetRefView {
  dataset: string;
  type: string;
  filepath?: string;
  version?: string;
}

/** `GET /sweeps`, topic `sweeps`. Newest first. */
export interface SweepList {
  sweeps: SweepSummaryView[];
}

export interface SweepSummaryView {
  id: string;
  phase: 'running' | 'paused' | 'stopping' | 'ended' | 'unknown';
  state?: 'done' | 'stopped' | 'cancelled' | 'failed';
  started_at: string;
  ended_at?: string;
}

/** `GET /sweeps/{id}`, topic `sweep:<id>`; the answer of `POST /sweeps/{id}/<pause|resume|cancel>` too. */
export interface SweepView extends SweepSummaryView {
  pipelines: string[];
  total: number;
  succeeded: number;
  failed: number;
  running: number;
  not_run?: number;
  /** Points that ended per second. */
  rate: number;
  best?: SweepPoint;
  /** What the sweep is after, by its first list of best points, else by its rule to stop; left out where it has neither. */
  goal?: SweepGoal;
  /** Names of params that differ between points. */
  params: string[];
  /** Names of numbers that points have. */
  metrics: string[];
  /** Points as far as they are kept: the rows of a sweep that keeps them, else its best; at most 5,000, spread evenly. */
  points: SweepPoint[];
  /** Where `points` come from. */
  points_from: 'rows' | 'best' | 'none';
  reduced: Record<string, JsonValue>;
  failures: { index: number; code: string; message: string }[];
  links: { temporal?: string };
}

export interface SweepGoal {
  metric: string;
  /** Which end of it is better. */
  order: 'min' | 'max';
}

export interface SweepPoint {
  index: number;
  params: JsonObject;
  metrics: Record<string, number>;
}

/** `GET /workers`: asked when it is called. */
export interface WorkerList {
  task_queue: string;
  workers: WorkerView[];
}

export interface WorkerView {
  worker: string;
  state: 'done' | 'failed' | 'unreachable';
  engine?: 'native' | 'kedro';
  warm?: WarmArtifactView[];
  error?: { code: string; message: string };
}

export interface WarmArtifactView
  extends Pick<WarmArtifact, 'dataset' | 'type' | 'hits' | 'refresh' | 'shared' | 'bytes'> {
  loaded_at: string;
  last_used_at?: string;
}

/** `GET /pipelines`: the project as its session describes it. */
export interface PipelineList {
  project: string;
  engine: 'native' | 'kedro';
  env: string;
  pipelines: Record<string, PipelineView | { error: { code: string; message: string } }>;
  datasets: Record<
    string,
    { type: string; filepath?: string; versioned?: boolean } | { error: { code: string; message: string } }
  >;
  /** What the session in this process keeps warm. */
  warm: WarmArtifactView[];
}

export interface PipelineView {
  nodes: { name: string; function?: string; inputs: string[]; outputs: string[]; tags: string[]; namespace?: string }[];
  inputs: string[];
  outputs: string[];
  parameters: string[];
}

/** `GET /about`, topic `about`: what this endpoint is, for a page's head. */
export interface About {
  project: string;
  version: string;
  task_queue?: string;
  namespace?: string;
  temporal_ui?: string;
  /** Whether durable work can be reached. */
  durable: boolean;
  /** Whether runs can be made in this process. */
  direct: boolean;
}
