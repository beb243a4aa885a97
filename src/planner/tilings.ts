/**
 * From local times to instants: where a rule's intervals start, in a zone whose offsets are known.
 *
 * T1. An interval starts wherever the local clock shows a start of its rule.
 * T2. A start that the clocks jump over is at the jump (`gap: shift`) or left out (`skip`). Of several that one jump takes,
 *     one is left, the last: an interval is never empty.
 * T3. A start that the clocks show twice counts the first time (`overlap: once`) or both times (`twice`). Under `twice` an
 *     hour starts again also where the clocks go back into the middle of it.
 * T4. A key is the label of the start by the rule's own count, so of a day `2018-11-04` although it began at 01:00. Under
 *     `twice` a start in the hours that come twice carries its UTC offset. It depends on the start alone, never on a range.
 */
import { unpackInstants } from './instants.ts';
import { type OffsetSpan, spanIndexAt } from './offsets.ts';
import { type Beat, beatOf, momentLabel, momentOf, type Rhythm } from './rhythms.ts';

/** What happens to an interval's start when the clocks change. */
export interface DstPolicy {
  /** A local time that does not exist: `shift` starts at the jump, `skip` lets the interval before go on. */
  readonly gap: 'skip' | 'shift';
  /** A local time that comes twice: `once` is the first, `twice` is both. */
  readonly overlap: 'once' | 'twice';
}

/** A rule where the offsets of its zone are known. Instants are milliseconds since the epoch. */
export interface Tiling {
  /** The starts from an instant on, in order, as far as the offsets are known. */
  startsFrom(from: number): Generator<number, void, undefined>;
  /** What follows is asked of starts only. */
  keyOf(start: number): string;
  /** The local time by which the rule counts: midnight, also of a day that began at 01:00. */
  localOf(start: number): number;
  /** Milliseconds from a start to an end by the rule's count, as if the clocks had never changed. */
  expectedLength(start: number, end: number): number;
  /** Where an interval with that key may start; not each of them needs to be a start. */
  candidatesOf(key: string): number[];
}

/** How far before and after a range its offsets must be known: clocks have been moved by a whole day. */
export const OFFSETS_MARGIN = 3 * 86_400_000;

/** Local times that the clocks show twice, `[from, to)`. */
type Repeat = readonly [from: number, to: number];

const OFFSET_SUFFIX = /^(.+)[+-]\d{4}(?:\d\d)?$/;

export function tilingOf(rhythm: Rhythm, dst: DstPolicy, spans: readonly OffsetSpan[]): Tiling {
  return 'list' in rhythm ? listTiling(unpackInstants(rhythm.list), spans) : beatTiling(beatOf(rhythm), dst, spans);
}

function beatTiling(beat: Beat, dst: DstPolicy, spans: readonly OffsetSpan[]): Tiling {
  const repeats = dst.overlap === 'twice' ? repeatsOf(spans, beat.reenters ? beat.floor : (local) => local) : [];
  const localOf = (start: number) => beat.floor(start + offsetAt(spans, start) * 1000);
  return {
    startsFrom: (from) => beatStarts(beat, dst, spans, from),
    keyOf(start) {
      const local = localOf(start);
      return beat.label(local) + (isRepeated(repeats, local) ? offsetText(offsetAt(spans, start)) : '');
    },
    localOf,
    expectedLength: (start) => beat.next(localOf(start)) - localOf(start),
    candidatesOf: (key) => candidates(beat.read(withoutOffset(key)), spans),
  };
}

