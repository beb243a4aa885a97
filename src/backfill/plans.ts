/** A backfill before it starts: what would run, what would be left out and why, how long it may take; and a hash of it all. */
import type { BackfillInput } from '../../workflows/index.ts';
import type { JsonObject } from '../core/index.ts';
import {
  complement,
  hashJson,
  hasIndex,
  type IndexSet,
  intervalsOf,
  sizeOf,
  subtract,
  union,
} from '../planner/index.ts';
import { type BackfillOptions, backfillId, backfillInput, skipModes } from './options.ts';

/** What a backfill would do. Plain JSON; a few KB for 100,000 intervals. */
export interface BackfillPlan {
  /** Of everything below but the estimate: the same plan has the same hash. */
  hash: string;
  /** Id of the backfill that would run it. */
  id: string;
  job: string;
  total: number;
  /** How many would run. */
  toRun: number;
  /** Reason → indexes that would be left out: `COMPLETED`, `FAILED_BEFORE`, `EXISTS`. */
  skipped: Record<string, IndexSet>;
  /** Those that are running now. */
  running: IndexSet;
  estimate?: Estimate;
  /** What was asked for; its `to` is a date. */
  options: BackfillOptions;
  input: BackfillInput;
}

/** How long it may take, from the median of past runs. */
export interface Estimate {
  durationMs: number;
  /** How many past runs it is based on. */
  runs: number;
}

/** One line of a plan. */
export interface PlannedInterval {
  key: string;
  /** Workflow id and run id. */
  id: string;
  start: string;
  end: string;
  action: 'run' | 'skip' | 'join' | 'replace';
  /** Why it would not be run. */
  reason?: string;
}

/** Finds those whose outputs are there, among the ones that would run. */
export type FindExisting = (input: BackfillInput, among: IndexSet) => Promise<IndexSet>;

/** What is known of the runs that there were: the newest of each interval. */
export interface KnownRuns {
  succeeded: IndexSet;
  failed: IndexSet;
  running: IndexSet;
  /** Of runs that succeeded, milliseconds. */
  durations: number[];
}

/** Makes a plan of what is known. Changes nothing anywhere. */
export async function makePlan(
  options: BackfillOptions,
  findRuns: (input: BackfillInput) => Promise<KnownRuns>,
  findExisting: FindExisting,
): Promise<BackfillPlan> {
  const input = backfillInput(options);
  const { plan, job } = input;
  const modes = skipModes(options);
  const past = await findRuns(input);
  const skipped: Record<string, IndexSet> = {};
  if (modes.includes('completed')) skipped.COMPLETED = past.succeeded;
  if (modes.includes('failed')) skipped.FAILED_BEFORE = past.failed;
  if (modes.includes('existing')) {
    skipped.EXISTS = await findExisting(input, complement(union(...Object.values(skipped)), plan.count));
  }
  for (const [reason, set] of Object.entries(skipped)) if (set.length === 0) delete skipped[reason];
  const toRun = plan.count - sizeOf(union(...Object.values(skipped)));
  const running = subtract(past.running, union(...Object.values(skipped)));
  const full: BackfillInput = { ...input, skipped };
  return {
    hash: hashOf(full),
    id: backfillId(input),
    job: job.name,
    total: plan.count,
    toRun,
    skipped,
    running,
    ...estimateOf(past.durations, toRun, input),
    options: { ...options, ...(options.untilLive === undefined ? { to: options.to ?? plan.end } : {}) },
    input: full,
  };
}

/** The plan's intervals with what would become of each, made as they are asked for. */
export function* plannedIntervals({
  input,
  skipped,
  running,
}: BackfillPlan): Generator<PlannedInterval, void, undefined> {
  for (const { index, key, start, end } of intervalsOf(input.plan)) {
    const reason = Object.entries(skipped).find(([, set]) => hasIndex(set, index))?.[0];
    const policy = hasIndex(running, index) ? (input.ifRunning ?? 'join') : 'run';
    const action = reason === undefined ? policy : 'skip';
    const why = reason ?? (action === 'skip' ? 'RUNNING_ELSEWHERE' : undefined);
    yield { key, id: `${input.job.name}/${key}`, start, end, action, ...(why === undefined ? {} : { reason: why }) };
  }
}

function hashOf({ priority: _, ...input }: BackfillInput): string {
  return hashJson(JSON.parse(JSON.stringify(input)) as JsonObject);
}

function estimateOf(durations: readonly number[], toRun: number, input: BackfillInput): { estimate?: Estimate } {
  const sorted = durations.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  if (median === undefined) return {};
  const lanes = input.dependsOnPast === true || input.carry !== undefined ? 1 : input.concurrency;
  return { estimate: { durationMs: Math.ceil(toRun / lanes) * median, runs: sorted.length } };
}
