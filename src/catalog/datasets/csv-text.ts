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
  const field = (value: unknown): string => {
    if (value === null || value === undefined) return '';
    // JSON's way to write a number is the shortest that reads back the same, but it drops the sign of −0.
    const text = Object.is(value, -0) ? '-0.0' : String(value);
    return special.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  // An empty line would not be read as a row: with one column, an empty field is written in quotes.
  const line = (cells: string[]) => (cells.length === 1 && cells[0] === '' ? '""\n' : `${cells.join(delimiter)}\n`);

  yield line(names.map(field));
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    yield rows
      .slice(from, from + ROWS_AT_ONCE)
      .map((row) => line(names.map((name) => field(row[name]))))
      .join('');
  }
}
