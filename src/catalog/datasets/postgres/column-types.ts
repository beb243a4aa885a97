/** The types of columns: which a new table gets, and how a value is written for the one that is there. */
import { invalidValue } from '../../failures.ts';
import type { OptionRule } from '../../options.ts';
import type { ColumnType, TypedTable } from '../../table.ts';
import type { Transaction } from './transaction.ts';

const SCALAR =
  /^(?:boolean|bool|smallint|integer|int|int2|int4|int8|bigint|real|float4|float8|double precision|numeric(?:\(\d{1,4}(?:,\s*\d{1,4})?\))?|text|varchar(?:\(\d{1,8}\))?|char\(\d{1,8}\)|date|time|timetz|timestamp|timestamptz|interval|uuid|json|jsonb|inet|cidr)(?:\[\])?$/;

/** A type of PostgreSQL for `save_args.dtype`. It becomes part of a statement, so only these are let through. */
export function sqlType(): OptionRule<string> {
  return {
    expects: 'a type of PostgreSQL such as bigint, numeric(12,2), text, date, timestamptz, jsonb, text[]',
    read: (value) => (typeof value === 'string' && SCALAR.test(value.toLowerCase()) ? value.toLowerCase() : undefined),
  };
}

/** What PostgreSQL calls `name`: an identifier longer than this is cut, and meets another. */
export const NAME_BYTES = 63;

/** Column → its type, for a new table: as found in the rows, or as `dtype` says; columns that only `dtype` names come last. */
export function newColumns(
  dataset: string,
  { columns }: TypedTable,
  dtype: Readonly<Record<string, string>> = {},
): Map<string, string> {
  const types = new Map([...columns].map(([name, type]) => [name, dtype[name] ?? typeOf(type)]));
  for (const [name, type] of Object.entries(dtype)) types.set(name, type);
  for (const name of types.keys()) checkName(dataset, name);
  return types;
}

/** The columns of a table that is there. */
export async function knownColumns(transaction: Transaction, table: string): Promise<Map<string, string>> {
  const found = await transaction.rows<{ name: string; type: string }>(
    `SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
    [table],
  );
  return new Map(found.map(({ name, type }) => [name, type]));
}

function checkName(dataset: string, name: string): void {
  const problem = (text: string) => invalidValue(dataset, `column "${name}"`, text);
  if (name.includes('\0')) throw problem('its name has a NUL character.');
  if (Buffer.byteLength(name) > NAME_BYTES) throw problem(`its name is longer than ${NAME_BYTES} bytes.`);
}

function typeOf(type: ColumnType): string {
  switch (type.kind) {
    case 'boolean':
      return 'boolean';
    case 'integer':
      return 'bigint';
    case 'float':
      return 'double precision';
    case 'list':
    case 'struct':
      return 'jsonb';
    default:
      return 'text';
  }
}