function* beatStarts(
  beat: Beat,
  dst: DstPolicy,
  spans: readonly OffsetSpan[],
  from: number,
): Generator<number, void, undefined> {
  let newest = Number.NEGATIVE_INFINITY;
  for (let i = spanIndexAt(spans, from - OFFSETS_MARGIN); i < spans.length; i++) {
    const { start, end, offset } = spans[i] as OffsetSpan;
    const shift = offset * 1000;
    const jumpedFrom = start + (spans[i - 1]?.offset ?? offset) * 1000;
    const localStart = start + shift;
    if (localStart < jumpedFrom && dst.overlap === 'twice') newest = localStart - 1;
    const entered = beat.floor(localStart);
    if (entered < localStart && isEntry(beat, dst, { jumpedFrom, localStart, entered, newest })) {
      newest = Math.max(newest, entered);
      if (start >= from) yield start;
    }
    const low = Math.max(localStart, newest + 1, from - OFFSETS_MARGIN + shift);
    for (let local = beat.next(low - 1); local < end + shift; local = beat.next(local)) {
      newest = local;
      if (local - shift >= from) yield local - shift;
    }
  }
}

/** Whether a change of the clocks is itself a start, of the interval into whose middle they go (T2, T3). */
function isEntry(
  beat: Beat,
  dst: DstPolicy,
  change: { jumpedFrom: number; localStart: number; entered: number; newest: number },
): boolean {
  const { jumpedFrom, localStart, entered, newest } = change;
  if (localStart < jumpedFrom) return dst.overlap === 'twice' && beat.reenters;
  return dst.gap === 'shift' && entered >= jumpedFrom && entered > newest;
}

function listTiling(starts: readonly number[], spans: readonly OffsetSpan[]): Tiling {
  const repeats = repeatsOf(spans, (local) => local);
  const clockAt = (at: number) => at + offsetAt(spans, at) * 1000;
  const localOf = (start: number) => {
    const midnight = Math.floor(clockAt(start) / 86_400_000) * 86_400_000;
    const span = spanIndexAt(spans, start);
    const before = spans[span - 1];
    // A day whose midnight was jumped over starts at the jump, and is called by its date all the same.
    const isJump = before !== undefined && spans[span]?.start === start && midnight >= start + before.offset * 1000;
    return isJump ? midnight : clockAt(start);
  };
  return {
    *startsFrom(from) {
      for (const start of starts) if (start >= from) yield start;
    },
    keyOf(start) {
      const local = localOf(start);
      return momentLabel(local) + (isRepeated(repeats, local) ? offsetText(offsetAt(spans, start)) : '');
    },
    localOf,
    expectedLength: (start, end) => clockAt(end) - clockAt(start),
    candidatesOf: (key) => candidates(momentOf(withoutOffset(key)), spans),
  };
}

/** Local times that come twice; `widen` gives the start of the interval into which the clocks go back. */
function repeatsOf(spans: readonly OffsetSpan[], widen: (localMs: number) => number): Repeat[] {
  return spans.flatMap(({ start, offset }, index): Repeat[] => {
    const before = spans[index - 1]?.offset ?? offset;
    return offset < before ? [[widen(start + offset * 1000), start + before * 1000]] : [];
  });
}

function isRepeated(repeats: readonly Repeat[], local: number): boolean {
  let low = 0;
  let high = repeats.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const [from, to] = repeats[middle] as Repeat;
    if (local >= from && local < to) return true;
    if (local < from) high = middle;
    else low = middle + 1;
  }
  return false;
}

// A local time minus each offset that its zone has about then; and the changes about then, to which a start may be moved.
function candidates(local: number | undefined, spans: readonly OffsetSpan[]): number[] {
  if (local === undefined) return [];
  const first = spanIndexAt(spans, local - OFFSETS_MARGIN);
  const last = spanIndexAt(spans, local + OFFSETS_MARGIN);
  return spans.slice(first, last + 1).flatMap(({ start, offset }) => [local - offset * 1000, start]);
}

function withoutOffset(key: string): string {
  return key.replace(OFFSET_SUFFIX, '$1');
}

function offsetAt(spans: readonly OffsetSpan[], at: number): number {
  return spans[spanIndexAt(spans, at)]?.offset ?? 0;
}

// ISO 8601's basic form, as a colon is not safe in a file name; offsets before standard time have seconds.
function offsetText(offset: number): string {
  const seconds = Math.abs(offset);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const digits = parts.map((part) => String(part).padStart(2, '0'));
  return (offset < 0 ? '-' : '+') + (seconds % 60 === 0 ? digits.slice(0, 2) : digits).join('');
}
