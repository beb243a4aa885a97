/** A table of a database: where it is, what is in it. */
import { createHash } from 'node:crypto';
import { PipelineError } from '../../../core/index.ts';
import { identifier } from '../duckdb/sql-text.ts';
import { knownColumns, NAME_BYTES } from './column-types.ts';
import type { Transaction } from './transaction.ts';

/** A table as an entry names it. */
export interface TableName {
  readonly name: string;
  /** Default: where the server looks first (`search_path`). */
  readonly schema: string | undefined;
}

/** Throws `DATASET_INVALID` for a name that PostgreSQL would cut. */
export function tableName(dataset: string, name: string, schema: string | undefined): TableName {
  for (const part of [name, schema ?? '']) {
    if (Buffer.byteLength(part) <= NAME_BYTES && !part.includes('\0')) continue;
    throw new PipelineError(
      'DATASET_INVALID',
      `The catalog entry "${dataset}" names a table or schema that PostgreSQL cannot: at most ${NAME_BYTES} bytes, no NUL.`,
      { details: { dataset } },
    );
  }
  return { name, schema };
}

/** As part of a statement. */
export function quoted({ name, schema }: TableName): string {
  return schema === undefined ? identifier(name) : `${identifier(schema)}.${identifier(name)}`;
}

/** For people. */
export function shown({ name, schema }: TableName): string {
  return schema === undefined ? name : `${schema}.${name}`;
}

/** The table, or view, in the schema where the server finds it; `undefined` when there is none. */
export async function findTable({ rows }: Transaction, table: TableName): Promise<Required<TableName> | undefined> {
  const [found] = await rows<{ schema: string }>(
    `SELECT n.nspname AS schema FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.oid = to_regclass($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`,
    [quoted(table)],
  );
  return found === undefined ? undefined : { name: table.name, schema: found.schema };
}

/**
 * A short text for what a table holds and how it is laid out, whatever the order of its rows. The server reads the whole
 * table: its own counters come late and begin anew after a crash, and transaction numbers repeat.
 */
export async function hashTable(transaction: Transaction, table: TableName, select: string): Promise<string> {
  const columns = await knownColumns(transaction, quoted(table));
  const [found] = await transaction.rows<{ rows: string; hash: string | null }>(
    `SELECT count(*)::text AS rows, sum(hashtextextended((found.*)::text, 0)::numeric)::text AS hash FROM (${select}) AS found`,
  );
  const all = JSON.stringify([[...columns], found?.rows, found?.hash]);
  return createHash('sha256').update(all).digest('base64url').slice(0, 22);
}
