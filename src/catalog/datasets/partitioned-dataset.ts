/**
 * A folder of files, each a dataset of one type: `partitions.PartitionedDataset`.
 *
 * Loading gives a plain object, partition id → a function that loads it, sorted by id; nothing is read before it is called.
 * Saving takes such an object (or a `Map`) of values, or of functions that make them, called one at a time.
 *
 * Options: `path` (a folder, local or of a file store), `dataset` (a type or a definition), `filepath_arg` (default
 * `filepath`), `filename_suffix`, `credentials` and `fs_args` (also the partitions', unless theirs are given),
 * `load_args.maxdepth`, `overwrite`, `save_lazily` (default true).
 */
import { createHash } from 'node:crypto';
import { isPipelineError, isPlainObject, type JsonObject, messageOf, PipelineError } from '../../core/index.ts';
import type { CatalogTools, Dataset, DatasetDefinition, DatasetIo, DatasetType } from '../dataset.ts';
import { readOnly as cannotSave, guarded, invalidValue } from '../failures.ts';
import {
  anything,
  checkOptions,
  either,
  flag,
  integer,
  mapping,
  type OptionRule,
  type OptionValues,
  required,
  text,
} from '../options.ts';
import { type FilesAt, type ListedFile, openFiles } from '../stores/index.ts';

/** Loads one partition, now and as often as asked; `signal` ends it. */
export type LoadPartition = (io?: { signal?: AbortSignal }) => Promise<unknown>;

/** What loading gives: partition id → its loader. */
export type Partitions = Readonly<Record<string, LoadPartition>>;

const anyText: OptionRule<string> = {
  expects: 'a text',
  read: (value) => (typeof value === 'string' ? value : undefined),
};

const OPTIONS = {
  type: required(text()),
  path: required(text()),
  dataset: required(either(text(), mapping(anything()))),
  filepath_arg: text(),
  filename_suffix: anyText,
  credentials: anything(),
  load_args: mapping(anything()),
  fs_args: mapping(anything()),
  overwrite: flag(),
  save_lazily: flag(),
  metadata: anything(),
};

type Entry = OptionValues<typeof OPTIONS>;

export const partitionedDataset: DatasetType = Object.freeze({
  name: 'partitions.PartitionedDataset',
  open: (name: string, definition: DatasetDefinition, tools: CatalogTools) =>
    Object.freeze(openPartitions(name, definition, tools)),
});

/** What the operations work with. */
interface Place extends FilesAt {
  readonly dataset: string;
  readonly suffix: string;
  readonly depth: number | undefined;
  openAt(path: string): Dataset;
}

interface Partition extends ListedFile {
  readonly id: string;
}

function openPartitions(dataset: string, definition: DatasetDefinition, tools: CatalogTools): Dataset {
  const entry = checkOptions(dataset, OPTIONS, definition);
  const place = placeOf(dataset, entry, tools);
  const { files, path } = place;
  // Opened to have its options checked now rather than when the first partition is read.
  const { readOnly } = place.openAt(files.join(path, `partition${place.suffix}`));
  const operation = (verb: 'load' | 'save', io: DatasetIo | undefined) => {
    if (io?.version !== undefined) throw noVersions(dataset, io.version);
    return { verb, dataset, place: files.shown(path), signal: io?.signal };
  };
  return {
    type: partitionedDataset.name,
    filepath: entry.path,
    versioned: false,
    readOnly,

    load: async (io) =>
      guarded(operation('load', io), async (): Promise<Partitions> => {
        const all = await partitions(place, io?.signal);
        return Object.fromEntries(all.map(({ id, path }) => [id, (own) => place.openAt(path).load(own)]));
      }),

    save: async (value, io) => {
      if (readOnly) throw cannotSave(dataset);
      await guarded(operation('save', io), async () => {
        const values = checkedValues(place, value);
        for (const [id, given] of values) {
          io?.signal?.throwIfAborted();
          const made = entry.save_lazily === false ? given : await madeOf(dataset, id, given);
          await place.openAt(pathOf(place, id)).save(made, io);
        }
        if (entry.overwrite === true) await removeOthers(place, new Set(values.keys()), io?.signal);
      });
    },

    exists: async (io) =>
      guarded(operation('load', io), async () => !(await partitionsIn(place, io?.signal).next()).done),

    newestVersion: async () => undefined,

    fingerprint: async (io) =>
      guarded(operation('load', io), async () => {
        const hash = createHash('sha256');
        for (const { id, path, fingerprint } of await partitions(place, io?.signal)) {
          hash.update(`${id}\0${fingerprint ?? (await files.stat(path, io?.signal))?.fingerprint ?? ''}\0`);
        }
        return hash.digest('base64url').slice(0, 22);
      }),
  };
}

