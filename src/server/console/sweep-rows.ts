/**
 * Rows that a sweep keeps, read from its folder as their files appear: `<from>-<to>.jsonl`, one line a point, its index first.
 *
 * A file that is there is whole and never changes, so it is read once. Of a sweep of many points every nth is kept.
 */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { JsonObject } from '../../core/index.ts';
import type { SweepPoint } from '../api.ts';
import { MOST_POINTS } from './sweep-views.ts';

interface Row extends SweepPoint {
  error?: JsonObject;
}

interface Folder {
  readonly read: Set<string>;
  readonly points: Map<number, SweepPoint>;
  sorted: SweepPoint[];
  /** The reading that is going on, if any: two at once would each miss what the other reads. */
  turn: Promise<void>;
}

// Of so many sweeps is remembered what their files hold.
const MOST_FOLDERS = 8;

const FILE = /^(\d+)-(\d+)\.jsonl$/;
const INDEX = /^\{"index":(\d+)[,}]/;

/** The points of a folder, in order, at most 5,000; undefined where it cannot be read here. */
export type ReadRows = (folder: string, total: number) => Promise<SweepPoint[] | undefined>;

/** Makes a reader for a project; the folder is relative to it, or absolute. */
export function rowsReader(project: string): ReadRows {
  const folders = new Map<string, Folder>();
  return async (relative, total) => {
    const name = path.resolve(project, relative);
    const files = await readdir(name).catch(() => undefined);
    if (files === undefined) return undefined;
    const folder = folders.get(name) ?? {
      read: new Set<string>(),
      points: new Map(),
      sorted: [],
      turn: Promise.resolve(),
    };
    // The one that was asked for last is forgotten last.
    folders.delete(name);
    folders.set(name, folder);
    for (const [first] of folders) if (folders.size > MOST_FOLDERS) folders.delete(first);
    const turn = folder.turn.then(() => readNew(folder, name, files, Math.ceil(total / MOST_POINTS)));
    folder.turn = turn.catch(() => {});
    await turn;
    return folder.sorted;
  };
}

async function readNew(folder: Folder, name: string, files: readonly string[], step: number): Promise<void> {
  const fresh = files.filter((file) => FILE.test(file) && !folder.read.has(file));
  if (fresh.length === 0) return;
  for (const file of fresh) {
    await readFile(folder, path.join(name, file), step);
    folder.read.add(file);
  }
  folder.sorted = [...folder.points.values()].sort((a, b) => a.index - b.index);
}

async function readFile({ points }: Folder, file: string, step: number): Promise<void> {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    const index = Number(INDEX.exec(line)?.[1] ?? Number.NaN);
    if (Number.isNaN(index) || index % step !== 0) continue;
    const row = JSON.parse(line) as Row;
    // A point that failed has no numbers, and may have been tried once more.
    if (row.error === undefined) points.set(index, { index, params: row.params, metrics: row.metrics });
  }
}
