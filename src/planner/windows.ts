import { complement, type IndexSet, sizeOf, union } from './index-sets.ts';

/** What decides which indexes start next. */
export interface WindowState {
  /** How many indexes there are. */
  count: number;
  /** `forward` starts at 0, `backward` at the end. */
  order: 'forward' | 'backward';
  /** Never to be started: done, failed, skipped, cancelled. */
  settled: IndexSet;
  running: IndexSet;
  /** How many may run at once; 0 starts none. */
  concurrency: number;
}

/** The indexes to start now, in the order in which to start them; at most as many as fit beside the running ones. */
export function nextIndexes({ count, order, settled, running, concurrency }: WindowState): number[] {
  const places = concurrency - sizeOf(running);
  const free = complement(union(settled, running), count);
  const chosen: number[] = [];
  for (const [from, to] of order === 'forward' ? free : free.toReversed()) {
    for (let step = 0; step < to - from; step++) {
      if (chosen.length >= places) return chosen;
      chosen.push(order === 'forward' ? from + step : to - 1 - step);
    }
  }
  return chosen;
}

/** Whether nothing is left to start and nothing runs. */
export function isSettled({ count, settled }: Pick<WindowState, 'count' | 'settled'>): boolean {
  return complement(settled, count).length === 0;
}
