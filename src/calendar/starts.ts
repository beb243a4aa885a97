/** Where a rule's intervals start near an instant: a window of time-zone data as wide as the answer needs. */
import { boundsIn, OFFSETS_MARGIN, type PackedInstants, type Rhythm, type Tiling, tilingOf } from '../planner/index.ts';
import type { ReadRule } from './rules.ts';
import { offsetSpans } from './zones.ts';

/** Local dates have four-digit years, so that keys sort. */
const FIRST = Date.parse('0001-01-01T00:00Z');
const LAST = Date.parse('9999-01-01T00:00Z');

const DAY = 86_400_000;
const YEAR = 366 * DAY;
const UNIT_DAYS = { hour: 1, day: 1, week: 7, month: 31, quarter: 92, year: 366 } as const;

/** The rule's tiling, right for starts in `[from, to]`; of a list for all of them. */
export function tilingBetween({ rule, rhythm }: ReadRule, from: number, to: number): Tiling {
  const range = 'list' in rhythm ? ends(rhythm.list) : [from, to];
  const [first, last] = [Math.min(...range) - OFFSETS_MARGIN, Math.max(...range) + OFFSETS_MARGIN];
  return tilingOf(rhythm, rule.dst, offsetSpans(rule.timeZone, clamp(first), clamp(last)));
}

/** A start and its key. */
export interface Start {
  key: string;
  /** Milliseconds since the epoch. */
  start: number;
}

export function isStart(rule: ReadRule, at: number): boolean {
  return tilingBetween(rule, at, at).startsFrom(at).next().value === at;
}

/** The last start before an instant. */
export function startBefore(rule: ReadRule, at: number): Start | undefined {
  return within(rule, at, (reach) => {
    const tiling = tilingBetween(rule, at - reach, at);
    let found: number | undefined;
    for (const start of tiling.startsFrom(at - reach)) {
      if (start >= at) break;
      found = start;
    }
    return found === undefined ? undefined : { key: tiling.keyOf(found), start: found };
  });
}

/** The first start after an instant. */
export function startAfter(rule: ReadRule, at: number): Start | undefined {
  return within(rule, at, (reach) => {
    const tiling = tilingBetween(rule, at, at + reach);
    for (const start of tiling.startsFrom(at + 1)) {
      return start <= at + reach ? { key: tiling.keyOf(start), start } : undefined;
    }
    return undefined;
  });
}

/** The start with a key, whatever a calendar says of it. */
export function startOfKey(rule: ReadRule, key: string): number | undefined {
  const about = Date.parse(`${/^\d{4}/.exec(key)?.[0]}-07-01T00:00Z`);
  if (Number.isNaN(about)) return undefined;
  const tiling = tilingBetween(rule, about - YEAR, about + YEAR);
  return tiling.candidatesOf(key).find((at) => tiling.keyOf(at) === key && tiling.startsFrom(at).next().value === at);
}

/** The last interval that ended at or before an instant and that no calendar leaves out. */
export function lastBounds(rule: ReadRule, at: number): readonly [start: number, end: number] | undefined {
  return within(rule, at, (reach) => {
    const tiling = tilingBetween(rule, at - reach, at);
    let found: readonly [number, number] | undefined;
    for (const bounds of boundsIn(tiling, rule.daysOff, at - reach, at)) found = bounds;
    return found;
  });
}

/** Looks near an instant, and farther until something is found; a rule's intervals may be years apart. */
function within<T>(rule: ReadRule, at: number, look: (reach: number) => T | undefined): T | undefined {
  const { nearest, farthest } = reachOf(rule.rhythm);
  for (let reach = nearest; ; reach *= 8) {
    const found = look(Math.min(reach, farthest));
    if (found !== undefined || reach >= farthest || (at - reach < FIRST && at + reach > LAST)) return found;
  }
}

function reachOf(rhythm: Rhythm): { nearest: number; farthest: number } {
  if ('list' in rhythm) return { nearest: 20_000 * YEAR, farthest: 20_000 * YEAR };
  const nearest = 'unit' in rhythm ? 2 * UNIT_DAYS[rhythm.unit] * (rhythm.step ?? 1) * DAY : 2 * DAY;
  // A calendar may leave out all but every 29 February that is a Monday, which comes after 40 years at most.
  return { nearest: nearest + 2 * DAY, farthest: nearest + 100 * YEAR };
}

function ends(list: PackedInstants): number[] {
  const seconds = list.steps.reduce((sum, [step, count]) => sum + step * count, list.first);
  return [list.first * 1000, seconds * 1000];
}

function clamp(at: number): number {
  return Math.min(Math.max(at, FIRST), LAST);
}
