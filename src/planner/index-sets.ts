/**
 * Sets of indexes as runs: the state of 100,000 intervals (done, failed, skipped) in a few KB of JSON.
 *
 * S1. Runs are half-open, not empty, in rising order, and neither overlap nor touch: one set has one form.
 * S2. Nothing is changed in place: each function returns a set of its own, or the one it was given.
 */

/** Runs `[from, to)` of whole numbers from 0. Plain JSON. */
export type IndexSet = readonly (readonly [from: number, to: number])[];

/** The set without members. */
export const NO_INDEXES: IndexSet = Object.freeze([]);

/** The indexes from `from` to `to`, without `to`. */
export function indexRange(from: number, to: number): IndexSet {
  return from < to ? [[from, to]] : NO_INDEXES;
}

/** The set of `indexes`, in any order, repeated or not. */
export function indexSetOf(indexes: Iterable<number>): IndexSet {
  const runs: [number, number][] = [];
  for (const index of [...indexes].sort((a, b) => a - b)) appendRun(runs, index, index + 1);
  return runs;
}

export function addIndex(set: IndexSet, index: number): IndexSet {
  return hasIndex(set, index) ? set : union(set, [[index, index + 1]]);
}

export function removeIndex(set: IndexSet, index: number): IndexSet {
  return hasIndex(set, index) ? subtract(set, [[index, index + 1]]) : set;
}

export function hasIndex(set: IndexSet, index: number): boolean {
  let low = 0;
  let high = set.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const [from = 0, to = 0] = set[middle] ?? [];
    if (index < from) high = middle;
    else if (index >= to) low = middle + 1;
    else return true;
  }
  return false;
}

/** How many members there are. */
export function sizeOf(set: IndexSet): number {
  return set.reduce((size, [from, to]) => size + to - from, 0);
}

/** The members of any of the sets. */
export function union(...sets: readonly IndexSet[]): IndexSet {
  const full = sets.filter((set) => set.length > 0);
  const [only = NO_INDEXES] = full;
  if (full.length < 2) return only;
  const runs: [number, number][] = [];
  for (const [from, to] of full.flat().sort((a, b) => a[0] - b[0])) appendRun(runs, from, to);
  return runs;
}

/** The members of `set` that are not in `taken`. */
export function subtract(set: IndexSet, taken: IndexSet): IndexSet {
  const runs: [number, number][] = [];
  let next = 0;
  for (const [from, to] of set) {
    let at = from;
    while ((taken[next]?.[1] ?? Number.POSITIVE_INFINITY) <= at) next += 1;
    for (let i = next; at < to; i++) {
      const [takenFrom, takenTo] = taken[i] ?? [to, to];
      appendRun(runs, at, Math.min(takenFrom, to));
      at = Math.max(at, takenTo);
    }
  }
  return runs;
}

/** The members of both sets. */
export function intersect(set: IndexSet, other: IndexSet): IndexSet {
  return subtract(set, subtract(set, other));
}

/** The indexes from 0 to `count`, without `count`, that are not in `set`. */
export function complement(set: IndexSet, count: number): IndexSet {
  return subtract(indexRange(0, count), set);
}

/** Every member, in rising order. */
export function* indexesOf(set: IndexSet): Generator<number, void, undefined> {
  for (const [from, to] of set) {
    for (let index = from; index < to; index++) yield index;
  }
}

// Adds a run that starts at or after the last one's start; one that touches or overlaps it is joined to it (S1).
function appendRun(runs: [number, number][], from: number, to: number): void {
  if (from >= to) return;
  const last = runs.at(-1);
  if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
  else runs.push([from, to]);
}
