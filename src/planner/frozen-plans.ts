/**
 * A frozen plan: every interval of a range, decided before the first run and small enough to travel in a history.
 *
 * It holds no zone data and needs none: what the zone said when the plan was made is written down as UTC offsets, so that
 * an upgrade of Node or of the time-zone database changes neither the instants nor the keys of a running backfill. A cron
 * expression is written down as sets of numbers, so that reading it needs no library either.
 *
 * P1. Intervals are half-open and tile the range: each ends where the next one starts, less those that the calendar leaves out.
 * P2. Indexes count the intervals that are left, from 0, without holes.
 * P3. A key depends on the interval alone, never on the range: the same hour has the same key in every plan.
 */
import { freezeDeep, type JsonObject, PipelineError } from '../core/index.ts';
import { type DaysOff, isOff } from './days-off.ts';
import { hashJson } from './hashes.ts';
import { indexIn, isoInstant } from './instants.ts';
import { type PackedOffsets, unpackOffsets } from './offsets.ts';
import type { Rhythm } from './rhythms.ts';
import { type DstPolicy, OFFSETS_MARGIN, type Tiling, tilingOf } from './tilings.ts';

/** Plain JSON, frozen. About two bytes for each change of the clocks, however many the intervals are. */
export interface FrozenPlan {
  readonly version: 2;
  /** The rule in people's words: `day`, `6 hours`, `0 6 * * mon-fri`, `list`. */
  readonly every: string;
  readonly rhythm: Rhythm;
  readonly timeZone: string;
  /** Version of the time-zone data that the plan was made with, `2025c`; `unknown` where the runtime does not say. */
  readonly tzdata: string;
  readonly dst: DstPolicy;
  /** Days that the calendar leaves out. Default: none. */
  readonly daysOff?: DaysOff;
  /** Start of the range, ISO 8601, UTC; of its first interval too, unless the calendar leaves that one out. */
  readonly start: string;
  /** End of the range, ISO 8601, UTC. */
  readonly end: string;
  /** Of the zone, from {@link OFFSETS_MARGIN} before the start to as much after the end. */
  readonly offsets: PackedOffsets;
  readonly firstKey: string;
  /** How many intervals there are. */
  readonly count: number;
  /** {@link hashPlan} of the rest. */
  readonly hash: string;
}

/** One interval of a plan. */
export interface Interval {
  readonly index: number;
  /**
   * The start on the local clock: `2015-01-31T05`, `2015-01-31`, `2015-W05` (ISO week), `2015-01`, `2015-Q1`, `2015`; of a
   * cron rule `2015-01-31T06-30`; of a list the shortest that says it. A start that comes twice carries its UTC offset,
   * `2015-11-01T01-0400`. Unique in a rule, and safe in a workflow id and a file name.
   */
  readonly key: string;
  /** Inclusive; ISO 8601, UTC. */
  readonly start: string;
  /** Exclusive; ISO 8601, UTC. */
  readonly end: string;
}

/** A plan unfolded: 8 or 16 bytes an interval. */
interface Reading {
  tiling: Tiling;
  starts: Float64Array;
  ends: Float64Array;
}

// A plan never changes, so what was read of it once holds as long as the plan does.
const tilings = new WeakMap<FrozenPlan, Tiling>();
const readings = new WeakMap<FrozenPlan, Reading>();

/**
 * The interval at `index`, from 0. The first call for a plan object unfolds it (10 to 120 ms for 100,000 intervals); each one
 * after it takes about two microseconds. Throws `INDEX_OUT_OF_RANGE`.
 */
export function intervalAt(plan: FrozenPlan, index: number): Interval {
  const { tiling, starts, ends } = readingOf(plan);
  const start = starts[index];
  const end = ends[index];
  if (start === undefined || end === undefined) {
    throw new PipelineError('INDEX_OUT_OF_RANGE', `The plan has the intervals 0 to ${plan.count - 1}, not ${index}.`);
  }
  return { index, key: tiling.keyOf(start), start: isoInstant(start), end: isoInstant(end) };
}

