/** Which files of an environment belong to which group. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { GroupName } from './node.ts';

const EXTENSION = /\.(?:yml|yaml|json)$/;

/** Whether `path` is a folder. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Names of the folders in `path`, hidden ones left out. */
export async function folderNames(path: string): Promise<string[]> {
  if (!(await isFolder(path))) return [];
  const items = await readdir(path, { withFileTypes: true });
  return items.filter((item) => item.isDirectory() && !item.name.startsWith('.')).map((item) => item.name);
}

/**
 * Paths of the YAML and JSON files under `folder`, relative to it, with forward slashes, sorted. Hidden files and what
 * is in hidden folders are left out. Links are followed.
 */
export async function configFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  const visit = async (below: string[]): Promise<void> => {
    // A link to a folder above would not end; no project nests its configuration this deep.
    if (below.length > 12) return;
    for (const name of await readdir(join(folder, ...below))) {
      if (name.startsWith('.')) continue;
      const info = await stat(join(folder, ...below, name)).catch((error: unknown) => {
        if (isMissing(error)) return undefined;
        throw error;
      });
      if (info?.isDirectory()) await visit([...below, name]);
      else if (info?.isFile() && EXTENSION.test(name)) found.push([...below, name].join('/'));
    }
  };
  await visit([]);
  return found.sort();
}

/**
 * The groups that a file belongs to, by its path inside the environment: `catalog*`, `catalog*` folders with all that is
 * below them, and `catalog*` files at any depth; the same for parameters and credentials. Globals are `globals*` files
 * at the top.
 */
export function groupsOf(path: string): GroupName[] {
  const parts = path.split('/');
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  const groups: GroupName[] = (['catalog', 'parameters', 'credentials'] as const).filter(
    (group) => first.startsWith(group) || last.startsWith(group),
  );
  return parts.length === 1 && first.startsWith('globals') ? [...groups, 'globals'] : groups;
}

function isMissing(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
