/**
 * A table in a CSV file: UTF-8, a header, types inferred from all rows; `duckdb/csv.ts` says how.
 *
 * Options of `pandas.CSVDataset`: `load_args`: `sep` or `delimiter` (one character, default `,`), `dtype`, `usecols`;
 * `save_args`: `sep`, `columns`, `index: false`. `polars.CSVDataset` says `separator` and `columns`.
 * Loading needs `@duckdb/node-api`.
 */
import { defineFileDataset, type FileContext, type FileWriteContext } from '../file-dataset.ts';
import { either, mapping, names, type OptionRule, type OptionRules, oneOf } from '../options.ts';
import type { DeclaredColumns } from '../table.ts';
import { typedTable } from '../table.ts';
import { writeCsv } from './csv-text.ts';
import { columnsOption } from './duckdb/columns-option.ts';
import { csvSource } from './duckdb/csv.ts';
import { mayPassInDuckDb, withDuckDb } from './duckdb/engine.ts';
import { readRows } from './duckdb/reading.ts';
import { selection } from './duckdb/sql-text.ts';

const separator: OptionRule<string> = {
  expects: 'one character',
  read: (value) => (typeof value === 'string' && /^[^"\r\n]$/.test(value) ? value : undefined),
};

/** pandas' names → DuckDB's. */
const DTYPES = {
  str: 'VARCHAR',
  string: 'VARCHAR',
  object: 'VARCHAR',
  int: 'BIGINT',
  int64: 'BIGINT',
  Int64: 'BIGINT',
  float: 'DOUBLE',
  float64: 'DOUBLE',
  bool: 'BOOLEAN',
  boolean: 'BOOLEAN',
} as const;
const dtype = oneOf(...(Object.keys(DTYPES) as (keyof typeof DTYPES)[]));

export const pandasCsvDataset = defineFileDataset({
  type: 'pandas.CSVDataset',
  loadArgs: { sep: separator, delimiter: separator, dtype: either(dtype, mapping(dtype)), usecols: names() },
  saveArgs: { sep: separator, columns: columnsOption, index: oneOf(false) },
  retryable: mayPassInDuckDb,
  read: (file, context) => {
    const { sep, delimiter, dtype, usecols } = context.args;
    const types = typeof dtype === 'string' ? { '*': dtype } : dtype;
    return readCsv(file, context, sep ?? delimiter, usecols, types);
  },
  write: (file, value, context) => saveCsv(file, value, context, context.args.sep, context.args.columns),
});

export const polarsCsvDataset = defineFileDataset({
  type: 'polars.CSVDataset',
  loadArgs: { separator, columns: names() },
  saveArgs: { separator, columns: columnsOption },
  retryable: mayPassInDuckDb,
  read: (file, context) => readCsv(file, context, context.args.separator, context.args.columns),
  write: (file, value, context) => saveCsv(file, value, context, context.args.separator, context.args.columns),
});

function readCsv(
  file: string,
  { connections, dataset, signal }: FileContext<OptionRules>,
  delimiter = ',',
  columns?: readonly string[],
  dtypes: Readonly<Record<string, keyof typeof DTYPES>> = {},
) {
  const types = Object.fromEntries(Object.entries(dtypes).map(([name, type]) => [name, DTYPES[type]]));
  return withDuckDb(connections, dataset, signal, async (duckdb) => {
    const source = await csvSource(duckdb, [file], { delimiter, dates: false, types });
    const result = await duckdb.connection.run(`SELECT ${selection(columns)} FROM ${source}`);
    return readRows(duckdb, result);
  });
}

function saveCsv(
  file: string,
  value: unknown,
  { dataset, target, signal }: FileWriteContext<OptionRules>,
  delimiter = ',',
  declared?: DeclaredColumns,
): Promise<void> {
  const table = typedTable(dataset, value, declared);
  return writeCsv(file, table, { dataset, delimiter, gzip: target.endsWith('.gz'), signal });
}
