/**
 * A table of a DuckDB database file. Needs `@duckdb/node-api`.
 *
 * `duckdb.TableDataset` (ours): `database`: the file; `table_name`; `schema` (default: `main`); `load_args.columns`;
 * `save_args`: `mode` (`overwrite`, the default, `append`, `error`, `ignore`, `upsert` with `on`), `replace_where`, `columns`.
 * `ibis.TableDataset` is Kedro's word for it: `connection: {backend: duckdb, database: FILE}`, and `database` is the schema.
 * A save is one transaction.
 */
import { type JsonObject, PipelineError } from '../../core/index.ts';
import { defineDataset, type StorageContext, type StorageMethods } from '../define-dataset.ts';
import { notSavedYet } from '../failures.ts';
import { anything, checkOptions, either, mapping, names, type OptionRules, oneOf, required, text } from '../options.ts';
import { typedTable } from '../table.ts';
import { columnsOption } from './duckdb/columns-option.ts';
import { type Database, databaseFile, databaseState, hasDatabase, withDatabase } from './duckdb/database.ts';
import { mayPassInDuckDb } from './duckdb/engine.ts';
import { readRows } from './duckdb/reading.ts';
import { selection } from './duckdb/sql-text.ts';
import { columnsOf, quoted, saveTable, shown, type TableSaving } from './duckdb/table-saving.ts';
import { createSavedTable } from './duckdb/writing.ts';
import { refuseRowsOutside, replaceWhereOption } from './replace-where.ts';

const LOAD_ARGS = { columns: names() };
const SAVE_ARGS = {
  mode: oneOf('overwrite', 'append', 'error', 'errorifexists', 'ignore', 'upsert'),
  on: either(text(), names()),
  replace_where: replaceWhereOption(),
  columns: columnsOption,
  // Kedro's: rows are always a table here.
  materialized: oneOf('table', 'view'),
};

const ENTRY = {
  table_name: required(text()),
  load_args: mapping(anything()),
  save_args: mapping(anything()),
};

export const duckdbTableDataset = defineDataset({
  type: 'duckdb.TableDataset',
  options: { ...ENTRY, database: required(text()), schema: text() },
  open: ({ options, ...context }) => tableOf(context, options.database, options.schema, options),
});

export const ibisTableDataset = defineDataset({
  type: 'ibis.TableDataset',
  options: { ...ENTRY, database: text(), connection: required(mapping(anything())) },
  open({ options, ...context }) {
    const rules = { backend: required(oneOf('duckdb')), database: required(text()) };
    const connection = checkOptions(context.dataset, rules, options.connection, 'connection');
    return tableOf(context, connection.database, options.database, options);
  },
});

type Opened = Omit<StorageContext<OptionRules>, 'options'>;

interface TableOptions {
  readonly table_name: string;
  readonly load_args?: JsonObject | undefined;
  readonly save_args?: JsonObject | undefined;
}

function tableOf(
  { dataset, ...tools }: Opened,
  path: string,
  schema: string | undefined,
  options: TableOptions,
): StorageMethods {
  const load = checkOptions(dataset, LOAD_ARGS, options.load_args ?? {}, 'load_args');
  const save = checkOptions(dataset, SAVE_ARGS, options.save_args ?? {}, 'save_args');
  const database = databaseFile(dataset, tools, path);
  const table = { schema: schema ?? 'main', name: options.table_name };
  const place = `the table ${shown(table)} of ${path}`;
  const saving = savingOf(dataset, save);
  const inDatabase = <T>(signal: AbortSignal | undefined, work: (opened: Database) => Promise<T>) =>
    withDatabase(tools.connections, dataset, database, signal, work);
  const isThere = async (signal: AbortSignal | undefined): Promise<boolean> =>
    (await hasDatabase(database)) &&
    inDatabase(signal, async (opened) => (await columnsOf(opened, table)) !== undefined);

  return {
    filepath: path,
    place,
    retryable: mayPassInDuckDb,
    exists: isThere,
    load: async (signal) => {
      if (!(await hasDatabase(database))) throw notSavedYet(dataset, place);
      return inDatabase(signal, async (opened) => {
        if ((await columnsOf(opened, table)) === undefined) throw notSavedYet(dataset, place);
        return readRows(
          opened,
          await opened.connection.run(`SELECT ${selection(load.columns)} FROM ${quoted(opened, table)}`),
        );
      });
    },
    save: async (value, signal) => {
      const rows = typedTable(dataset, value, save.columns);
      if (saving.mode === 'replace') refuseRowsOutside(dataset, rows, saving.where);
      await inDatabase(signal, async (opened) => {
        await createSavedTable(opened, rows);
        await opened.alone(() => saveTable(opened, table, rows, saving));
      });
    },
    fingerprint: async (signal) => {
      if (!(await isThere(signal))) throw notSavedYet(dataset, place);
      return databaseState(database);
    },
  };
}

function savingOf(
  dataset: string,
  save: { mode?: string | undefined; on?: string | string[] | undefined; replace_where?: JsonObject | undefined },
): TableSaving {
  const { mode = 'overwrite', on, replace_where: where } = save;
  if ((mode === 'upsert') !== (on !== undefined)) {
    throw invalid(dataset, 'needs "on", the columns that tell rows apart, with the mode "upsert" and with no other.');
  }
  if (where !== undefined) {
    if (save.mode === undefined || mode === 'append') return { mode: 'replace', where };
    throw invalid(dataset, `has replace_where and the mode "${mode}": leave one out.`);
  }
  if (on !== undefined) return { mode: 'upsert', on: typeof on === 'string' ? [on] : on };
  return { mode: mode === 'errorifexists' ? 'error' : (mode as 'overwrite' | 'append' | 'error' | 'ignore') };
}

function invalid(dataset: string, rest: string): PipelineError {
  return new PipelineError('DATASET_INVALID', `The catalog entry "${dataset}" ${rest}`, { details: { dataset } });
}
