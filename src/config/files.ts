/** Where configuration is on disk. */
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { PipelineError, suggestion } from '../core/index.ts';

export const BASE = 'base';
export const DEFAULT_ENV = 'local';

const EXTENSION = /.\.(?:yml|yaml|json)$/;

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
 * Paths of the YAML and JSON files under `folder`, relative to it, with forward slashes, sorted. Hidden files, what is in
 * hidden folders and links to either are left out; links to files are followed, links to folders are not, as Kedro has it.
 */
export async function configFiles(folder: string, confSource: string): Promise<string[]> {
  const found: string[] = [];
  const visit = async (below: string[]): Promise<void> => {
    for (const item of await readdir(join(folder, ...below), { withFileTypes: true })) {
      if (item.name.startsWith('.')) continue;
      const path = [...below, item.name];
      if (item.isDirectory()) await visit(path);
      else if (!EXTENSION.test(item.name)) continue;
      else if (item.isFile() || (item.isSymbolicLink() && (await isVisible(join(folder, ...path), confSource)))) {
        found.push(path.join('/'));
      }
    }
  };
  await visit([]);
  return found.sort();
}

async function isVisible(link: string, confSource: string): Promise<boolean> {
  try {
    const target = await realpath(link);
    const inside = relative(await realpath(confSource), target);
    const shown = inside.startsWith('..') ? target : inside;
    return (await stat(target)).isFile() && !shown.split(sep).some((part) => part.startsWith('.'));
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** A file's text; `file` names it in messages. Throws `CONFIG_SYNTAX` where it is not UTF-8. */
export async function readText(path: string, file: string): Promise<string> {
  const bytes = await readFile(path);
  try {
    // What the first character is, is for the reader of YAML to say.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new PipelineError('CONFIG_SYNTAX', `${file} cannot be read: it is not UTF-8 text.`, {
      cause,
      details: { file },
    });
  }
}

/** Which folders there must be. */
export interface Folders {
  readonly project: string;
  readonly confSource: string;
  readonly base: string;
  readonly env: string;
  /** The environment where none is asked for. */
  readonly byDefault: string;
  /** Whether it too must have a folder. */
  readonly strict: boolean;
}

/** Throws `PROJECT_NOT_FOUND` or `CONFIG_ENV_NOT_FOUND`. */
export async function checkFolders({ project, confSource, base, env, byDefault, strict }: Folders): Promise<void> {
  if (!(await isFolder(join(confSource, base)))) {
    throw new PipelineError(
      'PROJECT_NOT_FOUND',
      `"${project}" is not a project: there is no folder "${join(confSource, base)}". Give the folder that holds conf/${base}, or say with confSource where the configuration is.`,
      { details: { project, confSource } },
    );
  }
  const inside = env !== '' && !env.split(/[\\/]/).some((part) => part === '' || part === '.' || part === '..');
  if (inside && ((env === byDefault && !strict) || (await isFolder(join(confSource, env))))) return;
  throw new PipelineError(
    'CONFIG_ENV_NOT_FOUND',
    `The environment "${env}" has no folder in "${confSource}".${await mend(env, byDefault, confSource, base)}`,
    { details: { env, confSource } },
  );
}

async function mend(env: string, byDefault: string, confSource: string, base: string): Promise<string> {
  if (env !== byDefault) return suggestion(env, await folderNames(confSource));
  return ` It is the default, and Kedro's loader needs its folder, which may be empty; or ask for "${base}".`;
}

function isMissing(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP';
}
