/**
 * A frozen plan: every interval of a range, decided before the first run and small enough to travel in a history.
 *
 * It holds no zone data and needs none: what the zone said when the plan was made is written down as UTC offsets, so that
 * an upgrade of Node or of the time-zone database changes neither the instants nor the keys of a running backfill.
 *
 * P1. Intervals are half-open and touch: each ends where the next one starts, the last one at `end`.
 * P2. An interval starts at its unit's local start, less the UTC offset of its segment; only the first interval of a
 *     segment may start later than that, because the clocks jumped over its beginning.
 * P3. A key depends on the interval alone, never on the range: the same hour has the same key in every plan.
 */
import { freezeDeep, type JsonValue, PipelineError } from '../core/index.ts';
import { hashJson } from './hashes.ts';
import { type Every, type Unit, unitOf } from './units.ts';

/**
 * Consecutive intervals with one UTC offset.
 *
 * - `count`: how many.
 * - `offset`: seconds that the local clock is ahead of UTC at their starts.
 * - `skip`: units between the segment before and this one: 1 where the clocks jumped over an hour (or a place over a
 *   day), -1 where an hour comes again. Default: 0.
 * - `late`: seconds by which the first interval starts after its unit's local start. Default: 0.
 * - `twice`: 1 when the local hours of this segment come twice, so that their keys carry the offset. Default: 0.
 */
export type PlanSegment = readonly [count: number, offset: number, skip?: number, late?: number, twice?: 0 | 1];

/** Plain JSON, frozen. About 13 bytes for each change of the clocks, however many the intervals are. */
export interface FrozenPlan {
  readonly version: 1;
  readonly every: Every;
  readonly timeZone: string;
  /** Version of the time-zone data that the plan was made with, `2025c`; `unknown` where the runtime does not say. */
  readonly tzdata: string;
  /** Start of the first interval, ISO 8601, UTC. */
  readonly start: string;
  /** End of the last interval, ISO 8601, UTC. */
  readonly end: string;
  readonly firstKey: string;
  readonly segments: readonly PlanSegment[];
  /** How many intervals there are. */
  readonly count: number;
  /** {@link hashPlan} of the rest. */
  readonly hash: string;
}

/** One interval of a plan. */
export interface Interval {
  readonly index: number;
  /**
   * `2015-01-31T05`, `2015-01-31`, `2015-W05` (ISO week) or `2015-01`, on the local clock; an hour that comes twice
   * carries its UTC offset, `2015-11-01T01-0400`. Unique in a zone, and safe in a workflow id and a file name.
   */
  readonly key: string;
  /** Inclusive; ISO 8601, UTC. */
  readonly start: string;
  /** Exclusive; ISO 8601, UTC. */
  readonly end: string;
}

/** A segment with its place in the plan. */
interface Stretch {
  /** Index and ordinal of its first interval. */
  index: number;
  ordinal: number;
  count: number;
  offset: number;
  late: number;
  twice: boolean;
}

/** The interval at `index`, from 0; its cost grows with the number of segments. Throws `INDEX_OUT_OF_RANGE`. */
export function intervalAt(plan: FrozenPlan, index: number): Interval {
  const unit = unitOf(plan.every);
  const stretches = [...stretchesOf(plan, unit)];
  const place = stretches.findIndex((stretch) => index < stretch.index + stretch.count);
  const stretch = stretches[place];
  if (stretch === undefined || !Number.isInteger(index) || index < 0) {
    throw new PipelineError('INDEX_OUT_OF_RANGE', `The plan has the intervals 0 to ${plan.count - 1}, not ${index}.`);
  }
  const follower = index + 1 < stretch.index + stretch.count ? stretch : stretches[place + 1];
  const end = follower === undefined ? Date.parse(plan.end) : startIn(follower, index + 1, unit);
  return intervalIn(stretch, index, unit, end);
}

