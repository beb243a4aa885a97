import { PipelineError } from '../core/index.ts';
import {
  boundsIn,
  type FrozenPlan,
  freezePlan,
  isoInstant,
  OFFSETS_MARGIN,
  packOffsets,
  tilingOf,
  unpackInstants,
} from '../planner/index.ts';
import { type BoundText, readBound, unclear } from './bounds.ts';
import { type ReadRule, type RuleOptions, readRule } from './rules.ts';
import { isStart, type Start, startAfter, startBefore, startOfKey } from './starts.ts';
import { offsetSpans, tzdataVersion } from './zones.ts';

/** A range and the rule that divides it, in people's words. */
export interface IntervalOptions extends RuleOptions {
  /**
   * Where the first interval starts: a key of the rule; a year, quarter, month, ISO week, day or hour (`2015`, `2015-Q1`,
   * `2015-01`, `2015-W05`, `2015-01-31`, `2015-01-31T06`), a local time (`2015-01-31T06:00`) or an instant
   * (`2015-01-31T06:00Z`, `2015-01-31T06:00+01:00`). For cron, a year, month or day stands for the first start in it.
   * Default, for a list only: its first start.
   */
  from?: string;
  /** Where the last interval ends, itself not part of the range; written as `from` is. Default, for a list only: its end. */
  to?: string;
}

/**
 * Divides a range into intervals and freezes the result: the plan holds its rule and what the clocks do, and reading it needs
 * no zone data. Throws `RANGE_INVALID`, `INTERVAL_BOUND_UNCLEAR` (a bound on which no interval starts: the message has the
 * nearest ones on both sides) or `TIME_ZONE_UNKNOWN`.
 */
export function planIntervals({ from, to, ...options }: IntervalOptions): FrozenPlan {
  const read = readRule(options);
  const { rule, rhythm, daysOff } = read;
  const start = boundInstant(read, 'from', from);
  const end = boundInstant(read, 'to', to);
  const [first, last] = [start - OFFSETS_MARGIN, end + OFFSETS_MARGIN];
  const spans = start < end ? offsetSpans(rule.timeZone, first, last) : [];
  const tiling = tilingOf(rhythm, rule.dst, spans);
  let count = 0;
  let firstKey = '';
  for (const [at] of start < end ? boundsIn(tiling, daysOff, start, end) : []) {
    if (count === 0) firstKey = tiling.keyOf(at);
    count += 1;
  }
  if (count === 0) throw nothingIn(read, start, end);
  return freezePlan({
    version: 2,
    every: 'list' in rhythm ? 'list' : rule.every,
    rhythm,
    timeZone: rule.timeZone,
    tzdata: tzdataVersion(),
    dst: rule.dst,
    ...(daysOff === undefined ? {} : { daysOff }),
    start: isoInstant(start),
    end: isoInstant(end),
    offsets: packOffsets(spans),
    firstKey,
    count,
  });
}

/** A bound of a range, which must be where an interval starts. */
function boundInstant(read: ReadRule, name: 'from' | 'to', text: string | undefined): number {
  const { rule, rhythm } = read;
  if (text === undefined && 'list' in rhythm) {
    const starts = unpackInstants(rhythm.list);
    return (name === 'from' ? starts[0] : starts.at(-1)) ?? 0;
  }
  if (text === undefined) {
    throw new PipelineError(
      'RANGE_INVALID',
      `The range of "${rule.every}" needs ${name}: where ${name === 'from' ? 'its first interval starts' : 'its last interval ends'}.`,
    );
  }
  const bound: BoundText = { name, text, timeZone: rule.timeZone };
  const instant = startOfKey(read, text) ?? readBound(bound)[0] ?? 0;
  if (isStart(read, instant)) return instant;
  // Who says a day of "0 6 * * *" means what starts in it: no tick need be at its midnight.
  const first = 'cron' in rhythm && !text.includes('T') ? startAfter(read, instant - 1) : undefined;
  if (first !== undefined) return first.start;
  const nearest = [startBefore(read, instant), startAfter(read, instant)];
  throw unclear(
    bound,
    `is ${isoInstant(instant)}, where no interval of ${'list' in rhythm ? 'the list' : `"${rule.every}"`} starts in ${rule.timeZone}. The nearest starts are ${nearest.map(startText).join(' and ')}.${anchorHint(read, text)}`,
    nearest.flatMap((each) => each?.key ?? []),
  );
}

function anchorHint({ rhythm }: ReadRule, text: string): string {
  const isSome = 'unit' in rhythm && (rhythm.step ?? 1) > 1;
  return isSome ? ` To count from there, give the rule an anchor: ${text.slice(0, 10)}.` : '';
}

function startText(start: Start | undefined): string {
  return start === undefined ? 'none' : `${start.key} (${isoInstant(start.start)})`;
}

function nothingIn({ rule, daysOff }: ReadRule, start: number, end: number): PipelineError {
  const why =
    start < end && daysOff !== undefined
      ? 'the calendar leaves all of it out.'
      : 'to must be later than from, and is itself not part of the range.';
  return new PipelineError(
    'RANGE_INVALID',
    `The range from ${isoInstant(start)} to ${isoInstant(end)} holds no interval: ${why}`,
    { details: { from: isoInstant(start), to: isoInstant(end), timeZone: rule.timeZone } },
  );
}
