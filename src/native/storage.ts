/**
 * One run's view of what is stored: which version it reads and writes, what it has saved, and what is warm.
 */
import type { DatasetIo } from '../catalog/index.ts';
import type { FillOptions } from '../config/index.ts';
import { type DatasetRef, PipelineError, type RunRequest } from '../core/index.ts';
import type { Cancellation, RunStorage } from '../runner/index.ts';
import type { OpenDataset, ProjectCatalog } from './catalog.ts';
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

  const get = (name: string): OpenDataset => {
    const known = opened.get(name) ?? catalog.open(name, fill);
    opened.set(name, known);
    return known;
  };
  const versionToRead = async (name: string, { dataset }: OpenDataset): Promise<string | undefined> => {
    if (!dataset.versioned) return undefined;
    const version =
      loadVersions[name] ?? (saved.has(name) ? saveVersion : (read.get(name) ?? (await dataset.newestVersion())));
    read.set(name, version);
    return version;
  };
  const loadFromStorage = async (name: string, open: OpenDataset): Promise<unknown> => {
    const version = await versionToRead(name, open);
    return await open.dataset.load({ ...io(version), signal: cancellation.signal });
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
      const isPinned = saved.has(name) || loadVersions[name] !== undefined;
      const value = warm.has(name) && !isPinned ? warm.get(name, open) : undefined;
      return value === undefined ? loadFromStorage(name, open) : value;
    },
    async save(name, value) {
      const open = get(name);
      const version = open.dataset.versioned ? saveVersion : undefined;
      await open.dataset.save(value, {
        ...io(version),
        overwrite: savedBefore !== undefined,
        signal: cancellation.signal,
      });
      saved.add(name);
      warm.invalidate(name, open);
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
