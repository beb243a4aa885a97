/** Many intervals in one task: all of them once, and again only those that failed by something that may pass. */

/** How one interval went. */
export interface ChunkOutcome {
  key: string;
  /** Absent for one that succeeded. */
  error?: { retryable: boolean };
}

/** How a chunk is run. */
export interface ChunkRunner<Each extends { key: string }, End extends ChunkOutcome> {
  /** Runs these in their order. Ends without those that it did not come to. `before`: how each that failed last went. */
  run(left: readonly Each[], before: ReadonlyMap<string, End>): Promise<readonly End[]>;
  /** Waits before another try. */
  pause(): Promise<unknown>;
  /** Of each interval; from 1. */
  maximumAttempts: number;
  /** Whether nothing more is to be tried: what has ended then counts. Default: it never is. */
  isCancelled?(): boolean;
}

/** Runs the intervals. Returns how each ended, in their order; those that were not run are left out. */
export async function runChunk<Each extends { key: string }, End extends ChunkOutcome>(
  intervals: readonly Each[],
  { run, pause, maximumAttempts, isCancelled }: ChunkRunner<Each, End>,
): Promise<End[]> {
  const good = new Map<string, End>();
  const bad = new Map<string, End>();
  // Of each by itself: one that stands behind a bad one has its first when that has had some.
  const attempts = new Map<string, number>();
  let left = intervals;
  while (left.length > 0) {
    const ends = await run(left, bad);
    const again = new Set<string>();
    for (const end of ends) {
      const { key, error } = end;
      const attempt = (attempts.get(key) ?? 0) + 1;
      attempts.set(key, attempt);
      bad.delete(key);
      (error === undefined ? good : bad).set(key, end);
      if (error?.retryable === true && attempt < maximumAttempts) again.add(key);
    }
    if (again.size === 0 || isCancelled?.() === true) break;
    // Those that have not been run yet stand behind a bad one.
    left = left.filter(({ key }) => again.has(key) || !(good.has(key) || bad.has(key)));
    await pause();
  }
  return intervals.flatMap(({ key }) => good.get(key) ?? bad.get(key) ?? []);
}
