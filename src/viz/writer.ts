/** Puts an export in its folder: whole or not at all, and never in place of something else. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isPlainObject, type JsonValue, PipelineError } from '../core/index.ts';

/**
 * Writes files below `folder`, which is new, empty, or an earlier export: that one is there until the new one is whole.
 * Throws `REQUEST_INVALID` for a folder (or file) that holds something else.
 */
export async function writeViz(folder: string, files: Readonly<Record<string, JsonValue>>): Promise<void> {
  const target = await realpath(folder).catch(() => path.resolve(folder));
  const isThere = await checkReplaceable(target);
  await mkdir(path.dirname(target), { recursive: true });
  const beside = path.join(path.dirname(target), `.${path.basename(target)}-${randomBytes(4).toString('hex')}`);
  const [made, old] = [`${beside}.tmp`, `${beside}.old`];
  try {
    for (const [file, content] of Object.entries(files)) {
      const full = path.join(made, file);
      await mkdir(path.dirname(full), { recursive: true });
      await writeFile(full, `${JSON.stringify(content, undefined, 2)}\n`);
    }
    if (isThere) await rename(target, old);
    try {
      await rename(made, target);
    } catch (error) {
      if (isThere) await rename(old, target);
      throw error;
    }
    await rm(old, { recursive: true, force: true });
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

/** Whether there is a folder that may be replaced. */
async function checkReplaceable(target: string): Promise<boolean> {
  const found = await stat(target).catch(() => undefined);
  if (found === undefined) return false;
  if (!found.isDirectory()) throw refused(target, 'is a file, and kedro-viz reads a folder');
  const isOurs = (await readdir(target)).length === 0 || (await isExport(target).catch(() => false));
  if (!isOurs) throw refused(target, 'holds something that is no kedro-viz export');
  return true;
}

const FILES = ['main', 'run-status', 'version'];
const FOLDERS = ['nodes', 'pipelines'];

// It will be removed whole: a folder of somebody else's may have an api/ with a main of its own.
async function isExport(target: string): Promise<boolean> {
  const api = path.join(target, 'api');
  const version: unknown = JSON.parse(await readFile(path.join(api, 'version'), 'utf8'));
  const main: unknown = JSON.parse(await readFile(path.join(api, 'main'), 'utf8'));
  if (!isPlainObject(version) || !('installed' in version) || !isPlainObject(main) || !('modular_pipelines' in main))
    return false;
  if ((await readdir(target)).join() !== 'api') return false;
  const inside = await readdir(api, { withFileTypes: true });
  if (!inside.every((each) => (each.isFile() ? FILES : each.isDirectory() ? FOLDERS : []).includes(each.name)))
    return false;
  const folders = inside.filter((each) => each.isDirectory()).map(({ name }) => path.join(api, name));
  const below = await Promise.all(folders.map((folder) => readdir(folder, { withFileTypes: true })));
  return below.flat().every((each) => each.isFile());
}

function refused(target: string, why: string): PipelineError {
  return new PipelineError('REQUEST_INVALID', `${target} ${why}: name another folder, or remove it first.`, {
    details: { output: target },
  });
}
