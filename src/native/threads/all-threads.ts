/** Questions to all threads at once, and their answers as one. */
import { setTimeout as delay } from 'node:timers/promises';
import { isPipelineError, type WarmArtifact } from '../../core/index.ts';
import type { NativeThread } from './native-thread.ts';
import type { ThreadPool } from './thread-pool.ts';

// A thread that runs answers where its nodes wait; one that computes cannot, and need not be waited for.
const MOST_BUSY_MS = 250;

/**
 * Asks every thread. Idle ones are waited for, busy ones for a moment; those answer later, before they do anything else. At
 * least one answer comes back. Throws when no thread answers.
 */
export async function answersOf<T>(pool: ThreadPool, ask: (thread: NativeThread) => Promise<T>): Promise<T[]> {
  const { threads, idle } = pool;
  if (threads.length === 0) return [await pool.use(ask)];
  const answers: T[] = [];
  const asked = threads.map((thread) => ask(thread).then((answer) => void answers.push(answer)));
  const ofIdle = asked.filter((_, i) => idle.includes(threads[i] as NativeThread));
  const any = Promise.any(asked).catch(async ({ errors }: AggregateError) => {
    // Threads that ended in the meantime have successors.
    if (!errors.every((error) => isPipelineError(error) && error.code === 'THREAD_DIED')) throw errors[0];
    answers.push(await pool.use(ask));
  });
  const wait = new AbortController();
  const busy = delay(MOST_BUSY_MS, undefined, { signal: wait.signal }).catch(() => {});
  try {
    await Promise.all([any, Promise.allSettled(ofIdle), Promise.race([Promise.allSettled(asked), busy])]);
  } finally {
    wait.abort();
  }
  return answers;
}

/** Artifacts of several threads as one list: hits and bytes are sums, times the latest. */
export function mergeWarm(lists: readonly (readonly WarmArtifact[])[]): WarmArtifact[] {
  const merged = new Map<string, WarmArtifact>();
  for (const list of lists) {
    const met = new Map<string, number>();
    for (const each of list) {
      // A dataset may be warm under several definitions; threads have them in the same order.
      const nth = (met.get(each.dataset) ?? 0) + 1;
      met.set(each.dataset, nth);
      const key = `${nth} ${each.dataset}`;
      const known = merged.get(key);
      merged.set(key, known === undefined ? { ...each } : sumOf(known, each));
    }
  }
  return [...merged.values()];
}

function sumOf(a: WarmArtifact, b: WarmArtifact): WarmArtifact {
  const lastUsedAt = latest(a.lastUsedAt, b.lastUsedAt);
  return {
    ...a,
    hits: a.hits + b.hits,
    loadedAt: latest(a.loadedAt, b.loadedAt) ?? a.loadedAt,
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
    ...(a.bytes === undefined || b.bytes === undefined ? {} : { bytes: a.bytes + b.bytes }),
  };
}

function latest(a: string | undefined, b: string | undefined): string | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}
