/** A backfill's plan by what the server knows, and whether it still holds. */
import type { Client } from '@temporalio/client';
import { type BackfillOptions, type BackfillPlan, type FindExisting, makePlan } from '../backfill/index.ts';
import { PipelineError } from '../core/index.ts';
import { type IndexSet, indexesOf, intersect, intervalAt, sizeOf, subtract, union } from '../planner/index.ts';
import { pastRuns } from './past-runs.ts';

/** Makes a plan. Reads from the server, and changes nothing there. */
export async function planBackfill(
  client: Client,
  options: BackfillOptions,
  findExisting: FindExisting,
): Promise<BackfillPlan> {
  return await makePlan(options, ({ job, plan }) => pastRuns(client, job.name, plan), findExisting);
}

/** Throws `PLAN_DRIFTED` with what has changed since, where the plan would not be made again. */
export function checkDrift(before: BackfillPlan, now: BackfillPlan): void {
  if (before.hash === now.hash) return;
  throw new PipelineError(
    'PLAN_DRIFTED',
    `The plan ${before.hash} does not hold any more: ${driftOf(before, now)}. Plan again, look at it, and apply that one (${now.hash}).`,
    { details: { before: before.hash, now: now.hash } },
  );
}

function driftOf(before: BackfillPlan, now: BackfillPlan): string {
  if (before.input.plan.hash !== now.input.plan.hash) return 'it has other intervals';
  const out = (plan: BackfillPlan) => union(...Object.values(plan.skipped));
  const gone = subtract(out(now), out(before));
  const come = subtract(out(before), out(now));
  const told = [
    tellKeys(now, gone, 'would be left out now'),
    tellKeys(now, come, 'would run now'),
    ...(gone.length + come.length === 0 ? ['what each run does, or a reason to leave one out, has changed'] : []),
  ];
  return told.filter((each) => each !== undefined).join('; ');
}

function tellKeys({ input }: BackfillPlan, set: IndexSet, what: string): string | undefined {
  const size = sizeOf(set);
  if (size === 0) return undefined;
  const first = [...indexesOf(intersect(set, set.slice(0, 3)))]
    .slice(0, 3)
    .map((index) => intervalAt(input.plan, index).key);
  return `${first.join(', ')}${size > first.length ? ` and ${size - first.length} more` : ''} ${what}`;
}
