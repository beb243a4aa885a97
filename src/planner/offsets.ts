/**
 * What a zone's clocks did during a range, written down: no zone data is needed to read it back.
 *
 * A zone repeats itself: summer time and winter time, each as long as last year. So each kind of stretch is written once,
 * and then which one follows which: two bytes for each change of the clocks.
 */

/** A stretch of time `[start, end)`, in milliseconds since the epoch, during which a zone keeps one UTC offset. */
export interface OffsetSpan {
  start: number;
  end: number;
  /** Seconds that the local clock is ahead of UTC. */
  offset: number;
}

/** Consecutive spans. Plain JSON. */
export interface PackedOffsets {
  /** How many seconds, with which offset from UTC in seconds. */
  readonly kinds: readonly (readonly [seconds: number, offset: number])[];
  /** Indexes of `kinds`, in the order of time. */
  readonly order: readonly number[];
}

export function packOffsets(spans: readonly OffsetSpan[]): PackedOffsets {
  const kinds: [number, number][] = [];
  const known = new Map<string, number>();
  const order = spans.map(({ start, end, offset }) => {
    const seconds = (end - start) / 1000;
    const name = `${seconds}/${offset}`;
    const index = known.get(name) ?? kinds.push([seconds, offset]) - 1;
    known.set(name, index);
    return index;
  });
  return { kinds, order };
}

/** The spans again; `from` is where the first one starts, in milliseconds since the epoch. */
export function unpackOffsets({ kinds, order }: PackedOffsets, from: number): OffsetSpan[] {
  let start = from;
  return order.map((index) => {
    const [seconds = 0, offset = 0] = kinds[index] ?? [];
    const span = { start, end: start + seconds * 1000, offset };
    start = span.end;
    return span;
  });
}

/** The index of the span that holds an instant; the first or the last one for an instant outside of them all. */
export function spanIndexAt(spans: readonly OffsetSpan[], at: number): number {
  let low = 0;
  let high = spans.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at < (spans[middle]?.end ?? at)) high = middle;
    else low = middle + 1;
  }
  return low;
}
