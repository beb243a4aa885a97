/**
 * The words for a bound of a range. A year, month, ISO week, day or hour stands for its first instant in the zone, whatever
 * the clocks do there; a local time with minutes and an instant stand for themselves. So every interval key is a bound.
 */
import { Temporal } from 'temporal-polyfill';
import { PipelineError } from '../core/index.ts';
import { EVERY, type Every, isoInstant, unitOf } from '../planner/index.ts';
import { type Boundary, boundariesNear, boundaryText } from './tilings.ts';
import { offsetSpans } from './zones.ts';

/** A bound as it was written, and where. */
export interface BoundText {
  /** The option's name, for messages. */
  name: 'from' | 'to';
  text: string;
  timeZone: string;
}

const DAY = 86_400_000;
const YEAR = /^\d{4}$/;
const HOUR_WITH_OFFSET = /^\d{4}-\d\d-\d\dT\d\d[+-]\d{4}(?:\d\d)?$/;
const LOCAL_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d(?::\d\d(?::\d\d(?:\.\d{1,9})?)?)?(?:Z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)$/;

/**
 * The instant of a bound, in milliseconds since the epoch. Throws `RANGE_INVALID` for a text that is no date, and
 * `INTERVAL_BOUND_UNCLEAR` for a local time that does not exist or comes twice, or that is not where an interval starts.
 */
export function boundInstant(bound: BoundText, every: Every): number {
  const instant = readBound(bound);
  const boundaries = boundariesNear(every, bound.timeZone, instant);
  if (boundaries.some(({ start }) => start === instant)) return instant;
  const before = boundaries.findLast(({ start }) => start < instant);
  const after = boundaries.find(({ start }) => start > instant);
  const article = every === 'hour' ? 'an' : 'a';
  throw unclear(
    bound,
    `is ${isoInstant(instant)}, where ${article} ${every} does not start in ${bound.timeZone}. The nearest starts are ${boundaryText(before)} and ${boundaryText(after)}.`,
    [before, after].flatMap((boundary) => boundary?.key ?? []),
  );
}

function readBound(bound: BoundText): number {
  const text = YEAR.test(bound.text) ? `${bound.text}-01` : bound.text;
  for (const every of EVERY) {
    const ordinal = unitOf(every).ordinalOf(text);
    if (ordinal !== undefined) return unitInstant(bound, every, ordinal);
  }
  if (HOUR_WITH_OFFSET.test(text)) return hourInstant(bound);
  if (LOCAL_TIME.test(text)) return localInstant(bound);
  if (INSTANT.test(text)) return parsed(bound, () => Temporal.Instant.from(text).epochMilliseconds);
  throw notADate(bound);
}

/** The first instant of a unit, or of what comes after one that the clocks jump over. */
function unitInstant(bound: BoundText, every: Every, ordinal: number): number {
  const boundaries = boundariesNear(every, bound.timeZone, unitOf(every).localStart(ordinal));
  const passes = boundaries.filter((boundary) => boundary.ordinal === ordinal);
  if (passes.length > 1) throw comesTwice(bound, passes);
  const first = passes[0] ?? boundaries.find((boundary) => boundary.ordinal > ordinal);
  if (first === undefined) throw notADate(bound);
  return first.start;
}

/** An hour's key with an offset, which may start later than its full hour; or else an instant. */
function hourInstant(bound: BoundText): number {
  const instant = parsed(bound, () => Temporal.Instant.from(bound.text).epochMilliseconds);
  const boundary = boundariesNear('hour', bound.timeZone, instant).find(({ key }) => key === bound.text);
  return boundary?.start ?? instant;
}

function localInstant(bound: BoundText): number {
  const local = parsed(bound, () => Temporal.PlainDateTime.from(bound.text).toZonedDateTime('UTC').epochMilliseconds);
  const spans = offsetSpans(bound.timeZone, local - 2 * DAY, local + 2 * DAY);
  const instants = spans.flatMap(({ start, end, offset }) => {
    const instant = local - offset * 1000;
    return instant >= start && instant < end ? [instant] : [];
  });
  const [instant] = instants;
  if (instant !== undefined && instants.length === 1) return instant;
  if (instant !== undefined) {
    const texts = instants.map(isoInstant);
    throw unclear(bound, `comes twice in ${bound.timeZone}: give one of the instants ${texts.join(' and ')}.`, texts);
  }
  const after = spans.findIndex(({ start, offset }) => start + offset * 1000 > local);
  const jump = spans[after]?.start ?? local;
  // The very time at which the clocks jump is the instant of the jump: midnight, where a day starts at 01:00.
  if (local === jump + (spans[after - 1]?.offset ?? 0) * 1000) return jump;
  const text = isoInstant(jump);
  throw unclear(bound, `does not exist in ${bound.timeZone}: the clocks jump over it at ${text}.`, [text]);
}

function parsed(bound: BoundText, parse: () => number): number {
  try {
    return parse();
  } catch (cause) {
    throw notADate(bound, cause);
  }
}

function comesTwice(bound: BoundText, passes: readonly Boundary[]): PipelineError {
  const keys = passes.map(({ key }) => key);
  return unclear(bound, `comes twice in ${bound.timeZone}: give ${keys.join(' or ')}.`, keys);
}

function unclear({ name, text, timeZone }: BoundText, why: string, nearest: string[]): PipelineError {
  return new PipelineError('INTERVAL_BOUND_UNCLEAR', `The bound ${name} "${text}" ${why}`, {
    details: { bound: name, value: text, timeZone, nearest },
  });
}

function notADate({ name, text }: BoundText, cause?: unknown): PipelineError {
  return new PipelineError(
    'RANGE_INVALID',
    `The bound ${name} "${text}" is no date. Give one like 2015, 2015-01, 2015-W05, 2015-01-31, 2015-01-31T06, 2015-01-31T06:00 or 2015-01-31T06:00Z.`,
    { cause, details: { bound: name, value: text } },
  );
}
