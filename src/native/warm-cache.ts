/**
 * Artifacts that stay in memory between runs.
 *
 * 1. An artifact is kept under its name and its filled definition, so a run whose params lead to another file loads that one.
 * 2. What is handed out is frozen, copied or shared as it is: `warm-values.ts` says what when. No run can change for the next
 *    what JavaScript can protect.
 * 3. A run that saves over an artifact, or a change seen under `when-changed`, makes it stale; the next use loads it again,
 *    once however many runs ask.
 * 4. Who asks after a save gets nothing older than that save, also while an earlier load is still going on.
 * 5. Together they stay within the limit: the least recently used goes first, of equally old ones the larger. Those that are
 *    preloaded by one call never push each other out: a call that asks for more than fits is refused, before anything is
 *    dropped for it. A run that holds a value keeps it; dropping only forgets.
 * 6. A run never fails for the limit: an artifact that has grown past it when it is loaded again is handed out and forgotten.
 */
import type { Dataset } from '../catalog/index.ts';
import { PipelineError, type PreloadOptions, type WarmArtifact } from '../core/index.ts';
import type { OpenDataset } from './catalog.ts';
import { type Droppable, sizeText, toDrop } from './warm-limit.ts';
import { type WarmValue, warmValue } from './warm-values.ts';

interface Entry extends Droppable {
  readonly name: string;
  readonly key: string;
  readonly dataset: Dataset;
  readonly refresh: NonNullable<PreloadOptions['refresh']>;
  readonly copyMode: PreloadOptions['copyMode'];
  value: WarmValue | undefined;
  bytes: number;
  usedAt: number;
  fingerprint: string | undefined;
  loadedAt: Date;
  lastUsedAt: Date | undefined;
  hits: number;
  /** How often storage has been changed by runs of this session; the first load is owed to the first. */
  changes: number;
  /** How many of these changes `value` has. */
  seen: number;
  loading: Promise<void> | undefined;
}

/** One call of `preload`: what it has asked for so far, and what was dropped for it. */
export interface Preloading {
  readonly options: PreloadOptions;
  readonly asked: Set<object>;
  readonly dropped: Set<string>;
}

export class WarmCache {
  readonly #entries = new Map<string, Map<string, Entry>>();
  /** Those that are loaded for the first time: what is saved meanwhile makes them stale too (invariant 4). */
  readonly #coming = new Set<Entry>();
  readonly #limit: number;
  /** Counts loads and uses: two in one millisecond are still in order. */
  #clock = 0;

  /** `limit`: most bytes of all artifacts together. */
  constructor(limit = Number.POSITIVE_INFINITY) {
    this.#limit = limit;
  }

  /** Whether any definition of that dataset is warm. */
  has(name: string): boolean {
    return this.#entries.size > 0 && this.#entries.has(name);
  }

