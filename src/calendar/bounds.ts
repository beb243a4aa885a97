/**
 * The words for a bound of a range. A key of the rule stands for its interval's start. Any other year, quarter, month, ISO
 * week, day or hour stands for its first instant in the zone, whatever the clocks do there; a local time with minutes and an
 * instant stand for themselves. So every interval key is a bound.
 */
import { Temporal } from 'temporal-polyfill';
import { PipelineError } from '../core/index.ts';
import { type DstPolicy, EVERY, type Every, isoInstant, tilingOf, unitOf } from '../planner/index.ts';
import { localTime, offsetSpans } from './zones.ts';

/** A bound as it was written, and where. */
export interface BoundText {
  /** The option's name, for messages. */
  name: 'from' | 'to' | 'at';
  text: string;
  timeZone: string;
}

const DAY = 86_400_000;
const HOUR_WITH_OFFSET = /^\d{4}-\d\d-\d\dT\d\d[+-]\d{4}(?:\d\d)?$/;
const LOCAL_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d(?::\d\d(?::\d\d(?:\.\d{1,9})?)?)?(?:Z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)$/;

/**
 * The instant of a bound, in milliseconds since the epoch; with a policy none or several. Throws `RANGE_INVALID` for a text
 * that is no date and, without a policy, `INTERVAL_BOUND_UNCLEAR` for a local time that does not exist or comes twice.
 */
export function readBound(bound: BoundText, dst?: DstPolicy): number[] {
  const text = String(bound.text);
  for (const every of EVERY) {
    const ordinal = unitOf(every).ordinalOf(text);
    if (ordinal !== undefined) return unitInstants(bound, every, unitOf(every).localStart(ordinal), dst);
  }
  if (HOUR_WITH_OFFSET.test(text)) return [hourInstant(bound)];
  if (LOCAL_TIME.test(text)) return localInstants(bound, dst);
  if (INSTANT.test(text)) return [parsed(bound, () => Temporal.Instant.from(text).epochMilliseconds)];
  throw notADate(bound);
}

/** The error of a bound that is a date and yet not to be used; `nearest` are bounds that are. */
export function unclear({ name, text, timeZone }: BoundText, why: string, nearest: string[]): PipelineError {
  return new PipelineError('INTERVAL_BOUND_UNCLEAR', `The bound ${name} "${text}" ${why}`, {
    details: { bound: name, value: text, timeZone, nearest },
  });
}

/** The first instant of a unit, or of what comes after one that the clocks jump over. */
function unitInstants(bound: BoundText, every: Every, local: number, dst: DstPolicy | undefined): number[] {
  if (dst !== undefined) return byPolicy(bound.timeZone, local, dst);
  const tiling = unitTiling(bound.timeZone, every, local);
  const starts = [...tiling.startsFrom(local - 4 * DAY)].filter((start) => tiling.localOf(start) >= local);
  const passes = starts.filter((start) => tiling.localOf(start) === local);
  if (passes.length > 1) throw comesTwice(bound, passes.map(tiling.keyOf));
  const first = passes[0] ?? starts[0];
  if (first === undefined) throw notADate(bound);
  return [first];
}

/** An hour's key with an offset, which may start later than its full hour; or else an instant. */
function hourInstant(bound: BoundText): number {
  const instant = parsed(bound, () => Temporal.Instant.from(bound.text).epochMilliseconds);
  const tiling = unitTiling(bound.timeZone, 'hour', instant);
  for (const start of tiling.startsFrom(instant - 2 * DAY)) if (tiling.keyOf(start) === bound.text) return start;
  return instant;
}

function localInstants(bound: BoundText, dst: DstPolicy | undefined): number[] {
  const local = parsed(bound, () => Temporal.PlainDateTime.from(bound.text).toZonedDateTime('UTC').epochMilliseconds);
  if (dst !== undefined) return byPolicy(bound.timeZone, local, dst);
  const { instants, jump } = localTime(bound.timeZone, local);
  if (jump === undefined) {
    if (instants.length === 1) return instants;
    const texts = instants.map(isoInstant);
    throw unclear(bound, `comes twice in ${bound.timeZone}: give one of the instants ${texts.join(' and ')}.`, texts);
  }
  // The very time at which the clocks jump is the instant of the jump: midnight, where a day starts at 01:00.
  if (local === jump.from) return [jump.at];
  const text = isoInstant(jump.at);
  throw unclear(bound, `does not exist in ${bound.timeZone}: the clocks jump over it at ${text}.`, [text]);
}

function byPolicy(timeZone: string, local: number, { gap, overlap }: DstPolicy): number[] {
  const { instants, jump } = localTime(timeZone, local);
  if (jump !== undefined) return gap === 'shift' ? [jump.at] : [];
  return overlap === 'once' ? instants.slice(0, 1) : instants;
}

/** A unit of the local clock about an instant, each start as it is: what people mean by "that day", "that hour". */
function unitTiling(timeZone: string, unit: Every, at: number) {
  const overlap = unit === 'hour' ? 'twice' : 'once';
  return tilingOf({ unit }, { gap: 'shift', overlap }, offsetSpans(timeZone, at - 8 * DAY, at + 8 * DAY));
}

function parsed(bound: BoundText, parse: () => number): number {
  try {
    return parse();
  } catch (cause) {
    throw notADate(bound, cause);
  }
}

function comesTwice(bound: BoundText, keys: string[]): PipelineError {
  return unclear(bound, `comes twice in ${bound.timeZone}: give ${keys.join(' or ')}.`, keys);
}

function notADate({ name, text }: BoundText, cause?: unknown): PipelineError {
  return new PipelineError(
    'RANGE_INVALID',
    `The bound ${name} "${text}" is no date. Give one like 2015, 2015-Q1, 2015-01, 2015-W05, 2015-01-31, 2015-01-31T06, 2015-01-31T06:00 or 2015-01-31T06:00Z.`,
    { cause, details: { bound: name, value: String(text) } },
  );
}
