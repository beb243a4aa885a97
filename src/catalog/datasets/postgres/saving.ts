/** How rows get into a table: all of them or none, and one save of a table after another. */
import { randomBytes } from 'node:crypto';
import { type JsonValue, PipelineError } from '../../../core/index.ts';
import type { TypedTable } from '../../table.ts';
import { identifier } from '../duckdb/sql-text.ts';
import { type ReplaceWhere, refuseRowsOutside } from '../replace-where.ts';
import { knownColumns, newColumns } from './column-types.ts';
import { copyRows } from './copying.ts';
import { findTable, quoted, shown, type TableName } from './tables.ts';
import type { Transaction } from './transaction.ts';

/** What to do with the rows that are there. */
export interface SaveMode {
  readonly ifExists: 'fail' | 'replace' | 'append';
  /** Columns and their values (a list: any of these): those rows go, the new ones come. */
  readonly replaceWhere: ReplaceWhere | undefined;
  readonly dtype: Readonly<Record<string, string>> | undefined;
}

/** Saves within a transaction. Throws `DATASET_SAVE_FAILED` when the table must not be there, `DATASET_VALUE_INVALID`. */
export async function saveRows(
  transaction: Transaction,
  table: TableName,
  value: TypedTable,
  { ifExists, replaceWhere, dtype }: SaveMode,
): Promise<void> {
  const { dataset, rows: ask } = transaction;
  const columns = newColumns(dataset, value, dtype);
  if (replaceWhere !== undefined) refuseRowsOutside(dataset, value, replaceWhere);
  // Two who replace a table at once would meet in the server's catalog; two attempts at one day would keep both their rows.
  await ask(
    `SELECT pg_advisory_xact_lock(hashtextextended(concat_ws('.', 'kedro-temporal', coalesce($1, current_schema()), $2::text), 0))`,
    [table.schema ?? null, table.name],
  );
  const found = await findTable(transaction, table);
  if (found === undefined) {
    await createTable(transaction, quoted(table), columns);
    return copyRows(transaction, quoted(table), value, columns);
  }
  if (replaceWhere !== undefined) {
    await deleteWhere(transaction, found, replaceWhere);
    return copyRows(transaction, quoted(found), value, await knownColumns(transaction, quoted(found)));
  }
  if (ifExists === 'append') {
    return copyRows(transaction, quoted(found), value, await knownColumns(transaction, quoted(found)));
  }
  if (ifExists === 'fail') throw exists(dataset, table);
  // No rows and no word of their columns: the table stays as it is, but empty.
  if (columns.size === 0) return void (await ask(`DELETE FROM ${quoted(found)}`));
  return replaceTable(transaction, found, value, columns);
}

// Filled under another name, so that readers of the old table wait for the exchange alone.
async function replaceTable(
  transaction: Transaction,
  { schema, name }: TableName,
  value: TypedTable,
  columns: ReadonlyMap<string, string>,
): Promise<void> {
  const next = quoted({ schema, name: `_kedro_temporal_${randomBytes(8).toString('hex')}` });
  await createTable(transaction, next, columns);
  await copyRows(transaction, next, value, columns);
  await transaction.rows(`DROP TABLE ${quoted({ schema, name })}`);
  await transaction.rows(`ALTER TABLE ${next} RENAME TO ${identifier(name)}`);
}

async function createTable({ rows }: Transaction, table: string, columns: ReadonlyMap<string, string>): Promise<void> {
  const definition = [...columns].map(([name, type]) => `${identifier(name)} ${type}`).join(', ');
  await rows(`CREATE TABLE ${table} (${definition})`);
}

async function deleteWhere({ rows }: Transaction, table: TableName, replaceWhere: ReplaceWhere): Promise<void> {
  const values: JsonValue[] = [];
  const conditions = Object.entries(replaceWhere).map(([name, value]) => {
    if (value === null) return `${identifier(name)} IS NULL`;
    values.push(value);
    return Array.isArray(value)
      ? `${identifier(name)} = ANY ($${values.length})`
      : `${identifier(name)} = $${values.length}`;
  });
  await rows(`DELETE FROM ${quoted(table)} WHERE ${conditions.join(' AND ')}`, values);
}

function exists(dataset: string, table: TableName): PipelineError {
  return new PipelineError(
    'DATASET_SAVE_FAILED',
    `The dataset "${dataset}" could not be saved: the table ${shown(table)} exists, and save_args.if_exists is "fail", the default. Say "replace" or "append", or replace_where.`,
    { details: { dataset }, retryable: false },
  );
}
