/**
 * A table in memory: an array of plain row objects whose cells are JSON, so that a table can be returned by a run,
 * injected into one, and cross a process unchanged.
 *
 * | stored as | in a row |
 * |---|---|
 * | BOOLEAN | boolean |
 * | integers of any width | number; an error that names the column when it is beyond ±(2^53 − 1) |
 * | FLOAT, DOUBLE | number; NaN and infinities are null, as in JSON |
 * | DECIMAL | number |
 * | VARCHAR, ENUM, UUID, TIME, INTERVAL | string |
 * | DATE | string `YYYY-MM-DD` |
 * | TIMESTAMP, with or without time zone | string `YYYY-MM-DDThh:mm:ss.sssZ`, UTC; six or nine decimals when there are more |
 * | LIST, ARRAY | array |
 * | STRUCT | object |
 * | MAP | array of `{ key, value }` |
 * | BLOB and everything else | an error that names the column |
 *
 * On the way in a missing key and `undefined` are null, a column has one type, and NaN is refused: say null.
 */
import { isPlainObject, type JsonValue } from '../core/index.ts';
import { invalidValue } from './failures.ts';

/** One value in a table. */
export type Cell = JsonValue;

/** One row: column name → cell. */
export type Row = Record<string, Cell>;

/** What all cells of a column are, null apart; `null` when nothing but null is known. */
export type ColumnType =
  | { kind: 'null' | 'boolean' | 'integer' | 'float' | 'string'; declared?: true }
  | { kind: 'list'; item: ColumnType }
  | { kind: 'struct'; fields: Map<string, ColumnType> };

/** A scalar type as `save_args.columns` names it. */
export type DeclaredType = 'boolean' | 'integer' | 'float' | 'string';

/** The columns to keep, in order: names, or names with types. */
export type DeclaredColumns = readonly string[] | Readonly<Record<string, DeclaredType>>;

/** Checked rows and the type of each column, in order of first appearance. */
export interface TypedTable {
  rows: readonly Readonly<Record<string, unknown>>[];
  columns: Map<string, ColumnType>;
}

/**
 * Checks that `value` is a table and finds its columns' types from all rows. With `declared`, only those columns are
 * kept, in that order, and a table without rows has them too. Throws `DATASET_VALUE_INVALID` that names row and column.
 */
export function typedTable(dataset: string, value: unknown, declared?: DeclaredColumns): TypedTable {
  if (!Array.isArray(value)) throw invalidValue(dataset, '', 'it must be a table, an array of row objects.');
  const columns = declaredTypes(declared);
  const learn = learnFrom(dataset, columns, declared === undefined);
  let layout = layoutOf([], columns);
  for (let index = 0; index < value.length; index++) {
    const row: unknown = value[index];
    if (!isPlainObject(row)) throw invalidValue(dataset, `rows[${index}]`, 'a row must be a plain object.');
    const keys = Object.keys(row);
    if (!sameKeys(keys, layout.keys)) layout = layoutOf(keys, columns);
    learn(row, index, layout);
  }
  if (columns.size === 0 && value.length > 0) throw invalidValue(dataset, 'rows[0]', 'the rows have no columns.');
  return { rows: value as TypedTable['rows'], columns };
}

/** Adds to `columns`, and to the layout, what a row tells of them. Takes in new columns only when the table is open to them. */
function learnFrom(dataset: string, columns: Map<string, ColumnType>, isOpen: boolean) {
  return (row: Readonly<Record<string, unknown>>, index: number, { keys, types }: Layout): void => {
    for (let i = 0; i < keys.length; i++) {
      const name = keys[i] as string;
      const known = types[i];
      if (known === undefined && !isOpen) continue;
      const cell = row[name];
      if (known !== undefined && fits(known, cell)) continue;
      const problem = (text: string) => invalidValue(dataset, `rows[${index}].${name}`, text);
      if (known === undefined) refuseName(name, columns.keys(), problem);
      const type = merged(known ?? NULL, cell, problem);
      columns.set(name, type);
      types[i] = type;
    }
  };
}

/** The keys of the last row that was seen, and what is known of each: rows of one table mostly look alike. */
interface Layout {
  keys: readonly string[];
  types: (ColumnType | undefined)[];
}

function layoutOf(keys: readonly string[], columns: ReadonlyMap<string, ColumnType>): Layout {
  return { keys, types: keys.map((key) => columns.get(key)) };
}

function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

