/** Versioned files as Kedro lays them out: `<filepath>/<version>/<basename>`. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { compareVersions, PipelineError } from '../core/index.ts';
import { errorCode } from './failures.ts';

/** How a store puts paths together. */
export interface NameJoining {
  join(folder: string, ...names: string[]): string;
  basename(path: string): string;
}

/** The file of one version. Throws `VERSION_INVALID` for a name that is not one plain folder name. */
export function versionedFile(folder: string, version: string, names: NameJoining = path): string {
  if (!isFolderName(version)) {
    throw new PipelineError('VERSION_INVALID', `"${version}" cannot be a version: it names a folder.`, {
      details: { version },
    });
  }
  return names.join(folder, version, names.basename(folder));
}

/**
 * The versions that hold their file, the greatest first. A version's folder without the file is one that was never finished.
 */
// Picks the greatest again and again instead of sorting: nearly always the first one holds, and there may be thousands.
export async function* newestFirst(folder: string): AsyncGenerator<string> {
  const names = new Set(await folderNames(folder));
  while (names.size > 0) {
    let greatest: string | undefined;
    for (const name of names) {
      if (greatest === undefined || compareVersions(name, greatest) > 0) greatest = name;
    }
    if (greatest === undefined) return;
    names.delete(greatest);
    if (await isFile(versionedFile(folder, greatest))) yield greatest;
  }
}

/** The first `most` of what comes. */
export async function firstOf<T>(all: AsyncIterable<T>, most: number): Promise<T[]> {
  const found: T[] = [];
  for await (const each of all) {
    if (found.push(each) >= most) break;
  }
  return found;
}

async function folderNames(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter(isFolderName);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function isFolderName(name: string): boolean {
  return name !== '' && !name.startsWith('.') && !/[/\\\0]/.test(name);
}

/** Whether there is a file; a folder, or a path through a file, is none. */
export async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
}
