/** Copies of Kedro fixture projects with a session on them. */
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PipelineSession } from '../../src/core/index.ts';
import { type HostLog, type KedroSessionOptions, openKedroSession } from '../../src/kedro/index.ts';
import { mainPython, QUIET } from './pythons.ts';

const PROJECTS = path.resolve(import.meta.dirname, '../projects');

/** Lines for a project's settings: a context class of its own that changes nothing. */
export const OWN_CONTEXT = `
from kedro.framework.context import KedroContext


class Own(KedroContext):
    @property
    def params(self):
        return super().params


CONTEXT_CLASS = Own
`;

export interface Opened {
  readonly folder: string;
  readonly session: PipelineSession;
  readonly logs: HostLog[];
  read(file: string): Promise<string>;
}

/** Gives `work` a session on a copy of `test/projects/<name>` (or of an absolute folder), and clears both away.
 * A relative `confSource` is one of the copy. */
export async function inProject(
  name: string,
  options: Partial<KedroSessionOptions>,
  work: (opened: Opened) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'kedro-'));
  const logs: HostLog[] = [];
  try {
    await cp(path.resolve(PROJECTS, name), folder, {
      recursive: true,
      filter: (file) => !file.includes('__pycache__'),
    });
    const python = options.python ?? mainPython();
    const session = await openKedroSession({
      project: folder,
      onLog: (log) => logs.push(log),
      ...options,
      ...(python === undefined ? {} : { python }),
      ...(options.confSource === undefined ? {} : { confSource: path.resolve(folder, options.confSource) }),
      environment: { ...QUIET, ...options.environment },
    });
    try {
      await work({ folder, session, logs, read: (file) => readFile(path.join(folder, file), 'utf8') });
    } finally {
      await session.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Whether a process of that id is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits until `isSo` is true; the test's own limit ends it. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}
