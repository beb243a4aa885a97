/** Rows into DuckDB: a temporary table of the operation's own connection, filled column by column. */
import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { invalidValue } from '../../failures.ts';
import type { ColumnType, TypedTable } from '../../table.ts';
import type { DuckDb, DuckDbLibrary } from './engine.ts';
import { identifier } from './sql-text.ts';

// What DuckDB works in; a data chunk cannot hold more.
const CHUNK_ROWS = 2048;

/** What a file gets that must have a column and has none; `docs/datasets.md` tells of it. */
const NO_COLUMNS = '_no_columns';

/** Makes the temporary table `saved` with these rows. Lets other work of this process go on now and then. */
export async function createSavedTable(
  { library, connection, dataset, signal }: DuckDb,
  { rows, columns }: TypedTable,
): Promise<void> {
  const list = [...columns].map(([name, type]) => ({
    name,
    type: duckDbType(library, type, () => invalidValue(dataset, `column "${name}"`, 'an object without keys.')),
    convert: cellWriter(library, type),
  }));
  if (list.length === 0) list.push({ name: NO_COLUMNS, type: library.INTEGER, convert: () => null });
  const definition = list.map(({ name, type }) => `${identifier(name)} ${type}`).join(', ');
  await connection.run(`CREATE TEMP TABLE saved (${definition})`);
  if (rows.length === 0) return;

  const appender = await connection.createAppender('saved', null, 'temp');
  const types = list.map(({ type }) => type);
  for (let from = 0; from < rows.length; from += CHUNK_ROWS) {
    const part = rows.slice(from, from + CHUNK_ROWS);
    const chunk = library.DuckDBDataChunk.create(types, part.length);
    chunk.setColumns(list.map(({ name, convert }) => part.map((row) => convert(row[name]))));
    appender.appendDataChunk(chunk);
    if (from % (CHUNK_ROWS * 16) === 0 && from > 0) await new Promise(setImmediate);
    signal?.throwIfAborted();
  }
  appender.closeSync();
}

function duckDbType(library: DuckDbLibrary, type: ColumnType, noFields: () => Error): DuckDBType {
  switch (type.kind) {
    // DuckDB's own choice for a column of nothing but NULL; it meets any other type halfway in a union of files.
    case 'null':
      return library.INTEGER;
    case 'boolean':
      return library.BOOLEAN;
    case 'integer':
      return library.BIGINT;
    case 'float':
      return library.DOUBLE;
    case 'string':
      return library.VARCHAR;
    case 'list':
      return library.LIST(duckDbType(library, type.item, noFields));
    case 'struct':
      if (type.fields.size === 0) throw noFields();
      return library.STRUCT(
        Object.fromEntries([...type.fields].map(([name, field]) => [name, duckDbType(library, field, noFields)])),
      );
    default: {
      const never: never = type;
      throw new Error(`no column type ${String(never)}`);
    }
  }
}

type CellWriter = (value: unknown) => DuckDBValue;

function cellWriter(library: DuckDbLibrary, type: ColumnType): CellWriter {
  switch (type.kind) {
    case 'null':
      return () => null;
    case 'integer':
      return (value) => (isMissing(value) ? null : BigInt(value as number));
    case 'list': {
      const item = cellWriter(library, type.item);
      return (value) => (isMissing(value) ? null : library.listValue((value as unknown[]).map(item)));
    }
    case 'struct': {
      const fields = [...type.fields].map(([name, field]) => [name, cellWriter(library, field)] as const);
      return (value) =>
        isMissing(value)
          ? null
          : library.structValue(
              Object.fromEntries(
                fields.map(([name, write]) => [name, write((value as Record<string, unknown>)[name])]),
              ),
            );
    }
    default:
      return (value) => (isMissing(value) ? null : (value as DuckDBValue));
  }
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}
