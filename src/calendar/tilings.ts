/**
 * From a zone's offsets to intervals: where each hour, day, week or month of a place begins.
 *
 * T1. A day, week or month begins at the first instant at which the local clock shows it. Where the clocks jump over
 *     midnight that is the jump; a day that the clocks jump over altogether has no interval; a midnight that comes again
 *     begins nothing.
 * T2. An hour begins likewise, and also each time the clocks go back into it: an hour that comes twice is two intervals.
 */
import { type Every, isoInstant, keyOf, type PlanSegment, type Unit, unitOf } from '../planner/index.ts';
import { type OffsetSpan, offsetSpans } from './zones.ts';

/** Consecutive units with one offset. A late unit is a run of its own. */
export interface Run {
  ordinal: number;
  count: number;
  /** Seconds that the local clock is ahead of UTC. */
  offset: number;
  /** Seconds by which the unit starts after its local start. */
  late: number;
  /** Whether these local hours come twice. */
  twice: boolean;
}

/** Where an interval begins. */
export interface Boundary {
  key: string;
  ordinal: number;
  /** Milliseconds since the epoch. */
  start: number;
}

const DAY = 86_400_000;

/** Longer than any unit's longest, with room for a jump of a day on either side. */
const MARGIN: Record<Every, number> = { hour: 4 * DAY, day: 5 * DAY, week: 11 * DAY, month: 35 * DAY };

/** The runs of units that begin in `[from, to)`, milliseconds since the epoch. */
export function runsBetween(every: Every, timeZone: string, from: number, to: number): Run[] {
  const unit = unitOf(every);
  // The margin shows what came before: which units have begun already, and which hours come again past the range.
  const spans = offsetSpans(timeZone, from - MARGIN[every], to + MARGIN[every]);
  const runs =
    every === 'hour' ? markTwice(runsOf(spans, unit, true), repeats(spans, unit)) : runsOf(spans, unit, false);
  return runs.map((run) => cut(run, unit, from, to)).filter((run) => run.count > 0);
}

/** Every boundary near an instant, in order, at least two before it and two after it. */
export function boundariesNear(every: Every, timeZone: string, at: number): Boundary[] {
  const unit = unitOf(every);
  const reach = 3 * MARGIN[every];
  return runsBetween(every, timeZone, at - reach, at + reach).flatMap((run) =>
    Array.from({ length: run.count }, (_, step) => ({
      key: keyOf(unit, run.ordinal + step, run.twice ? run.offset : undefined),
      ordinal: run.ordinal + step,
      start: startIn(run, step, unit),
    })),
  );
}

/** The runs as a plan writes them down, neighbours that go on alike joined. */
export function segmentsOf(runs: readonly Run[]): PlanSegment[] {
  const joined: Run[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (last !== undefined && goesOn(last, run)) last.count += run.count;
    else joined.push({ ...run });
  }
  return joined.map((run, index) => {
    const before = joined[index - 1];
    const skip = before === undefined ? 0 : run.ordinal - before.ordinal - before.count;
    return segment(run.count, run.offset, skip, run.late, run.twice ? 1 : 0);
  });
}

/** A boundary as an error shows it. */
export function boundaryText(boundary: Boundary | undefined): string {
  return boundary === undefined ? 'none' : `${boundary.key} (${isoInstant(boundary.start)})`;
}

function runsOf(spans: readonly OffsetSpan[], unit: Unit, twice: boolean): Run[] {
  const runs: Run[] = [];
  const add = (ordinal: number, count: number, offset: number, late: number) => {
    if (count > 0) runs.push({ ordinal, count, offset, late, twice: false });
  };
  // The newest unit that has begun; the first span's first one began before it.
  let newest = spans[0] === undefined ? 0 : unit.ordinalAt(spans[0].start + spans[0].offset * 1000);
  spans.forEach(({ start, end, offset }, index) => {
    const localStart = start + offset * 1000;
    const entered = unit.ordinalAt(localStart);
    const latest = unit.ordinalAt(end + offset * 1000 - 1);
    const late = (localStart - unit.localStart(entered)) / 1000;
    const back = offset < (spans[index - 1]?.offset ?? offset);
    if (twice && back) newest = entered - 1;
    if (late > 0 && entered > newest) {
      add(entered, 1, offset, late);
      newest = entered;
    }
    const first = Math.max(late > 0 ? entered + 1 : entered, newest + 1);
    add(first, latest - first + 1, offset, 0);
    newest = Math.max(newest, latest);
  });
  return runs;
}

/** Ranges `[from, to)` of ordinals that the local clock shows twice, as it goes back. */
function repeats(spans: readonly OffsetSpan[], unit: Unit): [from: number, to: number][] {
  return spans.flatMap(({ start, offset }, index) => {
    const before = spans[index - 1]?.offset ?? offset;
    if (offset >= before) return [];
    return [[unit.ordinalAt(start + offset * 1000), unit.ordinalAt(start + before * 1000 - 1) + 1]];
  });
}

function markTwice(runs: readonly Run[], repeated: readonly [from: number, to: number][]): Run[] {
  return repeated.reduce<readonly Run[]>((parts, range) => parts.flatMap((run) => split(run, range)), runs).slice();
}

// Up to three parts: before the range, in it, after it.
function split(run: Run, [from, to]: readonly [from: number, to: number]): Run[] {
  const edges = [run.ordinal, from, to, run.ordinal + run.count].map((edge) =>
    Math.min(Math.max(edge, run.ordinal), run.ordinal + run.count),
  );
  return [0, 1, 2].flatMap((part) => {
    const [ordinal = 0, end = 0] = edges.slice(part, part + 2);
    if (ordinal >= end) return [];
    return [{ ...run, ordinal, count: end - ordinal, twice: run.twice || part === 1 }];
  });
}

function cut(run: Run, unit: Unit, from: number, to: number): Run {
  const begin = stepsBefore(run, unit, from);
  const end = stepsBefore(run, unit, to);
  return { ...run, ordinal: run.ordinal + begin, count: end - begin };
}

/** How many units of the run start before an instant. */
function stepsBefore(run: Run, unit: Unit, at: number): number {
  if (at <= startIn(run, 0, unit)) return 0;
  const steps = unit.ordinalAt(at + run.offset * 1000 - 1) - run.ordinal + 1;
  return Math.min(steps, run.count);
}

function startIn(run: Run, step: number, unit: Unit): number {
  return unit.localStart(run.ordinal + step) - (run.offset - run.late) * 1000;
}

function goesOn(before: Run, run: Run): boolean {
  const sameClock = before.offset === run.offset && before.twice === run.twice;
  return sameClock && run.late === 0 && run.ordinal === before.ordinal + before.count;
}

function segment(count: number, offset: number, skip: number, late: number, twice: 0 | 1): PlanSegment {
  if (twice !== 0) return [count, offset, skip, late, twice];
  if (late !== 0) return [count, offset, skip, late];
  return skip === 0 ? [count, offset] : [count, offset, skip];
}
