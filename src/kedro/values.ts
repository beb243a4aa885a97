/** Values on their way to Python and back: JSON as it is, tables as Arrow IPC, large ones through a file. */
import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isJson, type JsonValue, PipelineError } from '../core/index.ts';

/** Where bytes are: behind the frame's JSON, or in a file that its reader removes. */
export type Place = { at: number; size: number } | { file: string; size: number };

type Sent = { json: JsonValue } | { arrow: Place };

export interface SentData {
  readonly data: Record<string, Sent>;
  readonly attached: Uint8Array[];
}

const LARGE = 8 * 1024 * 1024;

/** Makes live data ready for the pipe. Throws `REQUEST_INVALID` for a value that is neither JSON nor a table. */
export async function encodeData(live: Record<string, unknown>, folder: string): Promise<SentData> {
  const data: Record<string, Sent> = {};
  const attached: Uint8Array[] = [];
  let at = 0;
  for (const [name, value] of Object.entries(live)) {
    const bytes = await arrowBytes(value);
    if (bytes === undefined) {
      if (!isJson(value)) throw cannotTravel(name);
      data[name] = { json: value };
    } else if (bytes.length > LARGE) {
      const file = path.join(folder, `${randomBytes(8).toString('hex')}.arrow`);
      await writeFile(file, bytes, { mode: 0o600 });
      data[name] = { arrow: { file, size: bytes.length } };
    } else {
      data[name] = { arrow: { at, size: bytes.length } };
      attached.push(bytes);
      at += bytes.length;
    }
  }
  return { data, attached };
}

/** The bytes at a place. */
export async function bytesAt(place: Place, attached: Buffer): Promise<Uint8Array> {
  if (!('file' in place)) return attached.subarray(place.at, place.at + place.size);
  try {
    return await readFile(place.file);
  } finally {
    await rm(place.file, { force: true });
  }
}

/** An apache-arrow Table. Throws `DATASET_LIBRARY_MISSING` where that package is not installed. */
export async function tableOf(bytes: Uint8Array, dataset: string): Promise<unknown> {
  const { tableFromIPC } = await arrow(`read the table "${dataset}"`);
  return tableFromIPC(bytes);
}

async function arrowBytes(value: unknown): Promise<Uint8Array | undefined> {
  if (value instanceof Uint8Array) return value;
  if (!isArrowTable(value)) return undefined;
  const { tableToIPC } = await arrow('send a table');
  return tableToIPC(value as Parameters<typeof tableToIPC>[0], 'stream');
}

// By shape: the caller's copy of apache-arrow need not be ours.
function isArrowTable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const table = value as { schema?: { fields?: unknown }; batches?: unknown };
  return Array.isArray(table.batches) && Array.isArray(table.schema?.fields);
}

async function arrow(purpose: string): Promise<typeof import('apache-arrow')> {
  try {
    return await import('apache-arrow');
  } catch (cause) {
    throw new PipelineError('DATASET_LIBRARY_MISSING', `To ${purpose}, install the package "apache-arrow".`, { cause });
  }
}

function cannotTravel(dataset: string): PipelineError {
  return new PipelineError(
    'REQUEST_INVALID',
    `The value given for "${dataset}" cannot travel to Python: give JSON, an apache-arrow Table, or Arrow IPC bytes (Uint8Array).`,
    { details: { dataset } },
  );
}
