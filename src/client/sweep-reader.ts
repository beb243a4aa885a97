/** Sweeps as they stand; as with backfills, one without a worker is of unknown phase. */
import type { Client } from '@temporalio/client';
import type { SweepInput, SweepProgress, SweepReport, SweepState } from '../../workflows/index.ts';
import { pointsOf, type Reduced, type ReducedPoint, resultsOf, type TopPoint } from '../planner/index.ts';
import { boundedMap } from './bounded-map.ts';
import { type Execution, executionOfType, newestExecutions, quoted } from './executions.ts';
import { firstInput } from './history-words.ts';
import { type Answered, type Queries, RECENT_MS } from './queries.ts';
import { reached } from './server-calls.ts';

/** A sweep in a list. Instants are ISO 8601, UTC. */
export interface ListedSweep {
  id: string;
  /** `unknown`: no worker answers. */
  phase: SweepProgress['phase'] | 'unknown';
  /** How it ended, where it has. */
  state?: SweepReport['state'] | 'failed';
  startedAt: string;
  endedAt?: string;
}

/** A sweep. */
export interface SweepStanding extends ListedSweep {
  input: SweepInput;
  total: number;
  succeeded: number;
  failed: number;
  running: number;
  /** Of one that has ended. */
  notRun?: number;
  /** Points that ended per second. */
  rate: number;
  failures: SweepProgress['failures'];
  /** By the names of the reducers, as far as they have seen points. */
  reduced: Record<string, Reduced>;
  /** Points that its lists of best points hold, by index. */
  best: ReducedPoint[];
  /** Folder of the rows, relative to the project where it is inside. */
  rows?: string;
}

/** Reads sweeps of a task queue. Each call throws `SERVER_UNREACHABLE`. */
export interface SweepReader {
  /** Newest first, at most `limit`, 100 by default. */
  list(limit?: number): Promise<ListedSweep[]>;
  /** Throws `RUN_NOT_FOUND`. `progress`: as it has just been answered, by a control, say. */
  one(id: string, progress?: SweepProgress): Promise<SweepStanding>;
}

const MOST_KNOWN = 100;

/** Makes a reader. */
export function sweepReader(client: Client, taskQueue: string, queries: Queries): SweepReader {
  const ended = boundedMap<string, SweepStanding>(MOST_KNOWN);
  const inputs = boundedMap<string, SweepInput>(MOST_KNOWN);
  const phases = boundedMap<string, ListedSweep>(10 * MOST_KNOWN);
  return {
    async list(limit = 100) {
      const query = `TaskQueue = ${quoted(taskQueue)} AND WorkflowType = 'sweep'`;
      const found = await newestExecutions(client, query, limit);
      return await Promise.all(found.map((each) => listedOf(client, queries, each, phases)));
    },
    async one(id, progress) {
      const execution = await executionOfType(client, id, 'sweep');
      if (progress !== undefined) queries.note(execution, 'progress', progress);
      const known = ended.get(execution.runId);
      if (known !== undefined) return known;
      const standing = await standingOf(client, queries, execution, inputs);
      if (standing.phase === 'ended') ended.set(execution.runId, standing);
      return standing;
    },
  };
}

async function listedOf(
  client: Client,
  queries: Queries,
  execution: Execution,
  known: Map<string, ListedSweep>,
): Promise<ListedSweep> {
  const { runId, status, closeTime } = execution;
  const before = known.get(runId);
  if (before !== undefined) return before;
  if (closeTime === undefined) {
    const told = await queries.ask<SweepProgress>(execution, 'progress');
    return listed(execution, recentIn(told)?.phase ?? 'unknown');
  }
  const report = status === 'COMPLETED' ? await reportOf(client, execution) : undefined;
  const sweep = listed(execution, 'ended', report);
  known.set(runId, sweep);
  return sweep;
}

