/**
 * Everything that file formats share: options, paths, versions, whole-or-nothing saving, errors. A format brings only
 * how to read and how to write one file.
 */
import { stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import { checkSaveVersion, PipelineError } from '../core/index.ts';
import { writeAtomically } from './atomic-write.ts';
import type { CatalogTools, Dataset, DatasetDefinition, DatasetIo, DatasetType } from './dataset.ts';
import { errorCode, guarded, mayPass, notSavedYet } from './failures.ts';
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
import { isFile, newestVersion, someVersions, versionedFile } from './versions.ts';

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
  /** Where the file will be; its ending may matter. `file` is a temporary one beside it. */
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
  /** Writes a file that does not exist yet. Leave it out for a dataset that can only be read. */
  write?(file: string, value: unknown, context: FileWriteContext<S>): Promise<void>;
  /** Whether loading or saving again may help after `error`. Default: no for a `SyntaxError` and broken UTF-8, else yes. */
  retryable?(error: unknown): boolean;
}

/**
 * A dataset type for one file format. Entries may have `filepath` (required), `versioned`, `load_args`, `save_args`,
 * `credentials` and `metadata`.
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
  metadata: anything(),
};

function openFile<L extends OptionRules, S extends OptionRules>(
  format: FileFormat<L, S>,
  dataset: string,
  definition: DatasetDefinition,
  tools: CatalogTools,
): Dataset {
  const entry = checkOptions(dataset, ENTRY, definition);
  const place = new FilePlace(dataset, tools.project, entry.filepath, entry.versioned ?? false);
  const loadArgs = checkOptions(dataset, format.loadArgs ?? ({} as L), entry.load_args ?? {}, 'load_args');
  const saveArgs = checkOptions(dataset, format.saveArgs ?? ({} as S), entry.save_args ?? {}, 'save_args');
  const shared = { ...tools, dataset, credentials: entry.credentials };
  const retryable = (error: unknown) => format.retryable?.(error) ?? mayPass(error);
  const operation = (verb: 'load' | 'save', file: string, signal: AbortSignal | undefined) =>
    ({ verb, dataset, place: place.shown(file), signal, retryable }) as const;

  return {
    type: format.type,
    filepath: entry.filepath,
    versioned: place.versioned,
    readOnly: format.write === undefined,

    load: ({ version, signal } = {}) =>
      guarded(operation('load', place.path, signal), async () => {
        const { file } = await place.find(version);
        return guarded(operation('load', file, signal), () => format.read(file, { ...shared, args: loadArgs, signal }));
      }),

    save: async (value, io = {}) => {
      const target = place.target(io, format.write === undefined);
      const exclusive = place.versioned && io.overwrite !== true;
      const placed = await guarded(operation('save', target, io.signal), () =>
        writeAtomically(target, { exclusive, signal: io.signal }, async (file) =>
          format.write?.(file, value, { ...shared, args: saveArgs, signal: io.signal, target }),
        ),
      );
      if (!placed) throw place.taken(io.version ?? '');
    },

    exists: ({ version, signal } = {}) =>
      guarded(operation('load', place.path, signal), async () => {
        if (!place.versioned || version !== undefined) return isFile(place.file(version));
        return (await newestVersion(place.path)) !== undefined;
      }),

    newestVersion: async () => {
      if (!place.versioned) return undefined;
      return guarded(operation('load', place.path, undefined), () => newestVersion(place.path));
    },

    fingerprint: ({ version, signal } = {}) =>
      guarded(operation('load', place.path, signal), async () => (await place.find(version)).fingerprint),
  };
}

/** Where the files of one entry are. */
class FilePlace {
  readonly dataset: string;
  readonly versioned: boolean;
  /** Absolute; the folder of versions when versioned. */
  readonly path: string;
  readonly #project: string;

  constructor(dataset: string, project: string, filepath: string, versioned: boolean) {
    this.dataset = dataset;
    this.versioned = versioned;
    this.path = localPath(dataset, project, filepath);
    this.#project = project;
  }

  /** The path as people know it: relative to the project when it is inside. */
  shown(file: string): string {
    const inside = relative(this.#project, file);
    return inside.startsWith('..') || isAbsolute(inside) ? file : inside;
  }

  /** The file of that version. Throws `VERSION_INVALID`. */
  file(version: string | undefined): string {
    if (!this.versioned) {
      if (version === undefined) return this.path;
      throw new PipelineError(
        'VERSION_INVALID',
        `The dataset "${this.dataset}" is not versioned, so it has no version "${version}": set "versioned: true" in the catalog.`,
        { details: { dataset: this.dataset, version } },
      );
    }
    return versionedFile(this.path, version ?? '');
  }

  /** Where to save. Throws `DATASET_READ_ONLY`, `VERSION_INVALID`. */
  target({ version }: DatasetIo, readOnly: boolean): string {
    if (readOnly) {
      throw new PipelineError('DATASET_READ_ONLY', `The dataset "${this.dataset}" can only be loaded.`, {
        details: { dataset: this.dataset },
      });
    }
    if (this.versioned && version === undefined) {
      throw new PipelineError(
        'VERSION_INVALID',
        `The dataset "${this.dataset}" is versioned: saving needs a version.`,
        {
          details: { dataset: this.dataset },
        },
      );
    }
    if (this.versioned && version !== undefined) checkSaveVersion(version);
    return this.file(version);
  }

  /** The file to load. Throws `DATASET_NOT_SAVED_YET`, `DATASET_LOAD_FAILED` when a folder is there instead. */
  async find(version: string | undefined): Promise<{ file: string; fingerprint: string }> {
    const chosen = this.versioned ? (version ?? (await newestVersion(this.path))) : version;
    if (this.versioned && chosen === undefined) {
      throw notSavedYet(this.dataset, this.shown(this.path), ' It is versioned, and no version is there yet.');
    }
    const file = this.file(chosen);
    const found = await stat(file, { bigint: true }).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
      throw error;
    });
    if (found === undefined) throw notSavedYet(this.dataset, this.shown(file), await this.#versionsHint());
    if (!found.isFile()) throw this.#notAFile(file);
    // The inode too: two saves within one tick of the file system's clock differ in nothing else.
    const fingerprint = `${chosen ?? ''}:${found.mtimeNs}:${found.size}:${found.ino}`;
    return { file, fingerprint };
  }

  taken(version: string): PipelineError {
    return new PipelineError(
      'VERSION_EXISTS',
      `The dataset "${this.dataset}" already has the version "${version}": another run has saved it.`,
      { details: { dataset: this.dataset, version } },
    );
  }

  async #versionsHint(): Promise<string> {
    if (!this.versioned) return '';
    const some = await someVersions(this.path, 5);
    return some.length === 0 ? ' No version is there yet.' : ` The newest versions there are: ${some.join(', ')}.`;
  }

  #notAFile(file: string): PipelineError {
    return new PipelineError(
      'DATASET_LOAD_FAILED',
      `The dataset "${this.dataset}" cannot be loaded: ${this.shown(file)} is a folder, not a file. Is "versioned: true" missing in the catalog?`,
      { details: { dataset: this.dataset, path: this.shown(file) }, retryable: false },
    );
  }
}

/** The absolute path of a configured one. Throws `DATASET_INVALID` for a URL. */
export function localPath(dataset: string, project: string, filepath: string): string {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(filepath)?.[1];
  if (scheme === undefined) return resolve(project, filepath);
  throw new PipelineError(
    'DATASET_INVALID',
    `The catalog entry "${dataset}" has a filepath that starts with "${scheme}://", and this type reads local files only.`,
    { details: { dataset, filepath } },
  );
}
