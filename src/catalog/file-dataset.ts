/**
 * Everything that file formats share: options, paths, versions, whole-or-nothing saving, errors. A format brings only
 * how to read and how to write one file.
 */
import { isPipelineError, PipelineError } from '../core/index.ts';
import type { CatalogTools, Dataset, DatasetDefinition, DatasetType } from './dataset.ts';
import { guarded, mayPass, readOnly } from './failures.ts';
import { type FilePlace, fileToLoad, missing, newestVersion, pathOf, pathToSave } from './file-place.ts';
import {
  anything,
  checkOptions,
  flag,
  mapping,
  type OptionRules,
  type OptionValues,
  required,
  text,
} from './options.ts';
import { openFiles } from './stores/index.ts';

/** What a format gets besides the file. */
export interface FileContext<Args extends OptionRules> extends CatalogTools {
  /** The dataset's name, for messages. */
  readonly dataset: string;
  /** The checked `load_args` when reading, `save_args` when writing. */
  readonly args: OptionValues<Args>;
  /** The entry's `credentials`, as configured. */
  readonly credentials: unknown;
  readonly signal: AbortSignal | undefined;
}

/** What a format's `write` gets besides that. */
export interface FileWriteContext<Args extends OptionRules> extends FileContext<Args> {
  /** Where the file will be, on this machine or in a store; its ending may matter. `file` is a temporary one. */
  readonly target: string;
}

/** A file format. */
export interface FileFormat<L extends OptionRules, S extends OptionRules> {
  /** As catalogs write it, such as `my.YamlDataset`. */
  type: string;
  /** What `load_args` may have. Default: nothing. */
  loadArgs?: L;
  /** What `save_args` may have. Default: nothing. */
  saveArgs?: S;
  /** Reads a file that exists. */
  read(file: string, context: FileContext<L>): Promise<unknown>;
  /**
   * Writes a file that does not exist yet; what it resolves with does not matter. Leave it out for a dataset that can only be
   * read.
   */
  write?(file: string, value: unknown, context: FileWriteContext<S>): Promise<unknown>;
  /** Whether loading or saving again may help after `error`. Default: no for a `SyntaxError` and broken UTF-8, else yes. */
  retryable?(error: unknown): boolean;
}

/**
 * A dataset type for one file format. Entries may have `filepath` (required: a local path, or a URL of a file store such as
 * `s3://`), `versioned`, `load_args`, `save_args`, `credentials`, `fs_args` and `metadata`.
 */
export function defineFileDataset<const L extends OptionRules, const S extends OptionRules>(
  format: FileFormat<L, S>,
): DatasetType {
  return Object.freeze({
    name: format.type,
    open: (name: string, definition: DatasetDefinition, tools: CatalogTools) =>
      Object.freeze(openFile(format, name, definition, tools)),
  });
}

const ENTRY = {
  type: required(text()),
  filepath: required(text()),
  versioned: flag(),
  load_args: mapping(anything()),
  save_args: mapping(anything()),
  credentials: anything(),
  fs_args: mapping(anything()),
  metadata: anything(),
};

function openFile<L extends OptionRules, S extends OptionRules>(
  format: FileFormat<L, S>,
  dataset: string,
  definition: DatasetDefinition,
  tools: CatalogTools,
): Dataset {
  const entry = checkOptions(dataset, ENTRY, definition);
  const { files, path } = openFiles(dataset, entry, tools);
  const place: FilePlace = { dataset, files, path, versioned: entry.versioned ?? false };
  const loadArgs = checkOptions(dataset, format.loadArgs ?? ({} as L), entry.load_args ?? {}, 'load_args');
  const saveArgs = checkOptions(dataset, format.saveArgs ?? ({} as S), entry.save_args ?? {}, 'save_args');
  const shared = { ...tools, dataset, credentials: entry.credentials };
  const retryable = (error: unknown) => format.retryable?.(error) ?? mayPass(error);
  const operation = (verb: 'load' | 'save', at: string, signal: AbortSignal | undefined) =>
    ({ verb, dataset, place: files.shown(at), signal, retryable }) as const;

  return {
    type: format.type,
    filepath: entry.filepath,
    versioned: place.versioned,
    readOnly: format.write === undefined,

    load: ({ version, signal } = {}) =>
      guarded(operation('load', path, signal), async () => {
        const { path: chosen } = await fileToLoad(place, version, signal);
        return guarded(operation('load', chosen, signal), async () => {
          const borrowed = await files.borrow(chosen, signal);
          if (borrowed === undefined) throw await missing(place, chosen, signal);
          try {
            return await format.read(borrowed.file, { ...shared, args: loadArgs, signal });
          } catch (error) {
            // Asked only now: a file that can be read need not be looked for first.
            if (!isPipelineError(error) && (await files.stat(chosen, signal)) === undefined)
              throw await missing(place, chosen, signal);
            throw error;
          } finally {
            await borrowed.release?.();
          }
        });
      }),

    save: async (value, { version, overwrite, signal } = {}) => {
      if (format.write === undefined) throw readOnly(dataset);
      const target = pathToSave(place, version);
      const exclusive = place.versioned && overwrite !== true;
      const placed = await guarded(operation('save', target, signal), () =>
        files.write(
          target,
          { exclusive, isRetry: overwrite === true, isOnce: isReadOnce(value), signal },
          async (file) => format.write?.(file, value, { ...shared, args: saveArgs, signal, target }),
        ),
      );
      if (!placed) throw versionExists(dataset, version ?? '');
    },

    exists: ({ version, signal } = {}) =>
      guarded(operation('load', path, signal), async () => {
        if (place.versioned && version === undefined) return (await newestVersion(place, signal)) !== undefined;
        return (await files.stat(pathOf(place, version), signal)) !== undefined;
      }),

    newestVersion: async () => {
      if (!place.versioned) return undefined;
      return guarded(operation('load', path, undefined), () => newestVersion(place, undefined));
    },

    fingerprint: ({ version, signal } = {}) =>
      guarded(operation('load', path, signal), async () => {
        const chosen = await fileToLoad(place, version, signal);
        const found = await files.stat(chosen.path, signal);
        if (found === undefined) throw await missing(place, chosen.path, signal);
        return `${chosen.version}:${found.fingerprint}`;
      }),
  };
}

// Iterators, streams of Node and of the web.
function isReadOnce(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return ['next', 'pipe', 'getReader'].some((name) => typeof (value as Record<string, unknown>)[name] === 'function');
}

function versionExists(dataset: string, version: string): PipelineError {
  return new PipelineError(
    'VERSION_EXISTS',
    `The dataset "${dataset}" already has the version "${version}": another run has saved it.`,
    { details: { dataset, version } },
  );
}