/** Every interval of a plan, in order, made as they are asked for. */
export function* intervalsOf(plan: FrozenPlan): Generator<Interval, void, undefined> {
  const unit = unitOf(plan.every);
  let last: { stretch: Stretch; index: number } | undefined;
  for (const stretch of stretchesOf(plan, unit)) {
    for (let index = stretch.index; index < stretch.index + stretch.count; index++) {
      if (last !== undefined) yield intervalIn(last.stretch, last.index, unit, startIn(stretch, index, unit));
      last = { stretch, index };
    }
  }
  if (last !== undefined) yield intervalIn(last.stretch, last.index, unit, Date.parse(plan.end));
}

/** The index of the interval with `key`, or undefined when the plan has none. */
export function indexOfKey(plan: FrozenPlan, key: string): number | undefined {
  const unit = unitOf(plan.every);
  const ordinal = unit.ordinalOf(key.replace(OFFSET_SUFFIX, '$1'));
  if (ordinal === undefined) return undefined;
  for (const stretch of stretchesOf(plan, unit)) {
    const index = stretch.index + ordinal - stretch.ordinal;
    const inside = index >= stretch.index && index < stretch.index + stretch.count;
    if (inside && keyIn(stretch, index, unit) === key) return index;
  }
  return undefined;
}

/**
 * The hash of what a plan decides: rule, zone, bounds, keys and instants. The version of the time-zone data is left out:
 * a newer one that says the same about this range makes the same plan. It guards against drift, not against forgery.
 */
export function hashPlan(plan: Omit<FrozenPlan, 'hash' | 'tzdata'>): string {
  const { version, every, timeZone, start, end, firstKey, segments, count } = plan;
  const rows: JsonValue = segments.map((segment) => segment.map((part) => part ?? 0));
  return hashJson({ version, every, timeZone, start, end, firstKey, segments: rows, count });
}

/** Completes a plan with its hash and freezes it. */
export function freezePlan(plan: Omit<FrozenPlan, 'hash'>): FrozenPlan {
  return freezeDeep({ ...plan, hash: hashPlan(plan) });
}

/** The key of the unit at `ordinal`; `offset` (seconds) is given for an hour that comes twice. */
export function keyOf(unit: Unit, ordinal: number, offset?: number): string {
  return unit.label(ordinal) + (offset === undefined ? '' : offsetText(offset));
}

/** Milliseconds since the epoch as ISO 8601 in UTC, without a fraction when there is none. */
export function isoInstant(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

const OFFSET_SUFFIX = /^(.*T\d\d)[+-]\d{4}(?:\d\d)?$/;

function* stretchesOf(plan: FrozenPlan, unit: Unit): Generator<Stretch, void, undefined> {
  let index = 0;
  let ordinal = unit.ordinalOf(plan.firstKey.replace(OFFSET_SUFFIX, '$1')) ?? 0;
  for (const [count, offset, skip = 0, late = 0, twice = 0] of plan.segments) {
    ordinal += skip;
    yield { index, ordinal, count, offset, late, twice: twice === 1 };
    index += count;
    ordinal += count;
  }
}

function intervalIn(stretch: Stretch, index: number, unit: Unit, end: number): Interval {
  const start = isoInstant(startIn(stretch, index, unit));
  return { index, key: keyIn(stretch, index, unit), start, end: isoInstant(end) };
}

function startIn({ index: first, ordinal, offset, late }: Stretch, index: number, unit: Unit): number {
  const seconds = offset - (index === first ? late : 0);
  return unit.localStart(ordinal + index - first) - seconds * 1000;
}

function keyIn({ index: first, ordinal, offset, twice }: Stretch, index: number, unit: Unit): string {
  return keyOf(unit, ordinal + index - first, twice ? offset : undefined);
}

// ISO 8601's basic form, as a colon is not safe in a file name; offsets before standard time have seconds.
function offsetText(offset: number): string {
  const seconds = Math.abs(offset);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const digits = parts.map((part) => String(part).padStart(2, '0'));
  return (offset < 0 ? '-' : '+') + (seconds % 60 === 0 ? digits.slice(0, 2) : digits).join('');
}
