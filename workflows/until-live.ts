/**
 * Catching up with now, and handing over to the schedule.
 *
 * 1. The range grows until no interval has ended that it does not hold.
 * 2. Then the schedule runs again. An interval that ended between the last look and that moment is the schedule's no more
 *    and not yet: so the range grows once more, to the moment at which the schedule was running for sure.
 * 3. From there on both may want the same interval, and its one id lets only one of them run it: no gap, no overlap.
 */
import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { KedroActivities } from '../activities/index.ts';
import type { Backfill } from './backfill-state.ts';

/** Grows the range when there is more to run. False when there is not, and the schedule is running. */
export async function catchUp(own: Backfill): Promise<boolean> {
  const { untilLive, job } = own.input;
  if (untilLive === undefined || own.course.phase !== 'open') return false;
  if (await grow(own)) return true;
  if (own.isLive) return false;
  const activities = proxyActivities<KedroActivities>({ startToCloseTimeout: '30 seconds' });
  await activities['kedro.unpauseSchedule']({
    scheduleId: untilLive.scheduleId,
    note: `Backfill of ${job.name} has caught up to ${own.plan.end}.`,
  });
  own.isLive = true;
  return await catchUp(own);
}

async function grow(own: Backfill): Promise<boolean> {
  const { rule } = own.input.job;
  if (rule === undefined) return false;
  const local = proxyLocalActivities<KedroActivities>({ startToCloseTimeout: '30 seconds' });
  const plan = await local['kedro.planUntil']({ rule, from: own.plan.start, at: new Date(Date.now()).toISOString() });
  if (plan === null || plan.count <= own.plan.count) return false;
  own.plan = plan;
  own.version++;
  return true;
}
