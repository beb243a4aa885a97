/** Which intervals of a plan have all of their outputs already. Asked of the workers: the data may be where only they are. */
import { proxyActivities } from '@temporalio/workflow';
import type { KedroActivities } from '../activities/index.ts';
import {
  type FrozenPlan,
  type IndexSet,
  indexesOf,
  indexSetOf,
  intervalAt,
  intervalParamsOf,
  runIntervalOf,
} from '../src/planner/index.ts';
import type { Job } from './job.ts';
import { activityOptionsOf } from './options.ts';

/** The argument of {@link existingIntervals}. */
export interface ExistingIntervalsInput {
  job: Job;
  plan: FrozenPlan;
  /** The intervals to look at. */
  among: IndexSet;
}

const BATCH = 200;
const AT_ONCE = 4;

/** Returns the intervals of which every persisted output is there. */
export async function existingIntervals({ job, plan, among }: ExistingIntervalsInput): Promise<IndexSet> {
  const activities = proxyActivities<KedroActivities>({
    ...activityOptionsOf(job.run),
    startToCloseTimeout: '10 minutes',
  });
  const left = [...indexesOf(among)];
  const existing: number[] = [];
  const lane = async () => {
    for (let batch = left.splice(0, BATCH); batch.length > 0; batch = left.splice(0, BATCH)) {
      const have = await activities['kedro.haveOutputs']({
        requests: job.parts.map(({ request }) => request),
        runtimeParams: batch.map((index) => intervalParamsOf(job, runIntervalOf(plan, intervalAt(plan, index)))),
      });
      existing.push(...batch.filter((_, i) => have[i] === true));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return indexSetOf(existing);
}
