/**
 * Backfills as they stand. One that runs is asked by a query, one that has ended tells by its result, once; one that has no
 * worker to answer is of unknown phase, with what was known of it last.
 */
import type { Client } from '@temporalio/client';
import type { BackfillInput, BackfillProgress, BackfillReport } from '../../workflows/index.ts';
import { checkJobName } from '../backfill/index.ts';
import type { IntervalRule } from '../calendar/index.ts';
import { countOutcomes, type FrozenPlan, type IndexSet, NO_OUTCOMES, type Outcomes } from '../planner/index.ts';
import { boundedMap } from './bounded-map.ts';
import { type Execution, executionOfType, newestExecutions, quoted } from './executions.ts';
import { firstInput } from './history-words.ts';
import { type Pace, paceMemory } from './paces.ts';
import { type Answered, type Queries, RECENT_MS } from './queries.ts';
import { askedWorkflow, reached } from './server-calls.ts';

/** A backfill. Instants are ISO 8601, UTC. */
export interface BackfillStanding {
  id: string;
  job: string;
  /** `unknown`: no worker answers. */
  phase: BackfillProgress['phase'] | 'unknown';
  /** Why it is paused or closing, or how it ended where Temporal itself has ended it. */
  why?: string;
  /** Names of the job's parts. */
  parts: string[];
  /** How its job divides time. */
  rule: IntervalRule | undefined;
  /** What the indexes below mean. */
  plan: FrozenPlan;
  outcomes: Outcomes;
  running: IndexSet;
  concurrency: number;
  /** Fewer than `concurrency` while live runs are late. */
  allowed: number;
  startedAt: string;
  endedAt?: string;
  failures: BackfillProgress['failures'];
  /** Intervals that ended, skipped ones left out, per second, of late. */
  rate?: number;
  leftMs?: number;
}

/** Reads backfills of a task queue. Each call throws `SERVER_UNREACHABLE`. */
export interface BackfillReader {
  /** Newest first, at most `limit`; those of one job, or all. Throws `REQUEST_INVALID` for what is no name of a job. */
  list(options?: { job?: string; limit?: number }): Promise<BackfillStanding[]>;
  /** Throws `RUN_NOT_FOUND`. `progress`: as it has just been answered, by a control, say. */
  one(id: string, progress?: BackfillProgress): Promise<BackfillStanding>;
  /** The one of a listed execution. */
  of(execution: Execution): Promise<BackfillStanding>;
}

const MOST_KNOWN = 1000;

interface Memory {
  readonly client: Client;
  /** By Temporal's run id: those that have ended. */
  readonly ended: Map<string, BackfillStanding>;
  /** By Temporal's run id. */
  readonly inputs: Map<string, BackfillInput>;
  readonly queries: Queries;
  readonly pace: (id: string, pace: Pace) => number | undefined;
}

/** Makes a reader. */
export function backfillReader(client: Client, taskQueue: string, queries: Queries): BackfillReader {
  const memory: Memory = {
    client,
    ended: boundedMap(MOST_KNOWN),
    inputs: boundedMap(MOST_KNOWN),
    queries,
    pace: paceMemory(),
  };
  return {
    async list({ job, limit = 100 } = {}) {
      if (job !== undefined) checkJobName(job);
      const ofJob = job === undefined ? '' : ` AND WorkflowId STARTS_WITH ${quoted(`${job}/backfill/`)}`;
      const query = `TaskQueue = ${quoted(taskQueue)} AND WorkflowType = 'backfill'${ofJob}`;
      const found = await newestExecutions(client, query, limit);
      return await Promise.all(found.map((each) => standingOf(memory, each)));
    },
    async one(id, progress) {
      const execution = await executionOfType(client, id, 'backfill');
      if (progress !== undefined) queries.note(execution, 'progress', progress);
      return await standingOf(memory, execution, progress);
    },
    of: (execution) => standingOf(memory, execution),
  };
}

async function standingOf(memory: Memory, execution: Execution, given?: BackfillProgress): Promise<BackfillStanding> {
  const { runId, status } = execution;
  const known = memory.ended.get(runId);
  if (known !== undefined) return known;
  if (status === 'COMPLETED') {
    const standing = await readEnded(memory, execution);
    memory.ended.set(runId, standing);
    return standing;
  }
  const told =
    given === undefined
      ? await memory.queries.ask<BackfillProgress>(execution, 'progress')
      : { answer: given, at: Date.now() };
  const standing = ofProgress(memory, execution, await inputOf(memory, execution, told?.answer), told);
  const { closeTime } = execution;
  // An answer from after its end is its last.
  if (closeTime !== undefined && standing.phase === 'ended') memory.ended.set(runId, standing);
  return standing;
}

