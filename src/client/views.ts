/** The reading side: how durable work stands, for somebody who looks at all of it and often. */
import type { Client } from '@temporalio/client';
import { type BackfillReader, backfillReader } from './backfill-reader.ts';
import { withInnerRuns } from './inner-run.ts';
import { type IntervalReader, intervalReader } from './job-intervals.ts';
import { createQueries } from './queries.ts';
import { type RunReader, runReader } from './run-detail.ts';
import { type ListedRun, listRuns, type RunListOptions } from './run-list.ts';
import { reached } from './server-calls.ts';
import { type SweepReader, sweepReader } from './sweep-reader.ts';

/** Options of {@link createKedroViews}. */
export interface KedroViewsOptions {
  /** Task queue of the workers that have the project. Default: `kedro`. */
  taskQueue?: string;
}

/**
 * What durable work looks like. Every call answers within seconds, whoever is away: it throws `SERVER_UNREACHABLE` where the
 * server does not answer, and says `unknown` of what only a worker could tell.
 */
export interface KedroViews {
  /** Runs of pipelines and of jobs, newest first. Throws `REQUEST_INVALID` for what is no name of a job. */
  runs(options?: RunListOptions): Promise<ListedRun[]>;
  /** One run in detail; of what a schedule has started, the run that it made. Throws `RUN_NOT_FOUND`. */
  run: RunReader;
  backfills: BackfillReader;
  sweeps: SweepReader;
  /** The state of every interval of a job. */
  intervals: IntervalReader;
  /** Asks the server, within `mostMs`, 5,000 by default. Throws `SERVER_UNREACHABLE`, and what `ask` throws. */
  reached<T>(ask: () => Promise<T>, mostMs?: number): Promise<T>;
  /** Resolves when no question to a worker is on its way: until then the client's connection must stay open. */
  settled(): Promise<void>;
}

/** Makes them. Connects to nothing by itself; what it remembers is bounded. */
export function createKedroViews(client: Client, { taskQueue = 'kedro' }: KedroViewsOptions = {}): KedroViews {
  const queries = createQueries(client);
  const backfills = backfillReader(client, taskQueue, queries);
  return {
    runs: (options) => listRuns(client, taskQueue, options),
    run: withInnerRuns(runReader(client), backfills),
    backfills,
    sweeps: sweepReader(client, taskQueue, queries),
    intervals: intervalReader(client, taskQueue, backfills),
    reached: (ask, mostMs) => reached(client, ask, mostMs),
    settled: () => queries.settled(),
  };
}
