/**
 * The pipelines of a project: `pipelines/<name>.ts` or `pipelines/<name>/index.ts`, default export `pipeline([…])`.
 * A file is imported when its pipeline is first needed, so one that is broken hurts only those who ask for it.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, PipelineError, suggestion } from '../core/index.ts';
import { isPipeline, type Pipeline, pipelineOf } from '../pipeline/index.ts';
import { loadDefault, MODULE_ENDINGS } from './load-module.ts';

/** The sum of all pipelines, unless the project has a file of that name. */
export const DEFAULT_PIPELINE = '__default__';

export interface PipelineRegistry {
  /** Names of all pipelines, `__default__` first. */
  readonly names: readonly string[];
  /** The pipeline, from memory once it was loaded. Throws `PIPELINE_NOT_FOUND` or `PIPELINE_BROKEN`. */
  get(name: string): Promise<Pipeline>;
}

/** Lists a project's pipelines; imports none. A project without the folder has only an empty `__default__`. */
export async function listPipelines(project: string): Promise<PipelineRegistry> {
  const files = await pipelineFiles(path.join(project, 'pipelines'));
  const names = [DEFAULT_PIPELINE, ...[...files.keys()].filter((name) => name !== DEFAULT_PIPELINE).sort()];
  const loaded = new Map<string, Promise<Pipeline>>();
  const load = (name: string): Promise<Pipeline> => {
    const file = files.get(name);
    if (file !== undefined) return importPipeline(name, file);
    if (name === DEFAULT_PIPELINE) return sumOf([...files.keys()], get);
    throw new PipelineError('PIPELINE_NOT_FOUND', `There is no pipeline "${name}".${suggestion(name, names)}`, {
      details: { pipeline: name },
    });
  };
  const get = async (name: string): Promise<Pipeline> => {
    const known = loaded.get(name) ?? load(name);
    loaded.set(name, known);
    return await known;
  };
  return { names, get };
}

async function pipelineFiles(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const files = new Map<string, string>();
  for (const entry of entries.sort((a, b) => rankOf(a.name) - rankOf(b.name))) {
    if (/^[._]/.test(entry.name) && !entry.name.startsWith(DEFAULT_PIPELINE)) continue;
    const found = entry.isDirectory() ? await indexIn(folder, entry.name) : moduleNamed(folder, entry.name);
    if (found !== undefined && !files.has(found.name)) files.set(found.name, found.file);
  }
  return files;
}

// Folders first, then by ending: a source comes before what was built of it beside.
function rankOf(fileName: string): number {
  return MODULE_ENDINGS.findIndex((ending) => fileName.endsWith(ending));
}

function moduleNamed(folder: string, fileName: string): { name: string; file: string } | undefined {
  const ending = MODULE_ENDINGS.find((each) => fileName.endsWith(each));
  if (ending === undefined || /\.(d|test|spec)\.[a-z]+$/.test(fileName)) return undefined;
  return { name: fileName.slice(0, -ending.length), file: path.join(folder, fileName) };
}

async function indexIn(folder: string, name: string): Promise<{ name: string; file: string } | undefined> {
  const inside = await readdir(path.join(folder, name));
  const index = MODULE_ENDINGS.map((ending) => `index${ending}`).find((file) => inside.includes(file));
  return index === undefined ? undefined : { name, file: path.join(folder, name, index) };
}

async function importPipeline(name: string, file: string): Promise<Pipeline> {
  let loaded: unknown;
  try {
    loaded = await loadDefault(file);
  } catch (cause) {
    throw broken(name, `its file does not import: ${messageOf(cause)}`, file, cause);
  }
  if (isPipeline(loaded)) return loaded;
  throw broken(name, 'the default export of its file is not a pipeline([…])', file);
}

async function sumOf(names: string[], get: (name: string) => Promise<Pipeline>): Promise<Pipeline> {
  const pipelines = await Promise.all(
    names.map((name) =>
      get(name).catch((cause: unknown) => {
        throw broken(DEFAULT_PIPELINE, `it is the sum of all pipelines, and ${messageOf(cause)}`, undefined, cause);
      }),
    ),
  );
  return pipelineOf(pipelines.flatMap((each) => each.nodes));
}

function broken(name: string, why: string, file: string | undefined, cause?: unknown): PipelineError {
  const sentence = /[.?!]$/.test(why) ? why : `${why}.`;
  return new PipelineError('PIPELINE_BROKEN', `Pipeline "${name}" is broken: ${sentence}`, {
    cause,
    details: { pipeline: name, file },
  });
}
