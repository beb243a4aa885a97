import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { moveAway, withFileLock } from '../../src/dev/file-lock.ts';
import { deadPid } from './machine.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kedro-temporal-lock-'));
  file = join(folder, 'lock');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const STALE = { staleAfterMs: 60_000 };

/** Works under the lock several times at once and returns the most that were inside together. */
async function mostInside(times: number): Promise<number> {
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await delay(5);
    inside--;
  };
  await Promise.all(Array.from({ length: times }, () => withFileLock(file, STALE, work)));
  return most;
}

test('one works at a time, and nothing is left', async () => {
  expect(await mostInside(8)).toBe(1);
  expect(await readdir(folder)).toEqual([]);
});

test('the lock is given back when the work throws', async () => {
  const failing = withFileLock(file, STALE, () => Promise.reject(new Error('no luck')));
  await expect(failing).rejects.toThrow('no luck');
  expect(await withFileLock(file, STALE, async () => 'mine')).toBe('mine');
});

test('the lock of a process that has died is taken, by one of many', async () => {
  await writeFile(file, `${await deadPid()} long-gone`);
  expect(await mostInside(8)).toBe(1);
  expect(await readdir(folder)).toEqual([]);
});

test('who finds a lock stale a moment late gives back the new one that it has moved', async () => {
  await writeFile(file, 'new');
  await moveAway(file, 'stale');
  expect(await readFile(file, 'utf8')).toBe('new');
  await moveAway(file, 'new');
  expect(await readdir(folder)).toEqual([]);
});

test('a lock older than its work can take is taken although a process of that id runs', async () => {
  await writeFile(file, `${process.pid} before-the-reboot`);
  await utimes(file, new Date(0), new Date(0));
  expect(await withFileLock(file, STALE, async () => 'mine')).toBe('mine');
});

test('waiting for a lock ends with the signal’s reason', async () => {
  await writeFile(file, `${process.pid} held`);
  const abort = new AbortController();
  const onWait = () => abort.abort(new Error('enough'));
  const waiting = withFileLock(file, { ...STALE, signal: abort.signal, onWait }, async () => 'mine');
  await expect(waiting).rejects.toThrow('enough');
});
