/**
 * What one run keeps in memory of `CachedDataset`s: read once, from then on handed out by the entry's copy mode, until the run
 * needs it no more. It ends with the run; what outlives runs is `preload`'s.
 */
import { copied } from '../catalog/index.ts';
import type { OpenDataset } from './catalog.ts';

export interface RunCache {
  /** The kept value, or what `read` gives, which is then kept. Loads at the same time share one reading. */
  load(name: string, open: OpenDataset, read: () => Promise<unknown>): Promise<unknown>;
  keep(name: string, value: unknown): void;
  release(...names: string[]): void;
}

/** Makes the cache of one run. */
export function runCache(): RunCache {
  const kept = new Map<string, Promise<unknown>>();
  return {
    async load(name, open, read) {
      const { copyMode } = open;
      const known = kept.get(name);
      if (known !== undefined) return copied(name, copyMode, await known);
      const reading = read().then((value) => copied(name, copyMode, value));
      kept.set(name, reading);
      try {
        return copied(name, copyMode, await reading);
      } catch (error) {
        // The next one may read what this one could not.
        if (kept.get(name) === reading) kept.delete(name);
        throw error;
      }
    },
    keep: (name, value) => void kept.set(name, Promise.resolve(value)),
    release(...names) {
      for (const name of names) kept.delete(name);
    },
  };
}
