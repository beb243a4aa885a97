/**
 * Artifacts that stay in memory between runs.
 *
 * 1. An artifact is kept under its name and its filled definition, so a run whose params lead to another file loads that one.
 * 2. What is handed out is frozen (plain objects and arrays) or shared as it is (class instances): no run can change it for
 *    the next.
 * 3. A run that saves over an artifact, or a change seen under `when-changed`, makes it stale; the next use loads it again,
 *    once however many runs ask.
 * 4. Who asks after a save gets nothing older than that save, also while an earlier load is still going on.
 */
import type { Dataset } from '../catalog/index.ts';
import { freezeDeep, type PreloadOptions, type WarmArtifact } from '../core/index.ts';
import type { OpenDataset } from './catalog.ts';

interface Entry {
  readonly name: string;
  readonly dataset: Dataset;
  readonly refresh: NonNullable<PreloadOptions['refresh']>;
  value: unknown;
  fingerprint: string | undefined;
  loadedAt: Date;
  hits: number;
  /** How often storage has been changed by runs of this session; the first load is owed to the first. */
  changes: number;
  /** How many of these changes `value` has. */
  seen: number;
  loading: Promise<void> | undefined;
}

export class WarmCache {
  readonly #entries = new Map<string, Map<string, Entry>>();

  /** Whether any definition of that dataset is warm. */
  has(name: string): boolean {
    return this.#entries.size > 0 && this.#entries.has(name);
  }

  /** Loads and keeps an artifact; false when it is warm already. */
  async add(name: string, { dataset, key }: OpenDataset, options: PreloadOptions): Promise<boolean> {
    const refresh = options.refresh ?? 'never';
    const known = this.#entries.get(name)?.get(key());
    if (known !== undefined && known.refresh === refresh) {
      // Without the signal: runs may wait for the same load.
      await freshValue(known);
      return false;
    }
    const entry = newEntry(name, dataset, refresh);
    await reload(entry, options.signal);
    const byKey = this.#entries.get(name) ?? new Map<string, Entry>();
    this.#entries.set(name, byKey.set(key(), entry));
    return true;
  }

  /** The warm value under that definition; `undefined` when there is none. A promise only where it must look or load. */
  get(name: string, { key }: OpenDataset): unknown {
    const entry = this.#entries.get(name)?.get(key());
    if (entry === undefined) return undefined;
    entry.hits++;
    if (entry.refresh === 'never' && entry.seen === entry.changes) return entry.value;
    return freshValue(entry);
  }

  /** Says that storage has changed under that definition. */
  invalidate(name: string, { key }: OpenDataset): void {
    const entry = this.#entries.get(name)?.get(key());
    if (entry !== undefined) entry.changes++;
  }

  /** Forgets artifacts and returns their names. */
  release(names: readonly string[] = [...this.#entries.keys()]): string[] {
    return names.filter((name) => this.#entries.delete(name));
  }

  describe(): WarmArtifact[] {
    const all = [...this.#entries.values()].flatMap((byKey) => [...byKey.values()]);
    return all.map(({ name, dataset, hits, loadedAt }) => ({
      dataset: name,
      type: dataset.type,
      hits,
      loadedAt: loadedAt.toISOString(),
    }));
  }
}

function newEntry(name: string, dataset: Dataset, refresh: Entry['refresh']): Entry {
  return {
    name,
    dataset,
    refresh,
    value: undefined,
    fingerprint: undefined,
    loadedAt: new Date(),
    hits: 0,
    changes: 1,
    seen: 0,
    loading: undefined,
  };
}

async function freshValue(entry: Entry): Promise<unknown> {
  const owed = entry.changes;
  do {
    entry.loading ??= reload(entry).finally(() => {
      entry.loading = undefined;
    });
    await entry.loading;
    // A load that had begun before the last save is not enough (invariant 4).
  } while (entry.seen < owed);
  return entry.value;
}

async function reload(entry: Entry, signal?: AbortSignal): Promise<void> {
  const { dataset } = entry;
  const io = signal === undefined ? {} : { signal };
  const { changes } = entry;
  // Taken before loading: a change in between is seen at the next use instead of never.
  const fingerprint = entry.refresh === 'when-changed' ? await dataset.fingerprint(io) : undefined;
  if (entry.seen === changes && fingerprint === entry.fingerprint) return;
  entry.value = freezeDeep(await dataset.load(io));
  entry.loadedAt = new Date();
  entry.fingerprint = fingerprint;
  entry.seen = changes;
}
