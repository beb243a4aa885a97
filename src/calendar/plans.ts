import { PipelineError, suggestion } from '../core/index.ts';
import { EVERY, type Every, type FrozenPlan, freezePlan, isoInstant, keyOf, unitOf } from '../planner/index.ts';
import { boundInstant } from './bounds.ts';
import { runsBetween, segmentsOf } from './tilings.ts';
import { checkTimeZone, tzdataVersion } from './zones.ts';

/** A range and the rule that divides it, in people's words. */
export interface IntervalOptions {
  /** One interval an hour, day, ISO week (from Monday) or month of the zone's local clock. */
  every: Every;
  /**
   * Where the first interval starts: a year, month, ISO week, day or hour (`2015`, `2015-01`, `2015-W05`, `2015-01-31`,
   * `2015-01-31T06`), a local time (`2015-01-31T06:00`) or an instant (`2015-01-31T06:00Z`, `2015-01-31T06:00+01:00`).
   */
  from: string;
  /** Where the last interval ends, itself not part of the range; written as `from` is. */
  to: string;
  /** An IANA name. Default: `UTC`. */
  timeZone?: string;
}

/**
 * Divides a range into intervals and freezes the result: the plan holds its instants and keys, and reading it needs no
 * zone data. Throws `RANGE_INVALID`, `INTERVAL_BOUND_UNCLEAR` (a bound on which no interval starts: the message has the
 * nearest ones on both sides) or `TIME_ZONE_UNKNOWN`.
 */
export function planIntervals({ every, from, to, timeZone = 'UTC' }: IntervalOptions): FrozenPlan {
  if (!EVERY.includes(every)) {
    throw new PipelineError('RANGE_INVALID', `There are no intervals every "${every}".${suggestion(every, EVERY)}`);
  }
  const zone = checkTimeZone(timeZone);
  const start = boundInstant({ name: 'from', text: from, timeZone: zone }, every);
  const end = boundInstant({ name: 'to', text: to, timeZone: zone }, every);
  const runs = start < end ? runsBetween(every, zone, start, end) : [];
  const [first] = runs;
  if (first === undefined) {
    throw new PipelineError(
      'RANGE_INVALID',
      `The range from "${from}" (${isoInstant(start)}) to "${to}" (${isoInstant(end)}) holds no interval: to must be later than from, and is itself not part of the range.`,
      { details: { from, to, timeZone: zone } },
    );
  }
  return freezePlan({
    version: 1,
    every,
    timeZone: zone,
    tzdata: tzdataVersion(),
    start: isoInstant(start),
    end: isoInstant(end),
    firstKey: keyOf(unitOf(every), first.ordinal, first.twice ? first.offset : undefined),
    segments: segmentsOf(runs),
    count: runs.reduce((count, run) => count + run.count, 0),
  });
}
