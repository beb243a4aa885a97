/**
 * CSV files as DuckDB reads them here: the dialect is fixed (UTF-8, a header, `"` for quotes), and only the types of the
 * columns are inferred, from all rows. Guessing a file's types costs several times what reading a small file does, so a
 * session remembers them for as long as the file does not change.
 *
 * DuckDB alone would read `no` and `f` as booleans, `01/02/2020` as a date of its choice: such columns stay text.
 */
import { stat } from 'node:fs/promises';
import { PipelineError } from '../../../core/index.ts';
import type { DuckDb } from './engine.ts';
import { fileLiteral, identifier, literal } from './sql-text.ts';

/** How to read a CSV file. */
export interface CsvReading {
  delimiter: string;
  /** Whether ISO dates and times get their own types. In rows they are strings either way. */
  dates: boolean;
  /** Column → DuckDB type, in place of the inferred one; `'*'` is every column. */
  types?: Readonly<Record<string, string>> | undefined;
}

/** File, its state and how it is read → its columns in SQL. */
export type CsvSchemas = Map<string, string>;

const MOST_SCHEMAS = 2000;
const PLAIN = "auto_type_candidates=['BIGINT', 'DOUBLE', 'BOOLEAN', 'VARCHAR']";
const ISO_DATES = "dateformat='%Y-%m-%d'";

/** SQL that reads these files, `read_csv(…)` or a union of several. Files of other columns are matched by name. */
export async function csvSource(duckdb: DuckDb, files: readonly string[], reading: CsvReading): Promise<string> {
  const groups = new Map<string, string[]>();
  for (const file of files) {
    const columns = await columnsOf(duckdb, file, reading);
    const group = groups.get(columns);
    if (group === undefined) groups.set(columns, [file]);
    else group.push(file);
  }
  const sources = [...groups].map(([columns, group]) => explicitSource(group, reading, columns));
  return sources.length === 1 ? (sources[0] ?? '') : `(${sources.map((s) => `FROM ${s}`).join(' UNION ALL BY NAME ')})`;
}

async function columnsOf(duckdb: DuckDb, file: string, reading: CsvReading): Promise<string> {
  const { mtimeNs, size, ino } = await stat(file, { bigint: true });
  const key = JSON.stringify([file, String(mtimeNs), String(size), String(ino), reading]);
  const known = duckdb.csvSchemas.get(key);
  if (known !== undefined) return known;
  const columns = await inferColumns(duckdb, file, reading);
  const oldest = duckdb.csvSchemas.keys().next();
  if (duckdb.csvSchemas.size >= MOST_SCHEMAS && !oldest.done) duckdb.csvSchemas.delete(oldest.value);
  duckdb.csvSchemas.set(key, columns);
  return columns;
}

async function inferColumns(duckdb: DuckDb, file: string, reading: CsvReading): Promise<string> {
  const { types = {} } = reading;
  const guess = types['*'] !== undefined ? 'all_varchar=true' : reading.dates ? ISO_DATES : PLAIN;
  const described = await duckdb.connection.runAndReadAll(
    `DESCRIBE FROM read_csv(${fileLiteral(file)}, ${dialect(reading)}, sample_size=-1, ${guess})`,
  );
  const columns = described
    .getRowObjects()
    .map((row) => ({ name: String(row.column_name), type: String(row.column_type) }));
  const missing = Object.keys(types).find((name) => name !== '*' && !columns.some((column) => column.name === name));
  if (missing !== undefined) throw noColumn(duckdb.dataset, missing);

  const doubtful = columns.filter(({ name, type }) => types[name] === undefined && doubt(name, type) !== undefined);
  const refuted = await refutedColumns(duckdb, file, reading, columns, doubtful);
  return columnsSql(
    columns.map(({ name, type }) => ({
      name,
      type: types[name] ?? types['*'] ?? (refuted.has(name) ? 'VARCHAR' : type),
    })),
  );
}

/** What must hold for each value of a column whose guessed type is not to be trusted. */
function doubt(name: string, type: string): string | undefined {
  const column = identifier(name);
  if (type === 'BOOLEAN') return `lower(${column}) IN ('true', 'false')`;
  if (/^(DATE|TIME)/.test(type)) return `TRY_CAST(${column} AS ${type}) IS NOT NULL`;
  return undefined;
}

async function refutedColumns(
  duckdb: DuckDb,
  file: string,
  reading: CsvReading,
  columns: readonly { name: string }[],
  doubtful: readonly { name: string; type: string }[],
): Promise<Set<string>> {
  if (doubtful.length === 0) return new Set();
  const asText = columnsSql(columns.map(({ name }) => ({ name, type: 'VARCHAR' })));
  // `bool_and` leaves out nulls, and every condition is null for one.
  const checks = doubtful.map(
    ({ name, type }) => `bool_and(CASE WHEN ${identifier(name)} IS NOT NULL THEN ${doubt(name, type)} END)`,
  );
  const result = await duckdb.connection.runAndReadAll(
    `SELECT ${checks.join(', ')} FROM ${explicitSource([file], reading, asText)}`,
  );
  const holds = result.getRows()[0] ?? [];
  return new Set(doubtful.filter((_, i) => holds[i] === false).map(({ name }) => name));
}

function noColumn(dataset: string, column: string): PipelineError {
  return new PipelineError(
    'DATASET_LOAD_FAILED',
    `The dataset "${dataset}" could not be loaded: its dtype names the column "${column}", which the file does not have.`,
    { details: { dataset, column }, retryable: false },
  );
}

function columnsSql(columns: readonly { name: string; type: string }[]): string {
  return `{${columns.map(({ name, type }) => `${literal(name)}: ${literal(type)}`).join(', ')}}`;
}

function explicitSource(files: readonly string[], reading: CsvReading, columns: string): string {
  const list = files.map(fileLiteral).join(', ');
  return `read_csv([${list}], ${dialect(reading)}, auto_detect=false, columns=${columns})`;
}

function dialect({ delimiter }: CsvReading): string {
  return `header=true, delim=${literal(delimiter)}, quote='"', escape='"', comment='', skip=0`;
}