// Every supported Node has it; the types come with a later `lib`. A regular expression costs ten times as much.
function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

/** Whether a cell changes nothing that is known of its column. Says no where it does not know. */
function fits(type: ColumnType, cell: unknown): boolean {
  if (cell === null || cell === undefined) return true;
  switch (type.kind) {
    case 'string':
      return typeof cell === 'string' && isWellFormed(cell);
    case 'float':
      return Number.isFinite(cell);
    case 'integer':
      return Number.isSafeInteger(cell) && !Object.is(cell, -0);
    case 'boolean':
      return typeof cell === 'boolean';
    default:
      return false;
  }
}

const NULL: ColumnType = { kind: 'null' };
const SCALARS = {
  boolean: { kind: 'boolean' },
  integer: { kind: 'integer' },
  float: { kind: 'float' },
  string: { kind: 'string' },
} as const satisfies Record<string, ColumnType>;

type Problem = (text: string) => Error;

function declaredTypes(declared: DeclaredColumns | undefined): Map<string, ColumnType> {
  if (declared === undefined) return new Map();
  if (Array.isArray(declared)) return new Map(declared.map((name: string) => [name, NULL]));
  return new Map(
    Object.entries(declared).map(([name, type]) => [name, { ...SCALARS[type as DeclaredType], declared: true }]),
  );
}

// "__proto__" would set a row's prototype instead of a cell; the others are limits of SQL.
function refuseName(name: string, others: Iterable<string>, problem: Problem): void {
  if (name === '' || name === '__proto__') throw problem(`nothing in a table can be called "${name}".`);
  const folded = name.toLowerCase();
  for (const other of others) {
    if (other.toLowerCase() === folded) throw problem(`the names "${other}" and "${name}" differ in case only.`);
  }
}

/** The type that holds what `type` held and `value` too. */
function merged(type: ColumnType, value: unknown, problem: Problem): ColumnType {
  switch (typeof value) {
    case 'string':
      if (!isWellFormed(value)) throw problem('the text is not valid Unicode.');
      return scalar(type, SCALARS.string, value, problem);
    case 'boolean':
      return scalar(type, SCALARS.boolean, value, problem);
    case 'number':
      return scalar(type, numberType(type, value, problem), value, problem);
    case 'undefined':
      return type;
    case 'object':
      return value === null ? type : container(type, value, problem);
    case 'bigint':
      throw problem('a bigint does not survive JSON; use a number or a string.');
    default:
      throw problem(`it is a ${typeof value}.`);
  }
}

function scalar(type: ColumnType, found: ColumnType, value: unknown, problem: Problem): ColumnType {
  if (type.kind === found.kind) return type;
  if (type.kind === 'null') return found;
  if (type.kind === 'integer' && found.kind === 'float' && type.declared !== true) return found;
  throw problem(`it is ${JSON.stringify(value)} in a column of type ${type.kind}; a column has one type.`);
}

// −0 and whole numbers beyond 2^53 are exact as doubles only, so they make the column a float.
function numberType(type: ColumnType, value: number, problem: Problem): ColumnType {
  if (!Number.isFinite(value)) throw problem(`it is ${value}; say null for a missing number.`);
  if (type.kind === 'float') return type;
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return SCALARS.integer;
  return SCALARS.float;
}

function container(type: ColumnType, value: object, problem: Problem): ColumnType {
  if (Array.isArray(value)) {
    if (type.kind !== 'null' && type.kind !== 'list') throw mixed(type, 'a list', problem);
    const item = type.kind === 'list' ? type.item : NULL;
    return { kind: 'list', item: value.reduce<ColumnType>((known, next) => merged(known, next, problem), item) };
  }
  if (value instanceof Date) throw problem('it is a Date; store its toISOString().');
  if (!isPlainObject(value)) throw problem('it is an instance of a class.');
  if (type.kind !== 'null' && type.kind !== 'struct') throw mixed(type, 'an object', problem);
  const fields = new Map(type.kind === 'struct' ? type.fields : []);
  for (const [name, next] of Object.entries(value)) {
    if (!fields.has(name)) refuseName(name, fields.keys(), problem);
    fields.set(name, merged(fields.get(name) ?? NULL, next, problem));
  }
  return { kind: 'struct', fields };
}

function mixed(type: ColumnType, found: string, problem: Problem): Error {
  return problem(`it is ${found} in a column of type ${type.kind}; a column has one type.`);
}