function placeOf(dataset: string, entry: Entry, tools: CatalogTools): Place {
  const { credentials, fs_args } = entry;
  const { maxdepth } = checkOptions(dataset, { maxdepth: integer(1, 1000) }, entry.load_args ?? {}, 'load_args');
  const { files, path } = openFiles(dataset, { filepath: entry.path, credentials, fs_args }, tools, 'path');
  const inner: JsonObject = {
    ...(credentials === undefined ? {} : { credentials }),
    ...(fs_args === undefined ? {} : { fs_args }),
    ...(typeof entry.dataset === 'string' ? { type: entry.dataset } : entry.dataset),
  };
  if (inner.versioned === true) {
    throw new PipelineError(
      'DATASET_INVALID',
      `The catalog entry "${dataset}" has partitions that are versioned: partitions have no versions. Make the version a part of "path".`,
      { details: { dataset } },
    );
  }
  const key = entry.filepath_arg ?? 'filepath';
  return {
    dataset,
    files,
    path,
    suffix: entry.filename_suffix ?? '',
    depth: maxdepth,
    openAt: (at) => tools.open(dataset, { ...inner, [key]: files.urlOf(at) } as DatasetDefinition),
  };
}

/** In the order of their ids. Throws `DATASET_NOT_SAVED_YET` when there is none. */
async function partitions(place: Place, signal: AbortSignal | undefined): Promise<Partition[]> {
  const all: Partition[] = [];
  for await (const each of partitionsIn(place, signal)) all.push(each);
  if (all.length > 0) return all.sort((a, b) => (a.id < b.id ? -1 : 1));
  throw new PipelineError(
    'DATASET_NOT_SAVED_YET',
    `The dataset "${place.dataset}" has nothing to load: no partitions found in ${place.files.shown(place.path)}${place.suffix === '' ? '' : ` whose names end in "${place.suffix}"`}.`,
    { details: { dataset: place.dataset, path: place.files.shown(place.path) } },
  );
}

async function* partitionsIn(place: Place, signal: AbortSignal | undefined): AsyncGenerator<Partition> {
  const { files, path, suffix, depth } = place;
  for await (const each of files.list(path, signal, depth)) {
    const inside = each.path.slice(files.join(path, 'x').length - 1);
    if (inside.length > suffix.length && inside.endsWith(suffix)) {
      yield { ...each, id: inside.slice(0, inside.length - suffix.length) };
    }
  }
}

/** Partition id → value, sorted by id. Throws `DATASET_VALUE_INVALID`. */
function checkedValues({ dataset, suffix }: Place, value: unknown): Map<string, unknown> {
  if (!(value instanceof Map) && !isPlainObject(value)) {
    throw invalidValue(dataset, '', 'it must be an object, or a Map, of partition ids to values.');
  }
  const entries: [unknown, unknown][] = value instanceof Map ? [...value] : Object.entries(value);
  const checked = entries.map(([id, each]): [string, unknown] => {
    const problem = typeof id === 'string' ? idProblem(id, suffix) : 'an id is a text.';
    if (problem !== undefined) throw invalidValue(dataset, `[${JSON.stringify(id)}]`, problem);
    return [String(id), each];
  });
  return new Map(checked.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function idProblem(id: string, suffix: string): string | undefined {
  const name = `${id}${suffix}`;
  if (id === '') return 'an id has at least one character.';
  if (/^(?:[\\/]|[A-Za-z]:[\\/])/.test(name)) return 'an id is a path inside of the folder, not an absolute one.';
  if (name.split(/[\\/]/).includes('..')) return 'an id does not climb out of the folder with "..".';
  if (name.split('/').some((part) => part === '' || part === '.') || name.includes('\0')) {
    return 'an id has no empty parts, no "." and no NUL character.';
  }
  return undefined;
}

function pathOf({ files, path, suffix }: Place, id: string): string {
  return files.join(path, `${id}${suffix}`);
}

async function madeOf(dataset: string, id: string, given: unknown): Promise<unknown> {
  if (typeof given !== 'function') return given;
  try {
    return await given();
  } catch (error) {
    if (isPipelineError(error)) throw error;
    throw new PipelineError(
      'DATASET_SAVE_FAILED',
      `The partition "${id}" of the dataset "${dataset}" could not be made: ${messageOf(error)}`,
      { cause: error, details: { dataset, partition: id } },
    );
  }
}

// After the new ones are in place: a save that fails has removed nothing.
async function removeOthers(place: Place, ids: ReadonlySet<string>, signal: AbortSignal | undefined): Promise<void> {
  const others: string[] = [];
  for await (const { id, path } of partitionsIn(place, signal)) {
    if (!ids.has(id)) others.push(path);
  }
  for (const path of others) {
    signal?.throwIfAborted();
    await place.files.remove(path, signal);
  }
}

function noVersions(dataset: string, version: string): PipelineError {
  return new PipelineError(
    'VERSION_INVALID',
    `The dataset "${dataset}" has partitions and no versions, so it has no version "${version}".`,
    { details: { dataset, version } },
  );
}