  /** Loads and keeps an artifact; false when it is warm already. Throws `CACHE_LIMIT_EXCEEDED`. */
  async add(name: string, { dataset, key }: OpenDataset, call: Preloading): Promise<boolean> {
    const { refresh = 'never', copyMode, signal } = call.options;
    const known = this.#entries.get(name)?.get(key());
    if (known !== undefined && known.refresh === refresh && known.copyMode === copyMode) {
      call.asked.add(known);
      // Without the signal: runs may wait for the same load.
      await this.#fresh(known);
      if (this.#isKept(known)) return false;
    }
    const entry = newEntry(name, key(), dataset, refresh, copyMode);
    this.#coming.add(entry);
    await reload(entry, signal).finally(() => this.#coming.delete(entry));
    this.#makeRoom(entry, call);
    const byKey = this.#entries.get(name) ?? new Map<string, Entry>();
    this.#entries.set(name, byKey.set(entry.key, entry));
    entry.usedAt = ++this.#clock;
    call.asked.add(entry);
    call.dropped.delete(name);
    return true;
  }

  /** The warm value under that definition; `undefined` when there is none. A promise only where it must look or load. */
  get(name: string, { key }: OpenDataset): unknown {
    const entry = this.#entries.get(name)?.get(key());
    if (entry === undefined) return undefined;
    entry.hits++;
    entry.lastUsedAt = new Date();
    entry.usedAt = ++this.#clock;
    if (entry.refresh === 'never' && entry.seen === entry.changes) return entry.value?.handOut();
    return this.#fresh(entry).then(() => entry.value?.handOut());
  }

  /** Says that storage has changed under that definition, or under every definition of that dataset. */
  invalidate(name: string, open?: OpenDataset): void {
    for (const entry of this.#coming) if (entry.name === name && isOf(entry, open)) entry.changes++;
    for (const entry of this.#entries.get(name)?.values() ?? []) if (isOf(entry, open)) entry.changes++;
  }

  /** Of datasets that are warm, or on their way to it. */
  get names(): ReadonlySet<string> {
    return new Set([...this.#entries.keys(), ...[...this.#coming].map(({ name }) => name)]);
  }

  /** Forgets artifacts and returns their names. */
  release(names: readonly string[] = [...this.#entries.keys()]): string[] {
    return names.filter((name) => this.#entries.delete(name));
  }

  describe(): WarmArtifact[] {
    return this.#all().map((entry) => ({
      dataset: entry.name,
      type: entry.dataset.type,
      hits: entry.hits,
      loadedAt: entry.loadedAt.toISOString(),
      ...(entry.lastUsedAt === undefined ? {} : { lastUsedAt: entry.lastUsedAt.toISOString() }),
      bytes: entry.bytes,
      refresh: entry.refresh,
      shared: entry.value?.shared ?? 'frozen',
    }));
  }

  async #fresh(entry: Entry): Promise<void> {
    const owed = entry.changes;
    do {
      entry.loading ??= this.#again(entry).finally(() => {
        entry.loading = undefined;
      });
      await entry.loading;
      // A load that had begun before the last save is not enough (invariant 4).
    } while (entry.seen < owed);
  }

  async #again(entry: Entry): Promise<void> {
    await reload(entry);
    if (!this.#isKept(entry)) return;
    const others = this.#all().filter((each) => each !== entry);
    const dropped = toDrop(others, entry.bytes, this.#limit) ?? [entry];
    for (const each of dropped) this.#drop(each);
  }

  /** Drops what must go for `entry`, which is not among the kept yet, or refuses it. */
  #makeRoom(entry: Entry, { asked, dropped }: Preloading): void {
    // What it replaces goes in any case.
    const others = this.#all().filter(({ name, key }) => name !== entry.name || key !== entry.key);
    const together = others.filter((each) => asked.has(each)).reduce((sum, { bytes }) => sum + bytes, entry.bytes);
    const going = toDrop(
      others.filter((each) => !asked.has(each)),
      together,
      this.#limit,
    );
    if (going === undefined) throw tooLarge(entry, together, this.#limit);
    for (const each of going) {
      this.#drop(each);
      dropped.add(each.name);
    }
  }

  #drop({ name, key }: Entry): void {
    const byKey = this.#entries.get(name);
    byKey?.delete(key);
    if (byKey?.size === 0) this.#entries.delete(name);
  }

  #isKept(entry: Entry): boolean {
    return this.#entries.get(entry.name)?.get(entry.key) === entry;
  }

  #all(): Entry[] {
    return [...this.#entries.values()].flatMap((byKey) => [...byKey.values()]);
  }
}

function isOf(entry: Entry, open: OpenDataset | undefined): boolean {
  return open === undefined || entry.key === open.key();
}

function newEntry(
  name: string,
  key: string,
  dataset: Dataset,
  refresh: Entry['refresh'],
  copyMode: Entry['copyMode'],
): Entry {
  return {
    name,
    key,
    dataset,
    refresh,
    copyMode,
    value: undefined,
    bytes: 0,
    usedAt: 0,
    fingerprint: undefined,
    loadedAt: new Date(),
    lastUsedAt: undefined,
    hits: 0,
    changes: 1,
    seen: 0,
    loading: undefined,
  };
}

async function reload(entry: Entry, signal?: AbortSignal): Promise<void> {
  const { dataset } = entry;
  const io = signal === undefined ? {} : { signal };
  const { changes } = entry;
  // Taken before loading: a change in between is seen at the next use instead of never.
  const fingerprint = entry.refresh === 'when-changed' ? await dataset.fingerprint(io) : undefined;
  if (entry.seen === changes && fingerprint === entry.fingerprint) return;
  const value = warmValue(await dataset.load(io), entry.copyMode);
  entry.value = value;
  entry.bytes = value.bytes;
  entry.loadedAt = new Date();
  entry.fingerprint = fingerprint;
  entry.seen = changes;
}

function tooLarge({ name, bytes }: Entry, together: number, limit: number): PipelineError {
  const asked = together > bytes ? `, ${sizeText(together)} with the others of the same preload` : '';
  return new PipelineError(
    'CACHE_LIMIT_EXCEEDED',
    `Artifact "${name}" takes ${sizeText(bytes)}${asked}; warm.memoryLimit allows ${sizeText(limit)}. Raise the limit, or leave it to be loaded by each run.`,
    { details: { dataset: name, bytes, together, limit } },
  );
}
