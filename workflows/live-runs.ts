/** A backfill gives way to live runs: half as many runs at once each time some are late, one more each time none is. */
import { proxyLocalActivities, sleep } from '@temporalio/workflow';
import type { KedroActivities } from '../activities/index.ts';
import type { Backfill } from './backfill-state.ts';

const LOOK_EVERY_MS = 10_000;

/** Whether it is time to look at live runs. */
export function isTimeToLook({ input, lookedAt }: Backfill): boolean {
  return input.yields !== false && Date.now() - lookedAt >= LOOK_EVERY_MS;
}

/** Looks at live runs, and sets how many runs are allowed: at least one, so that it never starves. */
export async function giveWay(own: Backfill): Promise<void> {
  own.lookedAt = Date.now();
  const { concurrency } = own.course;
  const before = Math.min(own.allowed, concurrency);
  const late = await lookForLateRuns();
  const after =
    late > 0 ? Math.max(1, Math.floor(before / 2)) : Math.min(concurrency, before + Math.ceil(concurrency / 4));
  own.allowed = after >= concurrency ? Number.POSITIVE_INFINITY : after;
  own.version++;
  // While it holds back, nothing else may wake it for long.
  if (own.allowed < concurrency) {
    await sleep(LOOK_EVERY_MS);
    own.version++;
  }
}

// To know is a courtesy: a server that does not answer in time must not stop a backfill.
async function lookForLateRuns(): Promise<number> {
  const local = proxyLocalActivities<KedroActivities>({
    scheduleToCloseTimeout: '5 seconds',
    retry: { maximumAttempts: 1 },
  });
  try {
    return await local['kedro.lateRuns']();
  } catch {
    return 0;
  }
}
