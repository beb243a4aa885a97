/**
 * A file that is there whole or not at all.
 *
 * 1. Content goes to a file beside the target whose name starts with `.` and ends in `.tmp`: nobody loads such a file.
 * 2. It reaches the disk before it gets its name, so a crash leaves the old content or the new.
 * 3. On failure, or when the signal fires, it is removed and the target is as it was.
 * 4. A process that is killed leaves its `.tmp` file behind, in nobody's way; the retry of its run removes it.
 */
import { createHash, randomBytes } from 'node:crypto';
import { access, link, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode } from './failures.ts';
import { isFile } from './versions.ts';

/** How to put a file in place. */
export interface AtomicWrite {
  /** Refuse to replace a file. */
  exclusive?: boolean;
  /** Another attempt of the same run may have been killed in the middle: remove what it left beside the target. */
  isRetry?: boolean;
  /** What is written can be read once only, so `write` is not called again. Default: false. */
  isOnce?: boolean;
  signal?: AbortSignal | undefined;
}

/** What a `write` may answer: its file has reached the disk, so that it need not be opened once more for that. */
export const ON_DISK = Symbol('on disk');

/** Writes a new file that has reached the disk. */
export async function writeToDisk(
  file: string,
  content: string | Uint8Array,
  signal: AbortSignal | undefined,
): Promise<typeof ON_DISK> {
  await writeFile(file, content, { flag: 'wx', flush: true, ...(signal === undefined ? {} : { signal }) });
  return ON_DISK;
}

/**
 * Lets `write` fill a temporary file, then gives it the target's name. Folders are made as needed. Returns false, with
 * nothing changed, when `exclusive` and the target exists, also when it appeared meanwhile.
 */
export async function writeAtomically(
  target: string,
  { exclusive = false, isRetry = false, isOnce = false, signal }: AtomicWrite,
  write: (file: string) => Promise<unknown>,
): Promise<boolean> {
  if (exclusive && (await isFile(target))) return false;
  const folder = dirname(target);
  if (!made.has(folder)) await makeFolder(folder);
  if (isRetry) await sweep(target);
  const first = await tryBeside(target, exclusive, signal, write);
  if (!('error' in first)) return first.placed;
  const { error, isWritten } = first;
  // Somebody may have removed a folder that was there: made again, and tried once more where nothing can be lost by that.
  if (!made.delete(folder) || isWritten || isOnce || (await isThere(folder))) throw error;
  await makeFolder(folder);
  return await writeBeside(target, exclusive, signal, write);
}

type Tried = { placed: boolean } | { error: unknown; isWritten: boolean };

async function tryBeside(
  target: string,
  exclusive: boolean,
  signal: AbortSignal | undefined,
  write: (file: string) => Promise<unknown>,
): Promise<Tried> {
  let isWritten = false;
  try {
    const placed = await writeBeside(target, exclusive, signal, async (file) => {
      const answer = await write(file);
      isWritten = true;
      return answer;
    });
    return { placed };
  } catch (error) {
    return { error, isWritten };
  }
}

function isThere(folder: string): Promise<boolean> {
  return access(folder).then(
    () => true,
    (error: unknown) => errorCode(error) !== 'ENOENT',
  );
}

// Folders that were there a moment ago: asking for each file again costs as much as opening it.
const made = new Set<string>();
const MOST_FOLDERS = 1000;

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  if (made.size >= MOST_FOLDERS) made.clear();
  made.add(folder);
}

async function writeBeside(
  target: string,
  exclusive: boolean,
  signal: AbortSignal | undefined,
  write: (file: string) => Promise<unknown>,
): Promise<boolean> {
  const temporary = join(
    dirname(target),
    `${temporaryPrefix(target)}${process.pid}.${randomBytes(6).toString('hex')}.tmp`,
  );
  let isLeft = true;
  try {
    if ((await write(temporary)) !== ON_DISK) await flush(temporary);
    signal?.throwIfAborted();
    if (exclusive) return await placeNew(temporary, target);
    await rename(temporary, target);
    isLeft = false;
    return true;
  } finally {
    if (isLeft) await rm(temporary, { force: true });
  }
}

// A name may have 255 bytes: the readable part is cut so that any target's name leaves room for the rest, and the digest
// tells names apart that are cut alike.
function temporaryPrefix(target: string): string {
  const name = basename(target);
  return `.${name.slice(0, 40)}.${createHash('sha256').update(name).digest('hex').slice(0, 8)}.`;
}

// Should the other attempt be alive after all, its rename fails, as it must: the run is this attempt's now.
async function sweep(target: string): Promise<void> {
  const [folder, prefix] = [dirname(target), temporaryPrefix(target)];
  for (const name of await namesIn(folder)) {
    if (name.startsWith(prefix) && isTemporary(name)) await rm(join(folder, name), { force: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Whether a file of that name is one that a save has not finished, or never will. */
export function isTemporary(name: string): boolean {
  return name.startsWith('.') && name.endsWith('.tmp');
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

// A hard link fails when the name is taken, where a rename replaces: of two that save one version, one is told.
async function placeNew(temporary: string, target: string): Promise<boolean> {
  try {
    await link(temporary, target);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errorCode(error) ?? '')) throw error;
  }
  // File systems without hard links: as good as it gets there.
  if (await isFile(target)) return false;
  await rename(temporary, target);
  return true;
}
