import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ConfigOptions, type ConfigTemplate, readConfig } from '../../src/config/index.ts';

/** Path below `conf` → content. */
export type ConfTree = Record<string, string>;

/** Writes a project with these files (and an empty `conf/base`), hands its path to `use`, and removes it. */
export async function withProject<T>(tree: ConfTree, use: (project: string) => Promise<T>): Promise<T> {
  const project = await mkdtemp(join(tmpdir(), 'kedro-temporal-config-'));
  try {
    await mkdir(join(project, 'conf', 'base'), { recursive: true });
    for (const [path, content] of Object.entries(tree)) {
      await mkdir(dirname(join(project, 'conf', path)), { recursive: true });
      await writeFile(join(project, 'conf', path), content);
    }
    return await use(project);
  } finally {
    await rm(project, { recursive: true, force: true });
  }
}

/** The template of a tree. Its project is gone by then: a template must not need it any more. */
export function templateOf(tree: ConfTree, options: Omit<ConfigOptions, 'project'> = {}): Promise<ConfigTemplate> {
  return withProject(tree, (project) => readConfig({ project, ...options }));
}

/** What `act` throws, as code and message. */
export async function failure(act: () => unknown): Promise<{ code: string; message: string }> {
  try {
    await act();
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { code, message };
  }
  throw new Error('it did not fail');
}
