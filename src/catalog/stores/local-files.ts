/** The file system of this machine. What is read is the file itself; saving is `writeAtomically`. */
import type { Dirent } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, relative } from 'node:path';
import { isTemporary, writeAtomically } from '../atomic-write.ts';
import { errorCode } from '../failures.ts';
import { newestFirst } from '../versions.ts';
import type { Files, ListedFile } from './store.ts';

/** Local files, shown relative to `project` where they are inside. */
export function localFiles(project: string): Files {
  return {
    urlOf: (path) => path,
    shown: (path) => {
      const inside = relative(project, path);
      return inside.startsWith('..') || isAbsolute(inside) ? path : inside;
    },
    join,
    basename,
    // Whether it is there is found out by reading it.
    borrow: async (path) => ({ file: path }),
    write: writeAtomically,
    stat: async (path) => {
      const found = await statOf(path);
      // The inode too: two saves within one tick of the file system's clock differ in nothing else.
      return found?.isFile()
        ? { fingerprint: `${found.mtimeNs}:${found.size}:${found.ino}`, size: Number(found.size) }
        : undefined;
    },
    isFolder: async (path) => (await statOf(path))?.isDirectory() ?? false,
    newestFirst,
    list: filesBelow,
    remove: (path) => rm(path, { force: true }),
  };
}

async function statOf(path: string) {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

async function* filesBelow(
  folder: string,
  signal: AbortSignal | undefined,
  depth = Number.POSITIVE_INFINITY,
): AsyncGenerator<ListedFile> {
  signal?.throwIfAborted();
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (depth > 1) yield* filesBelow(path, signal, depth - 1);
      continue;
    }
    if (isTemporary(entry.name)) continue;
    if (entry.isFile() || (entry.isSymbolicLink() && (await statOf(path))?.isFile())) yield { path };
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}
