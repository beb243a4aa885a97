/** A made-up machine: a home, a PATH and a cache of its own in a temporary folder, with programs that are shell scripts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Machine {
  readonly root: string;
  readonly environment: Record<string, string>;
  /** Writes a program that `/bin/sh` runs, and returns its path. */
  program(path: string, script?: string): Promise<string>;
}

export async function withMachine(work: (machine: Machine) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'kedro-temporal-dev-'));
  const environment = {
    HOME: join(root, 'home'),
    PATH: [join(root, 'bin-1'), join(root, 'bin-2')].join(':'),
    XDG_CACHE_HOME: join(root, 'cache'),
    TEMPORAL_ADDRESS: '',
  };
  const program = async (path: string, script = 'exit 0') => {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
    return file;
  };
  try {
    await work({ root, environment, program });
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The id of a process that has just ended. */
export async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid ?? 0;
}
