/** What the endpoint says about runs that it is asked for: JSON with snake_case names. */
import type { ErrorCode, JsonValue } from '../core/index.ts';
import type { DatasetRefView } from './api.ts';

/** `POST /run`, status 200 or 202. What only {@link RunDone} has is left out where the request has Kedro's fields only. */
export type RunAnswer = RunDone | RunFailed | RunStarted;

export interface RunDone {
  status: 'success';
  run_id: string;
  duration_ms: number;
  mode?: 'direct' | 'durable';
  save_version?: string;
  /** By name: what the request names in `outputs`, else the free outputs of the pipelines, as far as they are JSON. */
  outputs?: Record<string, JsonValue>;
  /** Where the other outputs are. */
  references?: Record<string, DatasetRefView>;
  saved?: DatasetRefView[];
}

export interface RunFailed {
  status: 'failure';
  run_id: string;
  duration_ms: number;
  error: RunError;
}

export interface RunError {
  /** Name of the exception's class, as Kedro's server says it; for what this package finds by itself, what it would say there. */
  type: string;
  message: string;
  code: ErrorCode;
  /** Whether the same request may succeed when it is tried again. */
  retryable: boolean;
}

/** Of a durable run that the answer does not wait for; status 202. */
export interface RunStarted {
  status: 'running';
  run_id: string;
  mode: 'durable';
}

/** `GET /runs/{run_id}/events` of a direct run: one of these an event, named by its `type`. Instants are milliseconds. */
export interface RunEventView {
  type:
    | 'run-started'
    | 'node-started'
    | 'node-finished'
    | 'node-skipped'
    | 'dataset-loaded'
    | 'dataset-saved'
    | 'run-ended';
  at: number;
  node?: string;
  dataset?: string;
  duration_ms?: number;
  run_id?: string;
  save_version?: string;
  nodes?: string[];
  state?: 'succeeded' | 'failed' | 'cancelled' | 'timed-out';
  error?: { code: string; message: string; retryable: boolean };
}
