/** Backfills and intervals as answers. */
import type { BackfillStanding, IntervalStanding } from '../../client/index.ts';
import { countOutcomes, intervalAt, sizeOf } from '../../planner/index.ts';
import type { BackfillView, JobIntervals } from '../api.ts';
import { redactedError } from '../redaction.ts';

export function backfillView(backfill: BackfillStanding, links: BackfillView['links']): BackfillView {
  const { id, job, phase, why, plan, outcomes, concurrency, allowed, startedAt, endedAt, rate, leftMs } = backfill;
  return {
    id,
    job,
    phase,
    ...(why === undefined ? {} : { why }),
    every: plan.every,
    first_key: plan.firstKey,
    last_key: plan.count === 0 ? plan.firstKey : intervalAt(plan, plan.count - 1).key,
    start: plan.start,
    end: plan.end,
    total: plan.count,
    ...countOutcomes(outcomes),
    running: sizeOf(backfill.running),
    concurrency,
    allowed,
    started_at: startedAt,
    ...(endedAt === undefined ? {} : { ended_at: endedAt }),
    ...(rate === undefined ? {} : { rate: rounded(rate) }),
    ...(leftMs === undefined ? {} : { left_ms: Math.round(leftMs / 1000) * 1000 }),
    failures: backfill.failures.map(redactedError),
    links,
  };
}

/** Three digits: an estimate that moves in the seventh is no news. */
export function rounded(rate: number): number {
  return Number(rate.toPrecision(3));
}

export function jobIntervals({ job, every, timeZone, span, states }: IntervalStanding): JobIntervals {
  return {
    job,
    every,
    time_zone: timeZone,
    start: span?.plan.start ?? '',
    end: span?.plan.end ?? '',
    keys: span === undefined ? [] : [...span.keys],
    starts: span === undefined ? [] : [...span.starts],
    states,
  };
}
