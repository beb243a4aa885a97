/**
 * A lock between processes: a file that holds the id of who has it.
 *
 * A lock is stale when its process is gone, or when it is older than its work can take (the id may be in use again after
 * a restart of the machine). Whoever finds a stale one moves it away and tries again.
 */
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { isRunning } from './processes.ts';

export interface FileLockOptions {
  /** Milliseconds after which a lock is stale whoever holds it: more than the work can take. */
  staleAfterMs: number;
  /** Ends the waiting, with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Called once when another process (or another call in this one) has the lock. */
  onWait?: () => void;
}

const POLL_MS = 50;

/** Does `work` while no one else does theirs under the same `file`. Not re-entrant. */
export async function withFileLock<T>(file: string, options: FileLockOptions, work: () => Promise<T>): Promise<T> {
  const mark = `${process.pid} ${randomUUID()}`;
  let waiting = false;
  while (!(await take(file, mark))) {
    if (!waiting) options.onWait?.();
    waiting = true;
    const stale = await readStale(file, options.staleAfterMs);
    if (stale !== undefined) await moveAway(file, stale);
    else
      await delay(POLL_MS, undefined, options.signal === undefined ? {} : { signal: options.signal }).catch(() => {});
    options.signal?.throwIfAborted();
  }
  try {
    return await work();
  } finally {
    // Work that took longer than anyone believed may have lost its lock to another.
    if ((await readFile(file, 'utf8').catch(() => '')) === mark) await rm(file, { force: true });
  }
}

async function take(file: string, mark: string): Promise<boolean> {
  try {
    await writeFile(file, mark, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** What is in the lock if it is stale. */
async function readStale(file: string, staleAfterMs: number): Promise<string | undefined> {
  try {
    const [mark, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    if (Date.now() - mtimeMs > staleAfterMs) return mark;
    const pid = Number.parseInt(mark, 10);
    // Empty for the instant between its making and its filling.
    return Number.isInteger(pid) && !isRunning(pid) ? mark : undefined;
  } catch {
    return undefined;
  }
}

/** Removes the lock if `stale` is what it holds. For this file and its test. */
export async function moveAway(file: string, stale: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
    // Another one that found it stale may have been faster, and this is its new lock: give it back.
    if ((await readFile(aside, 'utf8')) !== stale) await link(aside, file);
  } catch {
    // Gone, or taken anew: the next try tells.
  }
  await rm(aside, { force: true });
}
