/** Small projects made of texts, in temporary folders that are gone after the test. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PipelineSession } from '../../src/core/index.ts';
import { type NativeSessionOptions, openNativeSession } from '../../src/native/index.ts';

const PACKAGE = path.resolve(import.meta.dirname, '../..');

/** Path in the project → content. `conf/base/catalog.yml` is there in any case, and empty by default. */
export type Files = Record<string, string>;

/** Writes a project and hands over its folder. */
export async function withProject<T>(files: Files, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'project-'));
  try {
    await writeFiles(folder, { 'conf/base/catalog.yml': '', ...files });
    // A file of the project imports the package by its name.
    await mkdir(path.join(folder, 'node_modules'));
    await symlink(PACKAGE, path.join(folder, 'node_modules/kedro-temporal'), 'dir');
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Writes a project and opens a session on it. */
export function withSession<T>(
  files: Files,
  work: (session: PipelineSession, folder: string) => Promise<T>,
  options: Omit<NativeSessionOptions, 'project'> = {},
): Promise<T> {
  return withProject(files, async (project) => {
    const session = await openNativeSession({ ...options, project });
    try {
      return await work(session, project);
    } finally {
      await session.close();
    }
  });
}

export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [file, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), content);
  }
}

/** The text of a pipeline file: `nodes` is what stands between the brackets of `pipeline([…])`. */
export function pipelineFile(nodes: string, before = ''): string {
  return `import { node, pipeline, runContext } from 'kedro-temporal';\n${before}\nexport default pipeline([${nodes}]);\n`;
}

/** A JSON dataset of the catalog. */
export function jsonEntry(name: string, more = ''): string {
  return `${name}:\n  type: json.JSONDataset\n  filepath: data/${name}.json\n${more}`;
}
