/** The run of one interval, or of a chunk: as a workflow of its own, or as activities of the backfill's. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  executeChild,
  getExternalWorkflowHandle,
  proxyActivities,
  proxyLocalActivities,
  type WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import type { KedroActivities } from '../activities/index.ts';
import { type RunReport, saveVersionOf } from '../src/core/index.ts';
import {
  carryPlaces,
  handedOn,
  type IndexSet,
  type Interval,
  indexesOf,
  intervalAt,
  type Outcome,
  runIntervalOf,
} from '../src/planner/index.ts';
import type { Backfill } from './backfill-state.ts';
import type { Carry } from './backfill-words.ts';
import { type Carried, runParts } from './job-parts.ts';
import type { DurableRunOptions } from './options.ts';
import { runIntervals } from './run-intervals.ts';
import { type JobSummary, runJob, summaryOf } from './run-job.ts';

/** How one interval ended. */
export interface IntervalEnd extends Outcome {
  index: number;
  message?: string;
  carried?: Carried;
}

/** How a unit ended; a report is of its one interval, which has succeeded. */
export type UnitEnd = IntervalEnd | IntervalEnd[] | RunReport;

/** The same, interval by interval. */
export function endsOf(own: Backfill, set: IndexSet, end: UnitEnd): IntervalEnd[] {
  if (Array.isArray(end)) return end;
  if (!('saveVersion' in end)) return [end];
  return [succeeded(set[0]?.[0] ?? 0, summaryOf(end, keepOf(own).keep?.output))];
}

/**
 * Runs the intervals of `set`, and says of each how it ended. Throws why, where it holds for all of them. As few promises as
 * can be: the sandbox writes down where each was made.
 */
export function runUnit(own: Backfill, set: IndexSet): Promise<UnitEnd> {
  if ((own.input.chunk ?? 1) > 1) return runChunk(own, set);
  const interval = intervalAt(own.plan, set[0]?.[0] ?? 0);
  return own.input.granularity === 'activity' ? runHere(own, interval) : runChild(own, interval);
}

async function runChild(own: Backfill, interval: Interval): Promise<IntervalEnd> {
  const { job, keepsCompleted } = own.input;
  const reuse: WorkflowIdReusePolicy = keepsCompleted === true ? 'ALLOW_DUPLICATE_FAILED_ONLY' : 'ALLOW_DUPLICATE';
  const carried = own.input.carry === undefined ? undefined : await carriedInto(own, interval.index);
  try {
    const summary = (await executeChild(runJob, {
      workflowId: runIdOf(own, interval),
      workflowIdReusePolicy: reuse,
      ...(own.input.priority === undefined ? {} : { priority: own.input.priority }),
      args: [
        {
          job,
          interval: runIntervalOf(own.plan, interval),
          returns: 'summary',
          options: optionsOf(own),
          ...(carried === undefined ? {} : { carried }),
          ...keepOf(own),
        },
      ],
    })) as JobSummary;
    return succeeded(interval.index, summary);
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return await meet(own, interval);
    throw error;
  }
}

function runHere(own: Backfill, interval: Interval): Promise<RunReport> {
  if (own.input.carry === undefined) return runPartsHere(own, interval, undefined);
  return carriedInto(own, interval.index).then((carried) => runPartsHere(own, interval, carried));
}

function runPartsHere(
  own: Backfill,
  interval: Interval,
  carried: (Carried & { part: string }) | undefined,
): Promise<RunReport> {
  const runId = runIdOf(own, interval);
  const { keep } = keepOf(own);
  return runParts({
    job: own.input.job,
    interval: runIntervalOf(own.plan, interval),
    runId,
    saveVersion: saveVersionOf(Date.now(), runId),
    options: optionsOf(own),
    carried,
    keep,
    isBrief: true,
  });
}

