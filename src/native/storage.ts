/**
 * One run's view of what is stored: which version it reads and writes, what it has saved, what is warm, and what it keeps for
 * itself of cached datasets. Two ways to one dataset (`table@a`, `table@b`) see each other's saves here.
 */
import { copied, type Dataset, type DatasetIo } from '../catalog/index.ts';
import type { FillOptions } from '../config/index.ts';
import { type DatasetRef, isPipelineError, PipelineError, type RunRequest } from '../core/index.ts';
import { datasetOf } from '../pipeline/index.ts';
import type { Cancellation, RunStorage } from '../runner/index.ts';
import type { OpenDataset, ProjectCatalog } from './catalog.ts';
import { runCache } from './run-cache.ts';
import { isSameDataset } from './transcoding.ts';
import type { WarmCache } from './warm-cache.ts';

export interface RunStorageOptions {
  readonly catalog: ProjectCatalog;
  readonly warm: WarmCache;
  readonly cancellation: Cancellation;
  readonly fill: FillOptions;
  readonly saveVersion: string;
  readonly loadVersions: NonNullable<RunRequest['loadVersions']>;
  /** Datasets that an earlier attempt of this run says it has saved; given on every attempt but the first. */
  readonly savedBefore: readonly string[] | undefined;
}

export interface NativeStorage extends RunStorage {
  /** Opens datasets, which checks their definitions and what is asked of them, and connects to nothing. */
  open(names: Iterable<string>): void;
  /** Whether this run (an earlier attempt of it) has saved that dataset and it is still there. */
  isSaved(name: string): Promise<boolean>;
  /** Whether the dataset is there, by whoever made it. */
  exists(name: string): Promise<boolean>;
  /** Where a dataset is, in the version that this run saved or read. */
  refer(name: string): DatasetRef;
  /** Datasets that this run has saved, earlier attempts included, in order. */
  readonly saved: ReadonlySet<string>;
}

/** Makes the storage of one run. */
export function runStorage(options: RunStorageOptions): NativeStorage {
  const { catalog, warm, cancellation, fill, saveVersion, loadVersions, savedBefore } = options;
  const opened = new Map<string, OpenDataset>();
  const saved = new Set(savedBefore);
  const read = new Map<string, string | undefined>();
  const newest = new Map<string, Promise<string | undefined>>();
  const cache = runCache();
  let hasWays = false;

  const get = (name: string): OpenDataset => {
    const known = opened.get(name);
    if (known !== undefined) return known;
    const open = catalog.open(name, fill);
    opened.set(name, open);
    hasWays ||= name.includes('@');
    return open;
  };
  const versionToRead = async (name: string, { dataset }: OpenDataset): Promise<string | undefined> => {
    if (!dataset.versioned) return undefined;
    const pinned = loadVersions[name] ?? (isWritten(name) ? saveVersion : undefined);
    const version = pinned ?? (await newestOf(placeOf(name, dataset.filepath), dataset));
    read.set(name, version);
    return version;
  };
  // Two nodes, or two ways to one place, must not read two versions, when somebody else saves in between.
  const newestOf = (place: string, dataset: Dataset): Promise<string | undefined> => {
    const known = newest.get(place);
    if (known !== undefined) return known;
    const looking = dataset.newestVersion();
    newest.set(place, looking);
    const lookAgain = () => void newest.delete(place);
    looking.then((found) => found ?? lookAgain(), lookAgain);
    return looking;
  };
  const loadFromStorage = async (name: string, open: OpenDataset): Promise<unknown> => {
    const version = await versionToRead(name, open);
    return await open.dataset.load({ ...io(version), signal: cancellation.signal });
  };
  const isWritten = (name: string): boolean =>
    saved.has(name) || (hasWays && [...saved].some((other) => isWrittenBy(name, other)));
  // Ways to one dataset are a convention of names: only the filepath says that they lead to the same place.
  const isWrittenBy = (name: string, other: string): boolean =>
    isSameDataset(name, other) && get(name).dataset.filepath === get(other).dataset.filepath;
  const invalidate = (name: string, open: OpenDataset): void => {
    warm.invalidate(name, open);
    if (hasWays) cache.release(...[...opened.keys()].filter((other) => other !== name && isSameDataset(name, other)));
    for (const warmName of warm.names) {
      if (warmName === name || !isSameDataset(name, warmName)) continue;
      const other = openIfPossible(() => catalog.open(warmName, fill));
      if (other !== undefined) warm.invalidate(warmName, other);
    }
  };
  return {
    saved,
    open(names) {
      for (const name of names) get(name);
      const odd = Object.keys(loadVersions).find((name) => !opened.get(name)?.dataset.versioned);
      if (odd !== undefined) throw notVersioned(odd);
    },
    load(name) {
      const open = get(name);
      const isPinned = isWritten(name) || loadVersions[name] !== undefined;
      const value = warm.has(name) && !isPinned ? warm.get(name, open) : undefined;
      if (value !== undefined) return value;
      return open.isCached ? cache.load(name, open, () => loadFromStorage(name, open)) : loadFromStorage(name, open);
    },
    copy: (name, value) => copied(name, get(name).copyMode, value),
    release: cache.release,
    async save(name, value) {
      const open = get(name);
      // Copied first: a value that cannot be must not be half saved.
      const kept = open.isCached ? copied(name, open.copyMode, value) : undefined;
      const version = open.dataset.versioned ? saveVersion : undefined;
      const how = { ...io(version), overwrite: savedBefore !== undefined, signal: cancellation.signal };
      // A save that fails may have changed what is stored: a database's answer to COMMIT can be lost.
      await open.dataset.save(value, how).finally(() => invalidate(name, open));
      saved.add(name);
      // What was asked for by its version stays what it is.
      cache.release(name);
      if (open.isCached && loadVersions[name] === undefined) cache.keep(name, kept);
    },
    async isSaved(name) {
      const { dataset } = get(name);
      return saved.has(name) && (await dataset.exists(io(dataset.versioned ? saveVersion : undefined)));
    },
    exists: (name) => get(name).dataset.exists(),
    refer(name) {
      const { dataset } = get(name);
      const version = saved.has(name) && dataset.versioned ? saveVersion : read.get(name);
      return {
        dataset: name,
        type: dataset.type,
        ...(dataset.filepath === undefined ? {} : { filepath: dataset.filepath }),
        ...(version === undefined ? {} : { version }),
      };
    },
  };
}

// What this run's params cannot fill, it cannot have changed either.
function openIfPossible(open: () => OpenDataset): OpenDataset | undefined {
  try {
    return open();
  } catch (error) {
    if (isPipelineError(error)) return undefined;
    throw error;
  }
}

function placeOf(name: string, filepath: string | undefined): string {
  return name.includes('@') ? `${datasetOf(name)}@${filepath}` : name;
}

function io(version: string | undefined): DatasetIo {
  return version === undefined ? {} : { version };
}

function notVersioned(name: string): PipelineError {
  return new PipelineError(
    'VERSION_INVALID',
    `loadVersions names "${name}", which is not versioned; add "versioned: true" to its entry.`,
    {
      details: { dataset: name },
    },
  );
}
