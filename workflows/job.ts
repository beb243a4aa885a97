/** What a job is to a workflow: plain JSON, complete, made from `conf/<env>/temporal.yml` or by hand. */
import type { Duration } from '@temporalio/common';
import type { IntervalRule } from '../src/calendar/index.ts';
import type { RunRequest } from '../src/core/index.ts';
import type { IntervalPart, RunInterval } from '../src/planner/index.ts';
import type { DurableRunOptions } from './options.ts';

export type { IntervalPart, RunInterval };

/** A graph of pipelines that run together for one interval. */
export interface Job {
  /** Names the runs: the run of an interval is `<name>/<key>`. Letters, digits, `_`, `-` and `.`. */
  name: string;
  /** At least one. Those whose `after` is done run side by side. */
  parts: readonly JobPart[];
  /** How time is divided; undefined for a job that has no intervals. */
  rule?: IntervalRule;
  /** Runtime param → part of the interval that fills it. Default: `interval_key`, `interval_start`, `interval_end`. */
  intervalParams?: Readonly<Record<string, IntervalPart>>;
  /** Intervals of other jobs that must have succeeded first. */
  waitsFor?: readonly WaitsFor[];
  /** Name of the pool in which each of its runs takes one place while it runs. */
  pool?: { name: string; size: number };
  /** How each part is kept alive; a part's own options go before. */
  run?: DurableRunOptions;
}

/** One run of pipelines: one activity, retried alone. */
export interface JobPart {
  /** Unique in the job. */
  name: string;
  /** Pipelines, filters and params. `runId` and `saveVersion` are the job run's. */
  request: RunRequest;
  /** Names of the parts that come before. Default: none. */
  after?: readonly string[];
  /** Dataset of this part → an output of an earlier part that is injected as it; those parts come before too. */
  inputs?: Readonly<Record<string, { part: string; output: string }>>;
  run?: DurableRunOptions;
}

/** A wait for another job. */
export interface WaitsFor {
  job: string;
  rule: IntervalRule;
  /** `same`: the interval with the same start and end. `within`: every interval of that job inside this one. */
  interval: 'same' | 'within';
  /** Default: 24 hours. Then the run fails with `WAIT_TIMED_OUT`. */
  timeout?: Duration;
}
