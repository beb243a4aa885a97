import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PipelineSession } from '../core/index.ts';

/** Flags that say which project, and how to open it. */
export interface ProjectFlags {
  project: string;
  env?: string;
  /** Another place for `conf`. */
  confSource?: string;
  /** For Kedro projects. */
  python?: string;
  /** For Kedro projects. */
  hosts?: number;
  /** For TypeScript projects. */
  isolation?: 'inline' | 'thread';
  /** For TypeScript projects. */
  threads?: number;
}

/** Where a command's project and its configuration are, in full. */
export function placeOf({ project, env, confSource }: ProjectFlags) {
  return {
    project: path.resolve(project),
    ...(env && { env }),
    ...(confSource && { confSource: path.resolve(confSource) }),
  };
}

/** Whether the folder holds a Kedro project, which runs in Python. */
export async function isKedroProject(project: string): Promise<boolean> {
  const file = path.join(project, 'pyproject.toml');
  const text = await readFile(file, 'utf8').catch(() => '');
  return /^\s*\[tool\.kedro\]/m.test(text);
}

/** Opens the session of a command's project, with the engine that it is for. */
export async function openSession(flags: ProjectFlags): Promise<PipelineSession> {
  const { project, python, hosts, isolation, threads } = flags;
  const common = placeOf(flags);
  if (await isKedroProject(project)) {
    const { openKedroSession } = await import('../kedro/index.ts');
    const own = { ...(python === undefined ? {} : { python }), ...(hosts === undefined ? {} : { hosts }) };
    return await openKedroSession({ ...common, ...own });
  }
  const { openNativeSession } = await import('../native/index.ts');
  const own = { ...(isolation === undefined ? {} : { isolation }), ...(threads === undefined ? {} : { threads }) };
  return await openNativeSession({ ...common, ...own });
}
