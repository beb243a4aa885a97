/** Versioned files as Kedro lays them out: `<filepath>/<version>/<basename>`. */
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { compareVersions, PipelineError } from '../core/index.ts';
import { errorCode } from './failures.ts';

/** The file of one version. Throws `VERSION_INVALID` for a name that is not one plain folder name. */
export function versionedFile(path: string, version: string): string {
  if (!isFolderName(version)) {
    throw new PipelineError('VERSION_INVALID', `"${version}" cannot be a version: it names a folder.`, {
      details: { version },
    });
  }
  return join(path, version, basename(path));
}

/** The greatest version that holds its file. A version's folder without the file is one that was never finished. */
export async function newestVersion(path: string): Promise<string | undefined> {
  for await (const version of newestFirst(path)) return version;
  return undefined;
}

/** Up to `most` versions that hold their file, newest first. */
export async function someVersions(path: string, most: number): Promise<string[]> {
  const found: string[] = [];
  for await (const version of newestFirst(path)) {
    if (found.push(version) >= most) break;
  }
  return found;
}

// Picks the greatest again and again instead of sorting: nearly always the first one holds, and there may be thousands.
async function* newestFirst(path: string): AsyncGenerator<string> {
  const names = new Set(await folderNames(path));
  while (names.size > 0) {
    let greatest: string | undefined;
    for (const name of names) {
      if (greatest === undefined || compareVersions(name, greatest) > 0) greatest = name;
    }
    if (greatest === undefined) return;
    names.delete(greatest);
    if (await isFile(versionedFile(path, greatest))) yield greatest;
  }
}

async function folderNames(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).filter(isFolderName);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function isFolderName(name: string): boolean {
  return name !== '' && !name.startsWith('.') && !/[/\\\0]/.test(name);
}

/** Whether there is a file; a folder, or a path through a file, is none. */
export async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
}
