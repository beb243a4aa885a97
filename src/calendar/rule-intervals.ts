/** Single intervals of a rule, without a plan: which one a scheduled run is for, which ones another job waits for. */
import { Temporal } from 'temporal-polyfill';
import { PipelineError } from '../core/index.ts';
import { boundsIn, type Interval, isoInstant } from '../planner/index.ts';
import { type IntervalRule, readRule } from './rules.ts';
import { lastBounds, startAfter, startBefore, startOfKey, tilingBetween } from './starts.ts';

/** An interval that is not counted by a plan. Instants are ISO 8601, UTC. */
export type RuleInterval = Omit<Interval, 'index'>;

/**
 * The last interval that has ended at or before an instant: what a run scheduled for then is for. Undefined when there is
 * none, before the first of a list. Throws `RANGE_INVALID`.
 */
export function lastIntervalBefore(rule: IntervalRule, instantIso: string): RuleInterval | undefined {
  const read = readRule(rule);
  const bounds = lastBounds(read, instantOf(instantIso));
  if (bounds === undefined) return undefined;
  const [start, end] = bounds;
  return { key: tilingBetween(read, start, end).keyOf(start), start: isoInstant(start), end: isoInstant(end) };
}

/**
 * Every interval of a rule that overlaps `[from, to)`: those that lie in it, the one that covers it, and those that reach into
 * it from outside. What the calendar leaves out is not there. Throws `RANGE_INVALID`.
 */
export function intervalsBetween(rule: IntervalRule, fromIso: string, toIso: string): RuleInterval[] {
  const read = readRule(rule);
  const [from, to] = [instantOf(fromIso), instantOf(toIso)];
  const first = startBefore(read, from + 1)?.start ?? from;
  const last = startAfter(read, to - 1)?.start ?? to;
  const tiling = tilingBetween(read, first, last);
  const found: RuleInterval[] = [];
  for (const [start, end] of boundsIn(tiling, read.daysOff, first, last)) {
    if (start < to && end > from)
      found.push({ key: tiling.keyOf(start), start: isoInstant(start), end: isoInstant(end) });
  }
  return found;
}

/**
 * The first boundary after an instant, ISO 8601, UTC: where the interval that holds the instant ends. The calendar moves no
 * boundary. Undefined after the end of a list. Throws `RANGE_INVALID`.
 */
export function nextBoundaryAfter(rule: IntervalRule, instantIso: string): string | undefined {
  const next = startAfter(readRule(rule), instantOf(instantIso));
  return next === undefined ? undefined : isoInstant(next.start);
}

/** The interval with a key, or undefined when the rule has none of that name or its calendar leaves it out. */
export function intervalOfKey(rule: IntervalRule, key: string): RuleInterval | undefined {
  const read = readRule(rule);
  const start = startOfKey(read, key);
  const end = start === undefined ? undefined : startAfter(read, start)?.start;
  if (start === undefined || end === undefined) return undefined;
  for (const _ of boundsIn(tilingBetween(read, start, end), read.daysOff, start, end)) {
    return { key, start: isoInstant(start), end: isoInstant(end) };
  }
  return undefined;
}

function instantOf(iso: string): number {
  try {
    return Temporal.Instant.from(iso).epochMilliseconds;
  } catch (cause) {
    throw new PipelineError('RANGE_INVALID', `"${iso}" is no instant. Give one like 2015-01-31T06:00:00Z.`, { cause });
  }
}
