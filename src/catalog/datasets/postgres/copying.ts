/** Rows into a table by COPY, in its text format: what PostgreSQL takes fastest. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { invalidValue } from '../../failures.ts';
import { importLibrary } from '../../import-library.ts';
import type { TypedTable } from '../../table.ts';
import { identifier } from '../duckdb/sql-text.ts';
import type { Transaction } from './transaction.ts';

// As large as a socket likes; other work of this process goes on between two of them.
const CHUNK_LETTERS = 128 * 1024;

/** Adds all rows. `types`: of the table's columns, by name. Throws `DATASET_LIBRARY_MISSING`, `DATASET_VALUE_INVALID`. */
export async function copyRows(
  { client, dataset }: Transaction,
  table: string,
  { rows, columns }: TypedTable,
  types: ReadonlyMap<string, string>,
): Promise<void> {
  if (rows.length === 0) return;
  const { from } = await importLibrary(dataset, 'pg-copy-streams', () => import('pg-copy-streams'));
  const writers = [...columns.keys()].map((name) => ({ name, write: cellWriter(types.get(name) ?? 'text') }));
  const names = writers.map(({ name }) => identifier(name)).join(', ');
  let problem: unknown;
  const texts = async function* () {
    try {
      yield* rowTexts(dataset, rows, writers);
    } catch (error) {
      problem = error;
      throw error;
    }
  };
  try {
    await pipeline(Readable.from(texts()), client.query(from(`COPY ${table} (${names}) FROM STDIN`)));
  } catch (error) {
    // The stream ends with the server's words for a copy that stopped.
    throw problem ?? error;
  }
}

interface ColumnWriter {
  readonly name: string;
  readonly write: (value: unknown) => string;
}

async function* rowTexts(dataset: string, rows: TypedTable['rows'], writers: readonly ColumnWriter[]) {
  let text = '';
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as Readonly<Record<string, unknown>>;
    for (let c = 0; c < writers.length; c++) {
      const { name, write } = writers[c] as ColumnWriter;
      const value = row[name];
      if (c > 0) text += '\t';
      if (value === undefined || value === null) {
        text += '\\N';
        continue;
      }
      const cell = write(value);
      text +=
        typeof value === 'string' || typeof value === 'object' ? escapedCell(cell, value, dataset, i, name) : cell;
    }
    text += '\n';
    if (text.length < CHUNK_LETTERS) continue;
    yield Buffer.from(text);
    text = '';
    await new Promise(setImmediate);
  }
  if (text !== '') yield Buffer.from(text);
}

const ODD = /[\\\n\r\t]/;
const ODD_ALL = /[\\\n\r\t]/g;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapedCell(cell: string, value: unknown, dataset: string, row: number, name: string): string {
  if (cell.includes('\0') || hasJsonNul(value, cell)) {
    throw invalidValue(dataset, `rows[${row}].${name}`, 'PostgreSQL keeps no NUL character.');
  }
  return ODD.test(cell) ? cell.replace(ODD_ALL, (letter) => ESCAPES[letter] ?? letter) : cell;
}

// In JSON a NUL is written \u0000, which only jsonb refuses, and late; a text of these six letters has two backslashes.
function hasJsonNul(value: unknown, cell: string): boolean {
  return typeof value === 'object' && cell.includes('\\u0000') && /(?<!\\)(?:\\\\)*\\u0000/.test(cell);
}

function cellWriter(type: string): (value: unknown) => string {
  if (type === 'json' || type === 'jsonb') return (value) => JSON.stringify(value);
  if (type.endsWith('[]')) return (value) => (Array.isArray(value) ? listText(value) : plain(value));
  return plain;
}

function plain(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'object':
      return JSON.stringify(value);
    default:
      return String(value);
  }
}

function listText(list: readonly unknown[]): string {
  const items = list.map((item) => {
    if (item === null || item === undefined) return 'NULL';
    return Array.isArray(item) ? listText(item) : `"${plain(item).replace(/[\\"]/g, '\\$&')}"`;
  });
  return `{${items.join(',')}}`;
}
