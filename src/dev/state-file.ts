/** The note beside a database file that says which server has it open. Two servers on one SQLite file do not notice each other. */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';

export interface ServerState {
  /** The server's process. */
  pid: number;
  /** The process that is to end it. */
  ownerPid: number;
  /** `host:port` */
  address: string;
  uiUrl?: string;
  /** What the server says it is: the same for one database file for ever, another for any other. */
  clusterId: string;
}

/** Where the note of `dbFile` is. */
export function stateFileOf(dbFile: string): string {
  return `${dbFile}.server.json`;
}

/** The note, or nothing when there is none or it is damaged: then no server can be found by it. */
export async function readState(dbFile: string): Promise<ServerState | undefined> {
  try {
    const state: unknown = JSON.parse(await readFile(stateFileOf(dbFile), 'utf8'));
    return isState(state) ? state : undefined;
  } catch {
    return undefined;
  }
}

function isState(value: unknown): value is ServerState {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, ownerPid, address, uiUrl, clusterId } = value as Record<string, unknown>;
  return (
    Number.isInteger(pid) &&
    Number.isInteger(ownerPid) &&
    typeof address === 'string' &&
    typeof clusterId === 'string' &&
    (uiUrl === undefined || typeof uiUrl === 'string')
  );
}

export async function writeState(dbFile: string, state: ServerState): Promise<void> {
  const file = stateFileOf(dbFile);
  const beside = `${file}.${process.pid}`;
  await writeFile(beside, `${JSON.stringify(state, undefined, 2)}\n`);
  await rename(beside, file);
}

/** Removes the note if it still speaks of the server `pid`. */
export async function removeState(dbFile: string, pid: number): Promise<void> {
  if ((await readState(dbFile))?.pid === pid) await rm(stateFileOf(dbFile), { force: true });
}
