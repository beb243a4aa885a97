/** What nodes did, in the order in which they did it: lines of JSON in the run's folder, written by any process. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runContext } from 'kedro-temporal';

export interface Entry {
  what: string;
  key: string;
  runId: string;
  saveVersion: string;
  pid: number;
  /** Milliseconds since the epoch. */
  at: number;
}

const NAME = 'journal.jsonl';

/** Writes that the run's node did `what`. */
export function note(folder: string, what: string, key = 'one'): void {
  const { runId = '', saveVersion = '' } = runContext() ?? {};
  const entry: Entry = { what, key, runId, saveVersion, pid: process.pid, at: Date.now() };
  appendFileSync(path.join(folder, NAME), `${JSON.stringify(entry)}\n`);
}

/** Everything that was noted so far. */
export function journal(folder: string): Entry[] {
  const file = path.join(folder, NAME);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line));
}

/** What was noted, without the rest. */
export function doings(folder: string): string[] {
  return journal(folder).map((entry) => entry.what);
}