function listed(
  { workflowId, status, startTime, closeTime }: Execution,
  phase: ListedSweep['phase'],
  report?: SweepReport,
): ListedSweep {
  const isByTemporal = status === 'CANCELLED' || status === 'TERMINATED';
  const state = report?.state ?? (isByTemporal ? 'cancelled' : 'failed');
  return {
    id: workflowId,
    phase,
    ...(closeTime === undefined ? {} : { state }),
    startedAt: report?.startedAt ?? startTime.toISOString(),
    ...(closeTime === undefined ? {} : { endedAt: closeTime.toISOString() }),
  };
}

async function reportOf(client: Client, { workflowId, runId }: Execution): Promise<SweepReport> {
  return await reached(client, () =>
    client.workflow.result<() => Promise<SweepReport>>(workflowId, runId, { followRuns: false }),
  );
}

async function standingOf(
  client: Client,
  queries: Queries,
  execution: Execution,
  inputs: Map<string, SweepInput>,
): Promise<SweepStanding> {
  const { workflowId, runId, status } = execution;
  const input = inputs.get(runId) ?? ((await firstInput(client, workflowId, runId)) as [SweepInput])[0];
  inputs.set(runId, input);
  if (status === 'COMPLETED') return ofReport(execution, input, await reportOf(client, execution));
  const [progress, state] = await Promise.all([
    queries.ask<SweepProgress>(execution, 'progress'),
    queries.ask<SweepState>(execution, 'state'),
  ]);
  return ofProgress(execution, input, recentIn(progress), state?.answer ?? input.state);
}

function ofReport(execution: Execution, input: SweepInput, report: SweepReport): SweepStanding {
  const { total, succeeded, failed, notRun, failures, reduced, rows, durationMs } = report;
  return {
    ...listed(execution, 'ended', report),
    input,
    total,
    succeeded,
    failed,
    running: 0,
    notRun,
    rate: durationMs > 0 ? ((succeeded + failed) * 1000) / durationMs : 0,
    failures,
    reduced,
    best: bestPoints(input, reduced),
    ...(rows === undefined ? {} : { rows }),
  };
}

function ofProgress(
  execution: Execution,
  input: SweepInput,
  progress: SweepProgress | undefined,
  state: SweepState | undefined,
): SweepStanding {
  const hasEnded = execution.closeTime !== undefined;
  const reduced = resultsOf(input.reduce ?? {}, state?.states ?? {});
  const { succeeded = 0, failed = 0, rows } = state ?? {};
  const total = progress?.total ?? pointsOf(input.points, execution.workflowId).count;
  const phase = hasEnded ? 'ended' : (progress?.phase ?? 'unknown');
  return {
    // What ended without a report, and cannot be asked, may be asked later.
    ...listed(execution, progress === undefined ? 'unknown' : phase),
    ...(progress === undefined ? {} : { startedAt: new Date(progress.startedAt).toISOString() }),
    input,
    total,
    succeeded: progress?.succeeded ?? succeeded,
    failed: progress?.failed ?? failed,
    running: hasEnded ? 0 : (progress?.running ?? 0),
    ...(hasEnded ? { notRun: total - succeeded - failed } : {}),
    rate: progress?.rate ?? 0,
    failures: progress?.failures ?? state?.failures ?? [],
    reduced,
    best: bestPoints(input, reduced),
    ...(rows === undefined ? {} : { rows }),
  };
}

function recentIn<T>(told: Answered<T> | undefined): T | undefined {
  return told !== undefined && Date.now() - told.at < RECENT_MS ? told.answer : undefined;
}

/** The points of all lists of best points, each once, with the metrics that are known of it. */
function bestPoints({ reduce = {} }: SweepInput, reduced: Record<string, Reduced>): ReducedPoint[] {
  const points = new Map<number, { index: number; params: TopPoint['params']; metrics: Record<string, number> }>();
  for (const [name, reducer] of Object.entries(reduce)) {
    const best = reduced[name];
    if (!('topK' in reducer) || !Array.isArray(best)) continue;
    for (const { index, params, value } of best) {
      const point = points.get(index) ?? { index, params, metrics: {} };
      point.metrics[reducer.topK.metric] = value;
      points.set(index, point);
    }
  }
  return [...points.values()].sort((a, b) => a.index - b.index);
}
