import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PipelineError, type PipelineSession } from '../core/index.ts';
import { defined } from './fields.ts';

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
  /** By Kedro's name. */
  runner?: string;
  /** For Kedro projects. */
  async?: boolean;
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
  const { project, python, hosts, runner, async: isAsync, isolation, threads } = flags;
  const common = placeOf(flags);
  if (await isKedroProject(project)) {
    const { openKedroSession } = await import('../kedro/index.ts');
    return await openKedroSession({ ...common, ...defined({ python, hosts, runner, isAsync }) });
  }
  if (isAsync)
    throw invalid('--async is for Kedro projects: nodes of a TypeScript project wait for their data already.');
  const { openNativeSession } = await import('../native/index.ts');
  return await openNativeSession({ ...common, ...defined({ isolation, threads, runner: nativeRunner(runner) }) });
}

const NATIVE_RUNNERS: Readonly<Record<string, 'sequential' | 'concurrent'>> = {
  SequentialRunner: 'sequential',
  ThreadRunner: 'concurrent',
};

function nativeRunner(runner: string | undefined): 'sequential' | 'concurrent' | undefined {
  const own = runner === undefined ? undefined : NATIVE_RUNNERS[runner];
  if (runner === undefined || own !== undefined) return own;
  throw invalid(`--runner is "${runner}"; a TypeScript project has ${Object.keys(NATIVE_RUNNERS).join(' and ')}.`);
}

function invalid(message: string): PipelineError {
  return new PipelineError('REQUEST_INVALID', message);
}
