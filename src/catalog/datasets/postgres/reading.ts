/** Results of PostgreSQL as rows: each row is made as it comes in, and nothing is kept twice. */
import { createHash } from 'node:crypto';
import type { FieldDef } from 'pg';
import { PipelineError } from '../../../core/index.ts';
import { invalidValue } from '../../failures.ts';
import type { Cell, Row } from '../../table.ts';
import { arrayReader, type CellReader, cellReader } from './cells.ts';
import type { Statement } from './placeholders.ts';
import { ONE_STATEMENT, type Transaction } from './transaction.ts';

/** All rows of one statement that reads, in order. Throws `DATASET_INVALID` for another statement, `DATASET_VALUE_INVALID`. */
export async function readRows(transaction: Transaction, statement: Statement): Promise<Row[]> {
  const rows: Row[] = [];
  let columns: Column[] | undefined;
  const fields = await eachRow(transaction, statement, (cells, found) => {
    columns ??= columnsOf(transaction, found);
    const row: Row = {};
    for (let i = 0; i < columns.length; i++) {
      const { name, read } = columns[i] as Column;
      const text = cells[i] as string | null;
      row[name] = text === null ? null : read(text);
    }
    rows.push(row);
  });
  await readOwnTypes(transaction, columns ?? columnsOf(transaction, fields), rows);
  return rows;
}

/** A short text for what a statement returns: its columns and its rows, in order. */
export async function hashRows(transaction: Transaction, statement: Statement): Promise<string> {
  const hash = createHash('sha256');
  const fields = await eachRow(transaction, statement, (cells) => hash.update(`${JSON.stringify(cells)}\n`));
  hash.update(JSON.stringify(fields.map(({ name, dataTypeID }) => [name, dataTypeID])));
  return hash.digest('base64url').slice(0, 22);
}

type Cells = readonly (string | null)[];

/** Runs a statement and hands over its rows as the server's texts. */
function eachRow(
  { library, client, dataset }: Transaction,
  { text, values }: Statement,
  onRow: (cells: Cells, fields: readonly FieldDef[]) => void,
): Promise<readonly FieldDef[]> {
  const query = new library.Query<Record<string, unknown>>({
    text,
    values: [...values],
    types: { getTypeParser: () => (cell: string) => cell },
    // Lists, as two columns may have one name.
    ...{ rowMode: 'array' },
    ...ONE_STATEMENT,
  });
  return new Promise((resolve, reject) => {
    let problem: { error: unknown } | undefined;
    query.on('row', (row, result) => {
      if (problem !== undefined) return;
      try {
        onRow(row as unknown as Cells, result?.fields ?? []);
      } catch (error) {
        // The rest still comes in: the connection is free again only after the last row.
        problem = { error };
      }
    });
    query.on('error', reject);
    query.on('end', ({ command, fields }) => {
      if (problem !== undefined) reject(problem.error);
      else if (READING.includes(command)) resolve(fields);
      else reject(onlyReads(dataset));
    });
    client.query(query);
  });
}

const READING = ['SELECT', 'SHOW', 'EXPLAIN', 'FETCH'];

/** `DATASET_INVALID`. */
export function onlyReads(dataset: string): PipelineError {
  return new PipelineError(
    'DATASET_INVALID',
    `The catalog entry "${dataset}" has a statement that is no SELECT: a query only reads.`,
    { details: { dataset } },
  );
}

interface Column {
  readonly name: string;
  readonly type: number;
  readonly read: CellReader;
  /** Whether the type is the database's own, to be looked up. */
  readonly isOwn: boolean;
}

function columnsOf({ library, dataset }: Transaction, fields: readonly FieldDef[]): Column[] {
  const names = new Set<string>();
  return fields.map(({ name, dataTypeID }) => {
    const problem = (text: string) => invalidValue(dataset, `column "${name}"`, text);
    if (name === '__proto__') throw problem('no column can have that name.');
    if (names.has(name)) throw problem('two columns of the result have that name; give one another by AS.');
    names.add(name);
    const read = cellReader(library, dataTypeID, problem);
    return { name, type: dataTypeID, read: read ?? ((text) => text), isOwn: read === undefined };
  });
}

interface OwnType extends Record<string, unknown> {
  readonly oid: number;
  readonly name: string;
  /** What a value is, or an item of it where it is a list. */
  readonly isText: boolean;
  readonly isList: boolean;
}

// Enumerations and texts such as citext, and lists of them, are known by nothing but the catalog of the server.
async function readOwnTypes(transaction: Transaction, columns: readonly Column[], rows: readonly Row[]): Promise<void> {
  const own = columns.filter(({ isOwn }) => isOwn);
  if (own.length === 0) return;
  const types = await transaction.rows<OwnType>(
    `SELECT t.oid::int8::float8 AS oid, format_type(t.oid, NULL) AS name, t.typcategory = 'A' AS "isList",
       coalesce(i.typtype, t.typtype) = 'e' OR coalesce(i.typcategory, t.typcategory) = 'S' AS "isText"
     FROM pg_type t LEFT JOIN pg_type i ON t.typcategory = 'A' AND i.oid = t.typelem
     WHERE t.oid = ANY ($1::oid[])`,
    [own.map(({ type }) => type)],
  );
  for (const { name, type } of own) {
    const found = types.find(({ oid }) => oid === type);
    if (found?.isText !== true) {
      throw invalidValue(
        transaction.dataset,
        `column "${name}"`,
        `its type ${found?.name ?? type} has no place in a row; cast it in a query.`,
      );
    }
    if (found.isList) readLists(rows, name, arrayReader(transaction.library));
  }
}

function readLists(rows: readonly Row[], name: string, read: CellReader): void {
  for (const row of rows) {
    const cell: Cell | undefined = row[name];
    if (typeof cell === 'string') row[name] = read(cell);
  }
}