async function readEnded({ client }: Memory, execution: Execution): Promise<BackfillStanding> {
  const { workflowId, runId } = execution;
  const report = await reached(client, () =>
    client.workflow.result<() => Promise<BackfillReport>>(workflowId, runId, { followRuns: false }),
  );
  const [{ concurrency, job }] = (await firstInput(client, workflowId, runId)) as [BackfillInput];
  const endedMs = Date.parse(report.startedAt) + report.durationMs;
  const rate = rateOf(report.outcomes, report.durationMs);
  return {
    id: workflowId,
    job: report.job,
    phase: 'ended',
    parts: job.parts.map(({ name }) => name),
    rule: job.rule,
    plan: report.intervals,
    outcomes: report.outcomes,
    running: [],
    concurrency,
    allowed: concurrency,
    startedAt: report.startedAt,
    endedAt: new Date(endedMs).toISOString(),
    failures: report.failures,
    ...(rate === undefined ? {} : { rate }),
  };
}

/** What an execution was started with; its plan grows where it goes on until live. */
async function inputOf(
  memory: Memory,
  { workflowId, runId }: Execution,
  progress: BackfillProgress | undefined,
): Promise<BackfillInput> {
  const { client, inputs } = memory;
  let input = inputs.get(runId) ?? ((await firstInput(client, workflowId, runId)) as [BackfillInput])[0];
  if (progress !== undefined && progress.total !== input.plan.count) {
    input = (await askedWorkflow<BackfillInput>(client, { workflowId, runId }, 'input')) ?? input;
  }
  inputs.set(runId, input);
  return input;
}

function ofProgress(
  memory: Memory,
  { workflowId, status, startTime, closeTime }: Execution,
  input: BackfillInput,
  answered: Answered<BackfillProgress> | undefined,
): BackfillStanding {
  const told = answered?.answer;
  const hasEnded = closeTime !== undefined;
  const phase = phaseOf(answered, closeTime);
  const why = hasEnded ? status : told?.why;
  const { plan, concurrency, job, state } = input;
  const outcomes = told?.outcomes ?? state?.course.outcomes ?? NO_OUTCOMES;
  const startedMs = told?.startedAt ?? state?.startedAt ?? startTime.getTime();
  const rate =
    phase === 'open'
      ? memory.pace(workflowId, paceOf(outcomes, state === undefined ? startedMs : undefined))
      : undefined;
  const left = plan.count - ended(outcomes) - countOutcomes(outcomes).skipped;
  return {
    id: workflowId,
    job: job.name,
    phase,
    ...(why === undefined ? {} : { why }),
    parts: job.parts.map(({ name }) => name),
    rule: job.rule,
    plan,
    outcomes,
    running: hasEnded ? [] : (told?.running ?? []),
    concurrency: told?.concurrency ?? concurrency,
    allowed: told?.allowed ?? concurrency,
    startedAt: new Date(startedMs).toISOString(),
    ...(closeTime === undefined ? {} : { endedAt: closeTime.toISOString() }),
    failures: told?.failures ?? [],
    ...(rate === undefined ? {} : { rate }),
    ...(rate === undefined || rate === 0 ? {} : { leftMs: Math.round((left / rate) * 1000) }),
  };
}

// What has ended says its last word at any time after.
function phaseOf(
  answered: Answered<BackfillProgress> | undefined,
  closeTime: Date | undefined,
): BackfillStanding['phase'] {
  const since = closeTime?.getTime() ?? Date.now() - RECENT_MS;
  if (answered === undefined || answered.at <= since) return 'unknown';
  return closeTime === undefined ? answered.answer.phase : 'ended';
}

// One that goes on from another has ended some already when it starts.
function paceOf(outcomes: Outcomes, startedAt: number | undefined): Pace {
  return { at: Date.now(), ended: ended(outcomes), ...(startedAt === undefined ? {} : { startedAt }) };
}

function rateOf(outcomes: Outcomes, durationMs: number): number | undefined {
  return durationMs > 0 ? (ended(outcomes) * 1000) / durationMs : undefined;
}

function ended(outcomes: Outcomes): number {
  const { succeeded, failed, cancelled } = countOutcomes(outcomes);
  return succeeded + failed + cancelled;
}
