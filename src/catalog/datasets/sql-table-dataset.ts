/**
 * A table of a PostgreSQL database. Needs `pg`, and `pg-copy-streams` for saving.
 *
 * Options: `table_name`; `credentials.con`: `postgresql://…`; `load_args`: `schema`, `columns`; `save_args`: `schema`,
 * `if_exists` (`fail`, `replace`, `append`), `dtype`, `columns`, `replace_where`. A save is one transaction.
 */
import { type JsonObject, PipelineError } from '../../core/index.ts';
import { defineDataset } from '../define-dataset.ts';
import { notSavedYet } from '../failures.ts';
import { anything, checkOptions, integer, mapping, names, oneOf, required, text } from '../options.ts';
import { typedTable } from '../table.ts';
import { columnsOption } from './duckdb/columns-option.ts';
import { selection } from './duckdb/sql-text.ts';
import { sqlType } from './postgres/column-types.ts';
import { isState, mayPassInPostgres } from './postgres/failures.ts';
import { readRows } from './postgres/reading.ts';
import { type SaveMode, saveRows } from './postgres/saving.ts';
import { findTable, hashTable, quoted, shown, tableName } from './postgres/tables.ts';
import { postgresTarget } from './postgres/target.ts';
import { inTransaction } from './postgres/transaction.ts';
import { replaceWhereOption } from './replace-where.ts';

const LOAD_ARGS = { schema: text(), columns: names() };

// pandas' own words for how it inserts change nothing here.
const SAVE_ARGS = {
  schema: text(),
  if_exists: oneOf('fail', 'replace', 'append'),
  index: oneOf(false),
  chunksize: integer(1, 2 ** 31),
  method: oneOf('multi'),
  columns: columnsOption,
  dtype: mapping(sqlType()),
  replace_where: replaceWhereOption(),
};

const UNDEFINED_TABLE = ['42P01', '3F000'];

export const sqlTableDataset = defineDataset({
  type: 'pandas.SQLTableDataset',
  options: { table_name: required(text()), load_args: mapping(anything()), save_args: mapping(anything()) },
  open({ dataset, options, credentials, connections, project }) {
    const load = checkOptions(dataset, LOAD_ARGS, options.load_args ?? {}, 'load_args');
    const save = checkOptions(dataset, SAVE_ARGS, options.save_args ?? {}, 'save_args');
    const entry = { dataset, connections, target: postgresTarget(dataset, project, credentials) };
    const loaded = tableName(dataset, options.table_name, load.schema ?? save.schema);
    const saved = tableName(dataset, options.table_name, save.schema ?? load.schema);
    const place = `the table ${shown(loaded)} of ${entry.target.place}`;
    const select = `SELECT ${selection(load.columns)} FROM ${quoted(loaded)}`;
    const mode = saveMode(dataset, save);
    const orMissing = (error: unknown): never => {
      throw isState(error, ...UNDEFINED_TABLE) ? notSavedYet(dataset, place) : error;
    };
    return {
      place,
      retryable: mayPassInPostgres,
      load: (signal) =>
        inTransaction(entry, 'BEGIN READ ONLY', signal, (transaction) =>
          readRows(transaction, { text: select, values: [] }),
        ).catch(orMissing),
      save: async (value, signal) => {
        const table = typedTable(dataset, value, save.columns);
        await inTransaction(entry, 'BEGIN', signal, (transaction) => saveRows(transaction, saved, table, mode));
      },
      exists: (signal) =>
        inTransaction(
          entry,
          'BEGIN READ ONLY',
          signal,
          async (transaction) => (await findTable(transaction, loaded)) !== undefined,
        ),
      fingerprint: (signal) =>
        inTransaction(entry, 'BEGIN READ ONLY', signal, (transaction) => hashTable(transaction, loaded, select)).catch(
          orMissing,
        ),
    };
  },
});

function saveMode(
  dataset: string,
  save: {
    if_exists?: SaveMode['ifExists'] | undefined;
    replace_where?: JsonObject | undefined;
    dtype?: SaveMode['dtype'];
  },
): SaveMode {
  const { if_exists: ifExists, replace_where: replaceWhere, dtype } = save;
  if (replaceWhere !== undefined && ifExists !== undefined && ifExists !== 'append') {
    throw new PipelineError(
      'DATASET_INVALID',
      `The catalog entry "${dataset}" has replace_where and if_exists "${ifExists}": leave one out.`,
      { details: { dataset } },
    );
  }
  return { ifExists: ifExists ?? 'fail', replaceWhere, dtype };
}
