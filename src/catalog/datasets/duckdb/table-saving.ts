/** How rows get into a table of a database file. The caller has put them into the temporary table `saved`. */
import { type JsonValue, PipelineError } from '../../../core/index.ts';
import { invalidValue } from '../../failures.ts';
import type { TypedTable } from '../../table.ts';
import type { ReplaceWhere } from '../replace-where.ts';
import type { Database } from './database.ts';
import { identifier, literal } from './sql-text.ts';

/** A table of a database. */
export interface TableName {
  readonly schema: string;
  readonly name: string;
}

/** What happens to the rows that are there. */
export type TableSaving =
  | { readonly mode: 'overwrite' | 'append' | 'error' | 'ignore' }
  | { readonly mode: 'upsert'; readonly on: readonly string[] }
  | { readonly mode: 'replace'; readonly where: ReplaceWhere };

/** The table as messages name it. */
export function shown({ schema, name }: TableName): string {
  return schema === 'main' ? `"${name}"` : `"${schema}"."${name}"`;
}

/** The table as SQL names it. */
export function quoted({ catalog }: Database, { schema, name }: TableName): string {
  return [catalog, schema, name].map(identifier).join('.');
}

/** Column → type of a table that is there, a view too; `undefined` when it is not. */
export async function columnsOf(
  { connection }: Database,
  { schema, name }: TableName,
): Promise<Map<string, string> | undefined> {
  const found = await connection.runAndReadAll(
    `SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = current_database()
     AND lower(schema_name) = lower(${literal(schema)}) AND lower(table_name) = lower(${literal(name)}) ORDER BY column_index`,
  );
  const columns = found.getRows().map(([column, type]) => [String(column), String(type)] as const);
  return columns.length === 0 ? undefined : new Map(columns);
}

/** Moves the rows of `saved` into the table, within a transaction that the caller has begun. */
export async function saveTable(
  database: Database,
  table: TableName,
  rows: TypedTable,
  saving: TableSaving,
): Promise<void> {
  const { connection, dataset, catalog } = database;
  const columns = await columnsOf(database, table);
  const target = quoted(database, table);
  if (columns === undefined || saving.mode === 'overwrite') {
    await connection.run(`CREATE SCHEMA IF NOT EXISTS ${identifier(catalog)}.${identifier(table.schema)}`);
    await connection.run(`CREATE OR REPLACE TABLE ${target} AS FROM temp.saved`);
    return;
  }
  if (saving.mode === 'ignore') return;
  if (saving.mode === 'error') throw exists(dataset, table);
  await fitColumns(database, table, columns, rows);
  if (saving.mode === 'replace') await deleteWhere(database, table, columns, saving.where);
  if (saving.mode === 'upsert') await deleteMatches(database, table, saving.on);
  if (rows.rows.length > 0) await connection.run(`INSERT INTO ${target} BY NAME FROM temp.saved`);
}

const WHOLE = /^U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?$/;
const NUMBER = /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/;
const TYPES = { boolean: 'BOOLEAN', integer: 'BIGINT', float: 'DOUBLE', string: 'VARCHAR' } as const;

/**
 * An INSERT would round fractions into a column of whole numbers, and make `'007'` a 7. Such a column becomes DOUBLE, as it
 * would be had all rows been saved at once, and one without a value gets the type it needs; any other is an error.
 */
async function fitColumns(
  database: Database,
  table: TableName,
  columns: ReadonlyMap<string, string>,
  { columns: saved }: TypedTable,
): Promise<void> {
  const { connection, dataset } = database;
  const types = new Map([...columns].map(([name, type]) => [name.toLowerCase(), type]));
  for (const [name, { kind }] of saved) {
    const type = types.get(name.toLowerCase());
    const problem = (text: string) => invalidValue(dataset, `column "${name}"`, text);
    if (type === undefined)
      throw problem(`the table ${shown(table)} has no such column; overwrite the table to change it.`);
    if (kind === 'null' || kind === 'list' || kind === 'struct' || fits(kind, type)) continue;
    const column = identifier(name);
    if (!(kind === 'float' && WHOLE.test(type))) {
      const known = await connection.runAndReadAll(`SELECT count(${column}) FROM ${quoted(database, table)}`);
      if (Number(known.getRows()[0]?.[0]) > 0)
        throw problem(`it is ${kind} here, and ${type} in the table ${shown(table)}.`);
    }
    await connection.run(`ALTER TABLE ${quoted(database, table)} ALTER ${column} SET DATA TYPE ${TYPES[kind]}`);
  }
}

function fits(kind: keyof typeof TYPES, type: string): boolean {
  switch (kind) {
    case 'boolean':
      return type === 'BOOLEAN';
    case 'string':
      return type !== 'BOOLEAN' && !NUMBER.test(type);
    case 'integer':
      return NUMBER.test(type);
    default:
      return NUMBER.test(type) && !WHOLE.test(type);
  }
}

async function deleteWhere(
  database: Database,
  table: TableName,
  columns: ReadonlyMap<string, string>,
  where: ReplaceWhere,
): Promise<void> {
  const conditions = Object.entries(where).map(([name, value]) => {
    const type = columns.get(name);
    if (type === undefined) {
      const problem = `replace_where names it, and the table ${shown(table)} does not have it.`;
      throw invalidValue(database.dataset, `column "${name}"`, problem);
    }
    if (value === null) return `${identifier(name)} IS NULL`;
    const list = (Array.isArray(value) ? value : [value]).map((item) => `CAST(${constant(item)} AS ${type})`);
    return list.length === 0 ? 'false' : `${identifier(name)} IN (${list.join(', ')})`;
  });
  await database.connection.run(`DELETE FROM ${quoted(database, table)} WHERE ${conditions.join(' AND ')}`);
}

async function deleteMatches(database: Database, table: TableName, on: readonly string[]): Promise<void> {
  const same = on.map((name) => `old.${identifier(name)} = saved.${identifier(name)}`).join(' AND ');
  const from = `${quoted(database, table)} AS old USING temp.saved AS saved`;
  await database.connection.run(`DELETE FROM ${from} WHERE ${same}`);
}

function constant(value: JsonValue): string {
  return typeof value === 'string' ? literal(value) : String(value);
}

function exists(dataset: string, table: TableName): PipelineError {
  return new PipelineError(
    'DATASET_SAVE_FAILED',
    `The dataset "${dataset}" could not be saved: the table ${shown(table)} exists, and save_args.mode is "error".`,
    { details: { dataset }, retryable: false },
  );
}