async function runChunk(own: Backfill, set: IndexSet): Promise<IntervalEnd[]> {
  const intervals = [...indexesOf(set)].map((index) => intervalAt(own.plan, index));
  const [first, last] = [intervals.at(0), intervals.at(-1)];
  const outcomes = await executeChild(runIntervals, {
    workflowId: `${own.input.job.name}/${first?.key}--${last?.key}`,
    ...(own.input.priority === undefined ? {} : { priority: own.input.priority }),
    args: [
      {
        job: own.input.job,
        intervals: intervals.map((interval) => runIntervalOf(own.plan, interval)),
        stopsAtFailure: own.input.dependsOnPast === true,
        options: optionsOf(own),
      },
    ],
  });
  const byKey = new Map(outcomes.map((outcome) => [outcome.key, outcome]));
  return intervals.flatMap(({ key, index }): IntervalEnd[] => {
    const outcome = byKey.get(key);
    // Not run, as one before it failed: it stays open.
    if (outcome === undefined) return [];
    const { error } = outcome;
    if (error === undefined) return [{ index, state: 'succeeded', reason: 'RAN' }];
    return [{ index, state: 'failed', reason: error.code, message: error.message }];
  });
}

/** An interval whose id is taken: it ran since the plan was made, or is running now. */
async function meet(own: Backfill, interval: Interval): Promise<IntervalEnd> {
  const { index } = interval;
  const runId = runIdOf(own, interval);
  const local = proxyLocalActivities<KedroActivities>({ startToCloseTimeout: '10 seconds' });
  const { state } = await local['kedro.otherRun']({ runId });
  if (state === 'succeeded') return { index, state: 'skipped', reason: 'COMPLETED' };
  // It has ended since: its id is free.
  if (state !== 'running') return await runChild(own, interval);
  const policy = own.input.ifRunning ?? 'join';
  if (policy === 'skip') return { index, state: 'skipped', reason: 'RUNNING_ELSEWHERE' };
  if (policy === 'replace') await getExternalWorkflowHandle(runId).cancel();
  const waiting = proxyActivities<KedroActivities>({
    startToCloseTimeout: '1 minute',
    retry: { initialInterval: '500 milliseconds', backoffCoefficient: 1.3, maximumInterval: '15 seconds' },
  });
  const [other] = await waiting['kedro.awaitRuns']({ runIds: [runId], anyEnd: true });
  if (policy === 'replace') return await runChild(own, interval);
  if (other?.state === 'succeeded') return { index, state: 'succeeded', reason: 'JOINED' };
  const message = `The run that was joined ended: ${other?.message ?? 'unknown'}.`;
  if (other?.state === 'cancelled') return { index, state: 'cancelled', reason: 'RUN_CANCELLED', message };
  return { index, state: 'failed', reason: 'RUN_FAILED', message };
}

function succeeded(index: number, { carried }: JobSummary): IntervalEnd {
  return { index, state: 'succeeded', reason: 'RAN', ...(carried === undefined ? {} : { carried }) };
}

/** The value for an interval's run, under the name of the dataset that takes it. */
async function carriedInto(own: Backfill, index: number): Promise<(Carried & { part: string }) | undefined> {
  const { carry } = own.input;
  if (carry === undefined || index === 0) return undefined;
  const { output, dataset } = carry;
  const found = own.carried?.index === index - 1 ? own.carried : await carriedBefore(own, index - 1, carry);
  const { into } = carryPlaces(own.input.job.parts, carry);
  return { part: into, ...handedOn({ outputs: found.values, references: found.references }, output, dataset) };
}

// The interval before was not run by this backfill: its own run still knows.
async function carriedBefore(own: Backfill, index: number, { output }: Carry): Promise<Carried> {
  const runId = runIdOf(own, intervalAt(own.plan, index));
  const activities = proxyActivities<KedroActivities>({
    startToCloseTimeout: '1 minute',
    retry: { maximumAttempts: 5 },
  });
  return await activities['kedro.outputOf']({ runId, output });
}

function keepOf({ input: { carry, job } }: Backfill): { keep?: { part: string; output: string } } {
  if (carry === undefined) return {};
  return { keep: { part: carryPlaces(job.parts, carry).from, output: carry.output } };
}

function optionsOf({ input: { priority } }: Backfill): DurableRunOptions {
  return priority === undefined ? {} : { priority };
}

function runIdOf({ input: { job } }: Backfill, { key }: Interval): string {
  return `${job.name}/${key}`;
}
