/** What workflows ask about time: their sandbox has no time-zone data. */
import { type IntervalRule, intervalsBetween, lastIntervalBefore, planIntervals } from '../src/calendar/index.ts';
import { PipelineError } from '../src/core/index.ts';
import type { FrozenPlan } from '../src/planner/index.ts';
import { awaitRuns } from './other-runs.ts';

/** What `kedro.awaitIntervals` waits for. */
export interface AwaitIntervalsInput {
  job: string;
  rule: IntervalRule;
  /** `same`: the interval with the same start and end. `within`: every interval inside. */
  how: 'same' | 'within';
  /** ISO 8601, UTC; left out by a run that is for no interval, which waits for the last one that has ended. */
  start?: string;
  end?: string;
}

/** The plan from `from` to the end of the last interval that has ended at `at`; null while none has. */
export async function planUntil({
  rule,
  from,
  at,
}: {
  rule: IntervalRule;
  from: string;
  at: string;
}): Promise<FrozenPlan | null> {
  const last = lastIntervalBefore(rule, at);
  if (last === undefined || last.end <= from) return null;
  return planIntervals({ ...rule, from, to: last.end });
}

/** Returns when the runs of another job's intervals have succeeded; fails retryably, `RUN_NOT_DONE`, until then. */
export async function awaitIntervals(input: AwaitIntervalsInput): Promise<void> {
  await awaitRuns({ runIds: keysOf(input).map((key) => `${input.job}/${key}`) });
}

function keysOf({ job, rule, how, start, end }: AwaitIntervalsInput): string[] {
  if (start === undefined || end === undefined) {
    const last = lastIntervalBefore(rule, new Date().toISOString());
    return last === undefined ? [] : [last.key];
  }
  const inside = intervalsBetween(rule, start, end).filter((each) => each.start >= start && each.end <= end);
  const [first] = inside;
  if (how === 'within' && first !== undefined) return inside.map(({ key }) => key);
  if (first !== undefined && first.start === start && first.end === end) return [first.key];
  throw new PipelineError(
    'RANGE_INVALID',
    `Job "${job}" has no interval from ${start} to ${end}, so there is none to wait for; say "interval: within" where its intervals are shorter.`,
  );
}
