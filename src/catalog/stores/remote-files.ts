/**
 * Files of a store that this machine reaches over a network.
 *
 * 1. A file is read from a temporary copy and saved from one; both are removed afterwards, also on failure and cancel.
 * 2. What the store throws becomes `DATASET_LOAD_FAILED` or `DATASET_SAVE_FAILED` in the store's words, which say what to do
 *    and whether trying again may help.
 */
import { posix } from 'node:path';
import { compareVersions, isPipelineError, messageOf, PipelineError } from '../../core/index.ts';
import type { Files, ListedFile, StoreMethods } from './store.ts';
import { sweepTemporaryFolders, temporaryFile } from './temporary-folder.ts';

/** The files of one entry. */
export function remoteFiles(dataset: string, scheme: string, store: StoreMethods): Files {
  const urlOf = (path: string) => `${scheme}://${path}`;
  const failed = (verb: Verb, path: string, signal: AbortSignal | undefined, error: unknown): unknown => {
    if (signal?.aborted) return signal.reason;
    return isPipelineError(error) ? error : failure(dataset, verb, urlOf(path), store, error);
  };
  const asking = async <T>(verb: Verb, path: string, signal: AbortSignal | undefined, work: () => Promise<T>) => {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      throw failed(verb, path, signal, error);
    }
  };
  async function* list(folder: string, signal: AbortSignal | undefined, depth = Number.POSITIVE_INFINITY) {
    signal?.throwIfAborted();
    try {
      for await (const found of store.list(folder, signal)) {
        if (relative(folder, found.path).split('/').length <= depth) yield found;
      }
    } catch (error) {
      throw failed('load', folder, signal, error);
    }
  }

  return {
    urlOf,
    shown: urlOf,
    join: posix.join,
    basename: posix.basename,
    list,
    borrow: async (path, signal) => {
      const copy = await temporaryFile(path);
      try {
        if (await asking('load', path, signal, () => store.download(path, copy.file, signal))) return copy;
      } catch (error) {
        await copy.release();
        throw error;
      }
      await copy.release();
      return undefined;
    },
    write: async (path, how, fill) => {
      const { signal } = how;
      if (how.exclusive && (await asking('save', path, signal, () => isThere(store, path, signal)))) return false;
      if (how.isRetry) await sweepTemporaryFolders(path);
      const copy = await temporaryFile(path);
      try {
        await fill(copy.file);
        return await asking('save', path, signal, () => store.upload(copy.file, path, how));
      } finally {
        await copy.release();
      }
    },
    stat: (path, signal) => asking('load', path, signal, () => store.stat(path, signal)),
    isFolder: async (path, signal) => !(await list(path, signal).next()).done,
    newestFirst: async function* (path, signal) {
      yield* (await versionsIn(path, list(path, signal))).sort((a, b) => compareVersions(b, a));
    },
    remove: (path, signal) => asking('save', path, signal, () => store.remove(path, signal)),
  };
}

type Verb = 'load' | 'save';

// Before the file is made, as making it may take long. A store that cannot tell is asked again by the upload itself.
async function isThere(store: StoreMethods, path: string, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    return (await store.stat(path, signal)) !== undefined;
  } catch (error) {
    if (signal?.aborted || store.failure?.(error).retryable !== false) throw error;
    return false;
  }
}

async function versionsIn(path: string, files: AsyncIterable<ListedFile>): Promise<string[]> {
  const versions: string[] = [];
  for await (const found of files) {
    const [version = '', name, ...rest] = relative(path, found.path).split('/');
    if (name === posix.basename(path) && rest.length === 0 && !version.startsWith('.')) versions.push(version);
  }
  return versions;
}

function relative(folder: string, path: string): string {
  return path.slice(folder.length + 1);
}

function failure(dataset: string, verb: Verb, url: string, store: StoreMethods, error: unknown): PipelineError {
  const { retryable, message, hint } = store.failure?.(error) ?? { retryable: true };
  const done = verb === 'load' ? 'loaded from' : 'saved to';
  return new PipelineError(
    verb === 'load' ? 'DATASET_LOAD_FAILED' : 'DATASET_SAVE_FAILED',
    `The dataset "${dataset}" could not be ${done} ${url}: ${sentence(message ?? messageOf(error))}${hint === undefined ? '' : ` ${hint}`}`,
    { cause: error, details: { dataset, path: url }, retryable },
  );
}

function sentence(words: string): string {
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
