/**
 * A table in a JSON file, as pandas writes it.
 *
 * Options: `load_args`: `orient` (`columns`, `records`; both are known when they are seen), `lines`; `save_args`: `orient`
 * (default `columns`: column → row number → cell), `lines` (with `records`: a row a line), `indent`, `columns`.
 */

import { isPlainObject, PipelineError } from '../../core/index.ts';
import { writeToDisk } from '../atomic-write.ts';
import { defineFileDataset } from '../file-dataset.ts';
import { flag, integer, oneOf } from '../options.ts';
import { type Row, type TypedTable, typedTable } from '../table.ts';
import { columnsOption } from './duckdb/columns-option.ts';
import { readUtf8 } from './utf8.ts';

const orient = oneOf('columns', 'records');

export const pandasJsonDataset = defineFileDataset({
  type: 'pandas.JSONDataset',
  loadArgs: { orient, lines: flag() },
  saveArgs: {
    orient,
    lines: flag(),
    indent: integer(0, 10),
    columns: columnsOption,
    index: oneOf(false),
    force_ascii: oneOf(false),
  },
  async read(file, { args, signal }) {
    const text = await readUtf8(file, { keepMark: false, signal });
    if (args.lines === true)
      return rowsOf(
        text
          .split('\n')
          .filter((line) => line.trim() !== '')
          .map(parsed),
      );
    return rowsOf(JSON.parse(text));
  },
  async write(file, value, { dataset, args, signal }) {
    const table = typedTable(dataset, value, args.columns);
    if (args.lines === true && args.orient !== 'records') {
      throw new PipelineError(
        'DATASET_INVALID',
        `The catalog entry "${dataset}" has "lines", which goes with orient: records.`,
        {
          details: { dataset },
        },
      );
    }
    const records = recordsOf(table.rows, table.columns.keys());
    const text =
      args.lines === true
        ? records.map((row) => `${JSON.stringify(row)}\n`).join('')
        : JSON.stringify(args.orient === 'records' ? records : columnsOf(table), null, args.indent ?? 0);
    return await writeToDisk(file, text, signal);
  },
});

function parsed(line: string, index: number): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new SyntaxError(`line ${index + 1} is no JSON`, { cause: error });
  }
}

/** Rows with every column: a key that some rows miss is null. */
function rowsOf(value: unknown): Row[] {
  if (Array.isArray(value) && value.every(isPlainObject))
    return recordsOf(value, new Set(value.flatMap((row) => Object.keys(row))));
  if (!isPlainObject(value) || !Object.values(value).every(isPlainObject)) {
    throw new SyntaxError('it holds no table: neither a list of rows, nor a mapping of columns');
  }
  const columns = Object.entries(value as Record<string, Record<string, Row[string]>>);
  const labels = [...new Set(columns.flatMap(([, cells]) => Object.keys(cells)))];
  return labels.map((label) => Object.fromEntries(columns.map(([name, cells]) => [name, cells[label] ?? null])));
}

function recordsOf(rows: TypedTable['rows'], columns: Iterable<string>): Row[] {
  const names = [...columns];
  return rows.map((row) => Object.fromEntries(names.map((name) => [name, (row[name] ?? null) as Row[string]])));
}

function columnsOf({ rows, columns }: TypedTable): Record<string, Record<string, unknown>> {
  const names = [...columns.keys()];
  return Object.fromEntries(
    names.map((name) => [name, Object.fromEntries(rows.map((row, index) => [index, row[name] ?? null]))]),
  );
}
