/**
 * Rows of a sweep, one a point, in files of JSON lines: what a pipeline that looks at all points is given, and what a person
 * may want to keep.
 *
 * R1. A batch has one file in the end, `<from>-<to>.jsonl`, written whole, in the order of the points.
 * R2. Until then each attempt appends to a file of its own, before its heartbeat says that a point is done; the next attempt
 *     takes the lines of points that the heartbeat names. A line cut off by a crash is of no such point.
 */
import { appendFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { JsonObject } from '../src/core/index.ts';
import { hasIndex, type IndexSet } from '../src/planner/index.ts';

/** One point. */
export interface PointRow {
  index: number;
  params: JsonObject;
  /** By metric; empty for a point that failed. */
  metrics: Readonly<Record<string, number>>;
  /** Why it failed. */
  error?: { code: string; message: string };
}

/** The rows of one attempt at a batch. */
export interface RowFile {
  add(row: PointRow): void;
  /** Writes what was added: only then may a heartbeat name these points. */
  flush(): Promise<void>;
  /** Leaves one file with the rows of this attempt and the ones before it. */
  finish(): Promise<void>;
}

/** Opens the file of an attempt. `done`: points of earlier attempts. */
export async function openRows(
  folder: string,
  { from, to }: { from: number; to: number },
  attempt: number,
  done: IndexSet,
): Promise<RowFile> {
  await mkdir(folder, { recursive: true });
  const name = `${from}-${to}`;
  const parts = (await readdir(folder)).filter((file) => file.startsWith(`${name}.part-`));
  const rows = new Map<number, PointRow>();
  for (const part of parts) {
    for (const row of await readRows(path.join(folder, part))) if (hasIndex(done, row.index)) rows.set(row.index, row);
  }
  const own = path.join(folder, `${name}.part-${attempt}`);
  let waiting: PointRow[] = [];
  return {
    add(row) {
      waiting.push(row);
      rows.set(row.index, row);
    },
    async flush() {
      const text = textOf(waiting);
      waiting = [];
      if (text !== '') await appendFile(own, text);
    },
    async finish() {
      const sorted = [...rows.values()].sort((a, b) => a.index - b.index);
      const whole = path.join(folder, `${name}.jsonl`);
      const beside = `${whole}.${attempt}.tmp`;
      await writeFile(beside, textOf(sorted));
      await rename(beside, whole);
      await Promise.all(
        [...parts.map((part) => path.join(folder, part)), own].map((file) => rm(file, { force: true })),
      );
    },
  };
}

/** All rows of a sweep, in the order of the points. */
export async function allRows(folder: string): Promise<PointRow[]> {
  const files = (await readdir(folder).catch(() => [])).filter((file) => /^\d+-\d+\.jsonl$/.test(file));
  const rows = new Map<number, PointRow>();
  // One after the other: all at once would need as many open files as there are batches.
  for (const file of files) {
    for (const row of await readRows(path.join(folder, file))) {
      // A point that failed may have been tried once more, in another batch.
      if (row.error === undefined || !rows.has(row.index)) rows.set(row.index, row);
    }
  }
  return [...rows.values()].sort((a, b) => a.index - b.index);
}

function textOf(rows: readonly PointRow[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

// What follows the last end of a line was cut off.
async function readRows(file: string): Promise<PointRow[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as PointRow);
}
