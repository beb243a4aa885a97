/** Values of DuckDB as cells; `table.ts` has the table of what becomes what. */
import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type { Cell } from '../../table.ts';
import type { DuckDbLibrary } from './engine.ts';
import { isoFromMicroseconds, isoFromNanoseconds } from './iso-time.ts';

/** What a value of DuckDB, never null, is in a row. */
export type CellReader = (value: DuckDBValue) => Cell;
type Problem = () => (text: string) => Error;

/** For values that are cells already. */
export const asItIs: CellReader = (value) => value as Cell;
const asText: CellReader = (value) => String(value);

/** How to read the values of a type. `problem` makes the error for a value that has no place in a row. */
export function cellReader(library: DuckDbLibrary, type: DuckDBType, problem: Problem): CellReader {
  const id = library.DuckDBTypeId;
  switch (type.typeId) {
    case id.BOOLEAN:
    case id.TINYINT:
    case id.SMALLINT:
    case id.INTEGER:
    case id.UTINYINT:
    case id.USMALLINT:
    case id.UINTEGER:
    case id.VARCHAR:
    case id.ENUM:
    case id.SQLNULL:
      return asItIs;
    case id.FLOAT:
    case id.DOUBLE:
      return (value) => (Number.isFinite(value) ? (value as number) : null);
    case id.BIGINT:
    case id.UBIGINT:
    case id.HUGEINT:
    case id.UHUGEINT:
    case id.BIGNUM:
      return (value) => safeNumber(value as bigint, problem);
    case id.DECIMAL:
      return (value) => Number(String(value));
    case id.DATE:
    case id.TIME:
    case id.TIME_NS:
    case id.TIME_TZ:
    case id.INTERVAL:
    case id.UUID:
      return asText;
    default:
      return timeReader(library, type) ?? nestedReader(library, type, problem);
  }
}

function safeNumber(value: bigint, problem: Problem): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw problem()(`${value} is beyond the whole numbers that JSON keeps exactly; read it as text (a cast, or dtype).`);
}

const NANOSECONDS = { seconds: 1_000_000_000n, millis: 1_000_000n, micros: 1_000n, nanos: 1n };

function timeReader(library: DuckDbLibrary, type: DuckDBType): CellReader | undefined {
  const id = library.DuckDBTypeId;
  const unit = {
    [id.TIMESTAMP]: 'micros',
    [id.TIMESTAMP_TZ]: 'micros',
    [id.TIMESTAMP_S]: 'seconds',
    [id.TIMESTAMP_MS]: 'millis',
    [id.TIMESTAMP_NS]: 'nanos',
  }[type.typeId as number] as keyof typeof NANOSECONDS | undefined;
  if (unit === undefined) return undefined;
  const scale = NANOSECONDS[unit];
  return (value) => {
    const count = (value as unknown as Record<string, bigint>)[unit] ?? 0n;
    if (unit === 'micros') return isoFromMicroseconds(count) ?? String(value);
    return isoFromNanoseconds(count * scale) ?? String(value);
  };
}

function nestedReader(library: DuckDbLibrary, type: DuckDBType, problem: Problem): CellReader {
  const id = library.DuckDBTypeId;
  const inner = (child: DuckDBType): CellReader => {
    const reader = cellReader(library, child, problem);
    return (value) => (value === null ? null : reader(value));
  };
  if (type.typeId === id.LIST || type.typeId === id.ARRAY) {
    const item = inner((type as DuckDBType & { valueType: DuckDBType }).valueType);
    return (value) => (value as { items: DuckDBValue[] }).items.map(item);
  }
  if (type.typeId === id.STRUCT) {
    const { entryNames, entryTypes } = type as DuckDBType & { entryNames: string[]; entryTypes: DuckDBType[] };
    const fields = entryNames.map((name, i) => [name, inner(entryTypes[i] as DuckDBType)] as const);
    return (value) => {
      const { entries } = value as { entries: Record<string, DuckDBValue> };
      return Object.fromEntries(fields.map(([name, reader]) => [name, reader(entries[name] ?? null)]));
    };
  }
  if (type.typeId === id.MAP) {
    const map = type as DuckDBType & { keyType: DuckDBType; valueType: DuckDBType };
    const [key, item] = [inner(map.keyType), inner(map.valueType)];
    return (value) =>
      (value as { entries: { key: DuckDBValue; value: DuckDBValue }[] }).entries.map((entry) => ({
        key: key(entry.key),
        value: item(entry.value),
      }));
  }
  throw problem()(`its type ${type} has no place in a row; cast it in a query.`);
}