/** Every interval of a plan, in order, made as they are asked for: a plan of any size takes no memory. */
export function* intervalsOf(plan: FrozenPlan): Generator<Interval, void, undefined> {
  const tiling = planTiling(plan);
  let index = 0;
  for (const [start, end] of boundsIn(tiling, plan.daysOff, Date.parse(plan.start), Date.parse(plan.end))) {
    yield { index, key: tiling.keyOf(start), start: isoInstant(start), end: isoInstant(end) };
    index += 1;
  }
}

/** The index of the interval with `key`, or undefined when the plan has none. Costs what {@link intervalAt} costs. */
export function indexOfKey(plan: FrozenPlan, key: string): number | undefined {
  const { tiling, starts } = readingOf(plan);
  for (const start of tiling.candidatesOf(key)) {
    const index = indexIn(starts, start);
    if (index !== undefined && tiling.keyOf(start) === key) return index;
  }
  return undefined;
}

/**
 * By how many milliseconds changes of the clocks made an interval of the plan longer, or shorter when below 0: -3,600,000
 * for a day of 23 hours.
 */
export function clockChangeOf(plan: FrozenPlan, { start, end }: Pick<Interval, 'start' | 'end'>): number {
  const [from, to] = [Date.parse(start), Date.parse(end)];
  return to - from - planTiling(plan).expectedLength(from, to);
}

/** The starts and ends of the intervals between two boundaries of a rule, without those that a calendar leaves out. */
export function* boundsIn(
  tiling: Tiling,
  daysOff: DaysOff | undefined,
  from: number,
  to: number,
): Generator<readonly [start: number, end: number], void, undefined> {
  let start: number | undefined;
  for (const next of tiling.startsFrom(from)) {
    if (next > to) return;
    const isLeft = start !== undefined && (daysOff === undefined || !isOff(daysOff, tiling.localOf(start)));
    if (start !== undefined && isLeft) yield [start, next];
    start = next;
  }
}

/**
 * The hash of what a plan decides: rule, zone, bounds, keys and instants. The version of the time-zone data is left out:
 * a newer one that says the same about this range makes the same plan. It guards against drift, not against forgery.
 */
export function hashPlan(plan: Omit<FrozenPlan, 'hash' | 'tzdata'>): string {
  const { hash: _, tzdata: __, every: ___, ...decided } = plan as FrozenPlan;
  return hashJson(decided as unknown as JsonObject);
}

/** Completes a plan with its hash and freezes it. */
export function freezePlan(plan: Omit<FrozenPlan, 'hash'>): FrozenPlan {
  return freezeDeep({ ...plan, hash: hashPlan(plan) });
}

function readingOf(plan: FrozenPlan): Reading {
  const known = readings.get(plan);
  if (known !== undefined) return known;
  const reading = unfold(plan);
  readings.set(plan, reading);
  return reading;
}

function unfold(plan: FrozenPlan): Reading {
  const tiling = planTiling(plan);
  const [from, to] = [Date.parse(plan.start), Date.parse(plan.end)];
  if (plan.daysOff === undefined) {
    const bounds = new Float64Array(plan.count + 1);
    let filled = 0;
    for (const start of tiling.startsFrom(from)) {
      if (start > to) break;
      bounds[filled++] = start;
    }
    return { tiling, starts: bounds.subarray(0, plan.count), ends: bounds.subarray(1) };
  }
  const starts = new Float64Array(plan.count);
  const ends = new Float64Array(plan.count);
  let index = 0;
  for (const [start, end] of boundsIn(tiling, plan.daysOff, from, to)) {
    starts[index] = start;
    ends[index++] = end;
  }
  return { tiling, starts, ends };
}

function planTiling(plan: FrozenPlan): Tiling {
  const known = tilings.get(plan);
  if (known !== undefined) return known;
  const { rhythm, dst, offsets, start } = plan;
  const tiling = tilingOf(rhythm, dst, unpackOffsets(offsets, Date.parse(start) - OFFSETS_MARGIN));
  tilings.set(plan, tiling);
  return tiling;
}
