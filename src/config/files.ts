/** Where configuration is on disk, and which files of an environment belong to which group. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError, suggestion } from '../core/index.ts';
import type { GroupName } from './node.ts';

export const BASE = 'base';
export const DEFAULT_ENV = 'local';

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

/** A file's text; `file` names it in messages. Throws `CONFIG_SYNTAX` where it is not UTF-8. */
export async function readText(path: string, file: string): Promise<string> {
  const bytes = await readFile(path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new PipelineError('CONFIG_SYNTAX', `${file} cannot be read: it is not UTF-8 text.`, {
      cause,
      details: { file },
    });
  }
}

/** Throws `PROJECT_NOT_FOUND` or `CONFIG_ENV_NOT_FOUND`. */
export async function checkFolders(project: string, confSource: string, env: string): Promise<void> {
  if (!(await isFolder(join(confSource, BASE)))) {
    throw new PipelineError(
      'PROJECT_NOT_FOUND',
      `"${project}" is not a project: there is no folder "${join(confSource, BASE)}". Give the folder that holds conf/base, or say with confSource where the configuration is.`,
      { details: { project, confSource } },
    );
  }
  const inside = env !== '' && !env.split(/[\\/]/).some((part) => part === '' || part === '.' || part === '..');
  if (inside && (env === DEFAULT_ENV || (await isFolder(join(confSource, env))))) return;
  throw new PipelineError(
    'CONFIG_ENV_NOT_FOUND',
    `The environment "${env}" has no folder in "${confSource}".${suggestion(env, await folderNames(confSource))}`,
    { details: { env, confSource } },
  );
}

function isMissing(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
