/** Rows of sweeps, read as their files appear. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { rowsReader } from '../../src/server/console/sweep-rows.ts';

async function openFolder() {
  const project = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-rows-'));
  onTestFinished(() => rm(project, { recursive: true, force: true }));
  await mkdir(path.join(project, 'rows'));
  const write = (name: string, rows: readonly object[], rest = '') =>
    writeFile(path.join(project, 'rows', name), rows.map((row) => `${JSON.stringify(row)}\n`).join('') + rest);
  return { read: rowsReader(project), write };
}

function rowsOf(from: number, to: number) {
  return Array.from({ length: to - from }, (_, i) => ({ index: from + i, params: { x: i }, metrics: { y: from + i } }));
}

test('of many points an even part is kept, in order, whatever the order of their files', async () => {
  const { read, write } = await openFolder();
  await write('10000-12000.jsonl', rowsOf(10_000, 12_000));
  await write('0-10000.jsonl', rowsOf(0, 10_000));
  const points = await read('rows', 12_000);
  expect(points).toHaveLength(4_000);
  expect(points?.slice(0, 3).map(({ index }) => index)).toEqual([0, 3, 6]);
  expect(points?.at(-1)).toEqual({ index: 11_997, params: { x: 1997 }, metrics: { y: 11_997 } });
});

test('a file that appears is read, what is still being written is not, points that failed are left out', async () => {
  const { read, write } = await openFolder();
  await write('0-2.jsonl', [
    ...rowsOf(0, 1),
    { index: 1, params: { x: 1 }, metrics: {}, error: { code: 'NODE_FAILED' } },
  ]);
  await write('2-4.part-1', rowsOf(2, 4), '{"index":4,"par');
  expect((await read('rows', 4))?.map(({ index }) => index)).toEqual([0]);
  await write('2-4.jsonl', rowsOf(2, 4));
  // Tried once more, in a batch of its own.
  await write('1-2.jsonl', rowsOf(1, 2));
  const [first, second] = await Promise.all([read('rows', 4), read('rows', 4)]);
  expect(first?.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  expect(second).toEqual(first);
});

test('a folder that is not here has no points to tell', async () => {
  const { read } = await openFolder();
  expect(await read('elsewhere', 4)).toBeUndefined();
});
