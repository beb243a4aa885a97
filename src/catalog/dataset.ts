/**
 * The words of this room.
 *
 * - A **definition** is one filled catalog entry: plain JSON with a `type`.
 * - A **dataset type** knows one storage or format, such as `json.JSONDataset`. A **registry** finds it by its name.
 * - A **dataset** is a definition opened: it can load and save. Opening touches no disk and no network.
 */
import type { JsonObject } from '../core/index.ts';
import type { Connections } from './connections.ts';
import type { FileStore } from './stores/index.ts';

/** One filled catalog entry. */
export type DatasetDefinition = JsonObject & { type: string };

/** How to do one operation. */
export interface DatasetIo {
  /** Versioned datasets: the exact version to load (default: the newest) or to save (required). */
  version?: string;
  /** A retry of the same run may finish what it began: an existing version is replaced. Default: false. */
  overwrite?: boolean;
  /** When it fires, the operation ends with the signal's reason, at the latest before a file is put in place. */
  signal?: AbortSignal;
}

/** A place that values are loaded from and saved to. */
export interface Dataset {
  /** The type's own name, whatever alias the entry uses. */
  readonly type: string;
  /** As configured. */
  readonly filepath?: string;
  readonly versioned: boolean;
  readonly readOnly: boolean;
  /** Throws `DATASET_NOT_SAVED_YET`, `DATASET_LOAD_FAILED`, `DATASET_LIBRARY_MISSING`, `VERSION_INVALID`. */
  load(io?: DatasetIo): Promise<unknown>;
  /**
   * All or nothing: a save that fails leaves what was there. Throws `DATASET_VALUE_INVALID`, `DATASET_SAVE_FAILED`,
   * `DATASET_READ_ONLY`, `DATASET_LIBRARY_MISSING`, `VERSION_INVALID`, `VERSION_EXISTS`.
   */
  save(value: unknown, io?: DatasetIo): Promise<void>;
  /** Whether there is something to load; of `io.version` when given. */
  exists(io?: DatasetIo): Promise<boolean>;
  /** `undefined` when the dataset is not versioned or has no version yet. */
  newestVersion(): Promise<string | undefined>;
  /** A short text that changes when what `load(io)` would return changes. Throws `DATASET_NOT_SAVED_YET`. */
  fingerprint(io?: DatasetIo): Promise<string>;
}

/** What a session lends to its datasets. */
export interface SessionTools {
  /** Absolute; relative filepaths are relative to it. */
  project: string;
  connections: Connections;
  /** The project's own, beside local files and S3. Default: none. */
  fileStores?: readonly FileStore[];
  /** Whether other threads of this process may use the same project at the same time. Default: false. */
  hasSiblings?: boolean;
}

/** What datasets borrow from their session. */
export interface CatalogTools extends SessionTools {
  /**
   * Opens a definition inside of this one, such as that of one partition, by the same registry. `name` is the outer
   * dataset's, for messages. Throws `DATASET_INVALID`, `DATASET_TYPE_UNKNOWN`.
   */
  open(name: string, definition: DatasetDefinition): Dataset;
}

/** A storage or format, as the registry holds it. Made by `defineFileDataset` or `defineDataset`. */
export interface DatasetType {
  /** As catalogs write it, without `kedro_datasets.` */
  readonly name: string;
  /** Throws `DATASET_INVALID`. */
  readonly open: (name: string, definition: DatasetDefinition, tools: CatalogTools) => Dataset;
}
