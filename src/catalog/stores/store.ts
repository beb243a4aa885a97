/**
 * Where files are kept: the words.
 *
 * - A **file store** is a kind of storage that `filepath` names by its scheme, such as `s3://`. It moves whole files to and
 *   from this machine; formats read and write local files only and know nothing of it.
 * - **Files** is a store as file datasets use it, opened for one catalog entry.
 */
import type { JsonObject, JsonValue } from '../../core/index.ts';
import type { Connections } from '../connections.ts';
import type { OptionRules, OptionValues } from '../options.ts';

/** A file that is there. */
export interface StoredFile {
  /** Changes when the file does. */
  readonly fingerprint: string;
  /** In bytes. */
  readonly size: number;
}

/** A file that was found below a folder. */
export interface ListedFile {
  readonly path: string;
  /** Where a listing tells it; else `stat` does. */
  readonly fingerprint?: string;
}

/** How to put a file in place. */
export interface FileWrite {
  /** Refuse to replace a file. */
  exclusive: boolean;
  /** Another attempt of the same run may have been killed in the middle: remove what it left. */
  isRetry: boolean;
  /** What is written can be read once only, so it cannot be written a second time. Default: false. */
  isOnce?: boolean;
  signal: AbortSignal | undefined;
}

/** What a store tells about an error of its own. */
export interface StoreFailure {
  /** Whether trying again with nothing changed may help. */
  retryable: boolean;
  /** What went wrong. Default: the error's message. */
  message?: string | undefined;
  /** A sentence that says what to do. */
  hint?: string | undefined;
}

/**
 * What a store can do for one entry. A path is what follows `scheme://`, such as `bucket/folder/file.csv`; no part of it is
 * empty, `.` or `..`.
 */
export interface StoreMethods {
  /** Copies a file to `file`, which does not exist yet; false when the store has none. */
  download(path: string, file: string, signal: AbortSignal | undefined): Promise<boolean>;
  /**
   * Puts the content of `file` in place, whole or not at all. False, with nothing changed, when `exclusive` and a file is
   * there, also one that appears meanwhile.
   */
  upload(file: string, path: string, how: FileWrite): Promise<boolean>;
  /** `undefined` when there is no such file. */
  stat(path: string, signal: AbortSignal | undefined): Promise<StoredFile | undefined>;
  /** Every file below a folder, at any depth. Fingerprints are those that `stat` gives. */
  list(folder: string, signal: AbortSignal | undefined): AsyncIterable<Required<ListedFile>>;
  /** Removing what is not there is fine. */
  remove(path: string, signal: AbortSignal | undefined): Promise<void>;
  /** Default: every error may pass, in its own words. */
  failure?(error: unknown): StoreFailure;
}

/** What a store gets when an entry is opened. */
export interface FileStoreContext<O extends OptionRules> {
  /** The dataset's name, for messages. */
  readonly dataset: string;
  /** The session's; a client belongs here, under a key that tells its credentials apart. */
  readonly connections: Connections;
  /** The entry's `credentials` and `fs_args`, checked; where both say something, `credentials` win. */
  readonly options: OptionValues<O>;
}

/** A kind of storage. */
export interface FileStoreSettings<O extends OptionRules> {
  /** As filepaths write it, without `://`. */
  scheme: string;
  /** Other ways to write it. Default: none. */
  aliases?: readonly string[];
  /** What `credentials` and `fs_args` may have. Default: nothing. */
  options?: O;
  /** Must reach nothing: connect at the first use, through `context.connections`. May throw `DATASET_INVALID`. */
  open(context: FileStoreContext<O>): StoreMethods;
}

/** A kind of storage, as settings hold it. Made by `defineFileStore`. */
export interface FileStore {
  readonly schemes: readonly string[];
  readonly options: OptionRules;
  readonly open: (context: FileStoreContext<OptionRules>) => StoreMethods;
}

/** A file on this machine, borrowed for reading. */
export interface BorrowedFile {
  readonly file: string;
  /** Gives a temporary copy back; absent where `file` is the stored one itself. */
  readonly release?: () => Promise<void>;
}

/** A store as file datasets use it. A path is the store's own: absolute, or what follows `scheme://`. */
export interface Files {
  /** A path as catalogs write it; one that is opened again leads to the same file. */
  urlOf(path: string): string;
  /** A path as people know it. */
  shown(path: string): string;
  join(folder: string, ...names: string[]): string;
  basename(path: string): string;
  /** `undefined` when there is no such file; a store whose files are local may leave that to who reads it. */
  borrow(path: string, signal: AbortSignal | undefined): Promise<BorrowedFile | undefined>;
  /** Lets `fill` write a new local file, then puts it in place; false when `exclusive` and a file is there. */
  write(path: string, how: FileWrite, fill: (file: string) => Promise<unknown>): Promise<boolean>;
  /** `undefined` when there is no such file. */
  stat(path: string, signal: AbortSignal | undefined): Promise<StoredFile | undefined>;
  isFolder(path: string, signal: AbortSignal | undefined): Promise<boolean>;
  /** The versions below `path` that hold their file, newest first. */
  newestFirst(path: string, signal: AbortSignal | undefined): AsyncIterable<string>;
  /** Every file below a folder, at most `depth` levels down; none when there is no such folder. */
  list(folder: string, signal: AbortSignal | undefined, depth?: number): AsyncIterable<ListedFile>;
  remove(path: string, signal: AbortSignal | undefined): Promise<void>;
}

/** What an entry says about its store. */
export interface StoreEntry {
  filepath: string;
  credentials?: JsonValue | undefined;
  fs_args?: JsonObject | undefined;
}
