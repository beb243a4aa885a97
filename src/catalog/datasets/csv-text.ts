/**
 * Tables as CSV text, as RFC 4180 has it but with `\n`. Written here rather than by DuckDB: a table of some hundred rows
 * is done before a temporary table would be there.
 */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { invalidValue } from '../failures.ts';
import type { TypedTable } from '../table.ts';

/** How to write. */
export interface CsvWriting {
  dataset: string;
  delimiter: string;
  gzip: boolean;
  signal?: AbortSignal | undefined;
}

const ROWS_AT_ONCE = 1000;

/** Writes a header and all rows to a new file; no columns make an empty file. Null and the empty text are both empty. */
export async function writeCsv(file: string, table: TypedTable, options: CsvWriting): Promise<void> {
  for (const [name, type] of table.columns) {
    if (type.kind !== 'list' && type.kind !== 'struct') continue;
    throw invalidValue(
      options.dataset,
      `column "${name}"`,
      `CSV has no ${type.kind === 'list' ? 'lists' : 'objects'}.`,
    );
  }
  const parts = Readable.from(csvParts(table, options.delimiter));
  const target = createWriteStream(file, { flags: 'wx' });
  const settings = options.signal === undefined ? {} : { signal: options.signal };
  await (options.gzip ? pipeline(parts, createGzip(), target, settings) : pipeline(parts, target, settings));
}

function* csvParts({ rows, columns }: TypedTable, delimiter: string): Generator<string> {
  const names = [...columns.keys()];
  if (names.length === 0) return;
  const special = new RegExp(`["\\r\\n${delimiter.replace(/[\\\]^-]/, '\\$&')}]`);
  const quoted = (text: string): string => (special.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  // Numbers and booleans need quotes for the strangest delimiters only: looking at each of them takes long.
  const mayClash = /[\w.+-]/.test(delimiter);
  const writers = [...columns.values()].map(({ kind }): ((value: unknown) => string) => {
    const write = kind === 'integer' || kind === 'float' ? numberText : String;
    return kind === 'string' || mayClash ? (value) => quoted(write(value)) : write;
  });
  // An empty line would not be read as a row: with one column, an empty field is written in quotes.
  const line = (text: string) => (names.length === 1 && text === '' ? '""\n' : `${text}\n`);

  yield line(names.map(quoted).join(delimiter));
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    let part = '';
    for (const row of rows.slice(from, from + ROWS_AT_ONCE)) {
      let text = '';
      for (let c = 0; c < names.length; c++) {
        const value = row[names[c] as string];
        if (c > 0) text += delimiter;
        if (value !== null && value !== undefined) text += writers[c]?.(value);
      }
      part += line(text);
    }
    yield part;
  }
}

// JSON's way to write a number is the shortest that reads back the same, but it drops the sign of −0.
function numberText(value: unknown): string {
  return Object.is(value, -0) ? '-0.0' : String(value);
}
