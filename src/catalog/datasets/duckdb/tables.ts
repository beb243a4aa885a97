/** The files behind a query's `tables`. */
import { stat } from 'node:fs/promises';
import { PipelineError } from '../../../core/index.ts';
import { errorCode, notSavedYet } from '../../failures.ts';
import { localPath } from '../../file-place.ts';
import { csvSource } from './csv.ts';
import type { DuckDb } from './engine.ts';
import { fileLiteral, identifier, literal } from './sql-text.ts';

/** One alias of a query. */
export interface QueryTable {
  alias: string;
  /** As configured. */
  path: string;
  /** Absolute; the project's own part is escaped, so that only the configured part is a glob. */
  glob: string;
  isGlob: boolean;
  format: 'csv' | 'parquet' | 'json';
}

const FORMATS = [
  [/\.csv(\.gz|\.zst)?$/i, 'csv'],
  [/\.parquet$/i, 'parquet'],
  [/\.(json|ndjson|jsonl)(\.gz|\.zst)?$/i, 'json'],
] as const;

/** Throws `DATASET_INVALID` for a file whose ending tells no format. */
export function queryTable(dataset: string, project: string, alias: string, path: string): QueryTable {
  const format = FORMATS.find(([ending]) => ending.test(path))?.[1];
  if (format === undefined) {
    throw new PipelineError(
      'DATASET_INVALID',
      `The catalog entry "${dataset}" has a table "${alias}" of an unknown format: "${path}" must end in .csv, .parquet, .json, .ndjson or .jsonl.`,
      { details: { dataset, alias } },
    );
  }
  const isGlob = /[*?[]/.test(path);
  const whole = localPath(dataset, project, path);
  const base = localPath(dataset, project, '.');
  const glob = isGlob && whole.startsWith(base) ? base.replace(/[*?[]/g, '[$&]') + whole.slice(base.length) : whole;
  return { alias, path, glob, isGlob, format };
}

/** Every file of a table, in order. Throws `DATASET_NOT_SAVED_YET` when there is none. */
export async function filesOf(duckdb: DuckDb, table: QueryTable): Promise<string[]> {
  const files = table.isGlob ? await globbed(duckdb, table.glob) : [table.glob];
  const sizes = await Promise.all(files.map((file) => sizeOf(duckdb.dataset, table, file)));
  const found = files.filter((_, i) => sizes[i] !== undefined);
  if (found.length === 0) {
    throw notSavedYet(duckdb.dataset, table.path, table.isGlob ? ` No file matches the table "${table.alias}".` : '');
  }
  // Empty files, tables without columns, would add a column of their own to the others'.
  const full = files.filter((_, i) => (sizes[i] ?? 0) > 0);
  return full.length > 0 ? full : found.slice(0, 1);
}

/** Makes the alias a view that only this operation sees. */
export async function createTableView(duckdb: DuckDb, table: QueryTable): Promise<void> {
  const files = await filesOf(duckdb, table);
  const list = `[${files.map(fileLiteral).join(', ')}]`;
  const alias = identifier(table.alias);
  switch (table.format) {
    case 'csv': {
      const source = await csvSource(duckdb, files, { delimiter: ',', dates: true });
      await duckdb.connection.run(`CREATE TEMP VIEW ${alias} AS FROM ${source}`);
      return;
    }
    case 'parquet':
      await duckdb.connection.run(
        `CREATE TEMP VIEW ${alias} AS FROM read_parquet(${list}, union_by_name=${files.length > 1})`,
      );
      return;
    case 'json':
      // A table, not a view: each look at a view would guess the types of the whole file again.
      await duckdb.connection.run(
        `CREATE TEMP TABLE ${alias} AS FROM read_json(${list}, union_by_name=true, sample_size=-1)`,
      );
      return;
    default: {
      const never: never = table.format;
      throw new Error(`no format ${String(never)}`);
    }
  }
}

// DuckDB's `*` takes dot-files too, and those are files that somebody is just writing, or a tool's own.
async function globbed(duckdb: DuckDb, glob: string): Promise<string[]> {
  const found = await duckdb.connection.runAndReadAll(`SELECT file FROM glob(${literal(glob)}) ORDER BY file`);
  const fixed = glob.slice(0, glob.search(/[*?[]/)).lastIndexOf('/') + 1;
  return found
    .getRows()
    .map(([file]) => String(file))
    .filter(
      (file) =>
        !file
          .slice(fixed)
          .split('/')
          .some((part) => part.startsWith('.')),
    );
}

async function sizeOf(dataset: string, table: QueryTable, file: string): Promise<number | undefined> {
  try {
    const found = await stat(file);
    if (found.isFile()) return found.size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
  if (table.isGlob) return undefined;
  throw new PipelineError(
    'DATASET_LOAD_FAILED',
    `The dataset "${dataset}" cannot be loaded: its table "${table.alias}" is a folder, ${table.path}. To read every version of a versioned dataset, say ${table.path}/*/${table.path.split('/').at(-1)}.`,
    { details: { dataset, path: table.path }, retryable: false },
  );
}
