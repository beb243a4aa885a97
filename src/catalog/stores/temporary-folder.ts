/**
 * A folder on this machine for one file on its way to or from a store.
 *
 * A process that is killed leaves its folder behind; the retry of its run removes those for the same file whose process is
 * gone. The name tells both.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { errorCode } from '../failures.ts';

/** A place for one local copy. */
export interface TemporaryFile {
  /** Does not exist yet. Has the name of the stored file, as its ending may matter. */
  readonly file: string;
  release(): Promise<void>;
}

/** Makes a folder of its own for a copy of `path`. */
export async function temporaryFile(path: string): Promise<TemporaryFile> {
  const folder = await mkdtemp(`${join(tmpdir(), prefixOf(path))}${process.pid}.`);
  return {
    file: join(folder, posix.basename(path)),
    release: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Removes the folders that killed processes left for `path`. */
export async function sweepTemporaryFolders(path: string): Promise<void> {
  const prefix = prefixOf(path);
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const pid = Number(name.slice(prefix.length).split('.')[0]);
    if (Number.isInteger(pid) && pid > 0 && !isAlive(pid)) {
      await rm(join(tmpdir(), name), { recursive: true, force: true });
    }
  }
}

function prefixOf(path: string): string {
  return `kedro-temporal.${createHash('sha256').update(path).digest('hex').slice(0, 8)}.`;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}
