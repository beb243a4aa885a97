/**
 * Results of DuckDB as rows; `table.ts` has the table of what becomes what, `cells.ts` how.
 *
 * Rows are what a large table costs, in time and in memory, so three things are done for their sake: a row is a copy of
 * one template (all rows share a shape that has room for every cell), cells go from DuckDB's vectors into the rows without
 * lists between, and texts that come again and again are kept once.
 */
import type { DuckDBResult } from '@duckdb/node-api';
import { invalidValue } from '../../failures.ts';
import type { Cell, Row } from '../../table.ts';
import { asItIs, type CellReader, cellReader } from './cells.ts';
import type { DuckDb } from './engine.ts';

/** All rows, in order. Lets other work of this process go on between chunks of some thousand rows. */
export async function readRows({ library, dataset, signal }: DuckDb, result: DuckDBResult): Promise<Row[]> {
  const names = result.deduplicatedColumnNames();
  if (names.includes('__proto__')) {
    throw invalidValue(dataset, 'column "__proto__"', 'no column can have that name.');
  }
  const columns = result.columnTypes().map((type, i) => {
    const problem = () => (text: string) => invalidValue(dataset, `column "${names[i]}"`, text);
    const read = cellReader(library, type, problem);
    return { name: names[i] as string, read: type.typeId === library.DuckDBTypeId.VARCHAR ? sharedTexts() : read };
  });
  const template = rowTemplate(names);
  const rows: Row[] = [];
  for (let chunk = await result.fetchChunk(); chunk !== null; chunk = await result.fetchChunk()) {
    const { rowCount } = chunk;
    if (rowCount === 0) break;
    signal?.throwIfAborted();
    const first = rows.length;
    for (let r = 0; r < rowCount; r++) rows.push({ ...template });
    columns.forEach(({ name, read }, c) => {
      const vector = chunk?.getColumnVector(c);
      for (let r = 0; r < rowCount; r++) {
        const value = vector?.getItem(r) ?? null;
        if (value !== null) (rows[first + r] as Row)[name] = read === asItIs ? (value as Cell) : read(value);
      }
    });
  }
  return rows;
}

// JSON.parse makes an object with room for exactly its keys, and copies of it are alike; one that grows key by key is not.
function rowTemplate(names: readonly string[]): Row {
  return JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:null`).join(',')}}`) as Row;
}

const MOST_SHARED = 1000;

/** Keeps one copy of each text of a column that has few different ones, and gives up on a column that has many. */
function sharedTexts(): CellReader {
  const known = new Map<string, string>();
  let many = false;
  return (value) => {
    const text = value as string;
    if (many) return text;
    const shared = known.get(text);
    if (shared !== undefined) return shared;
    known.set(text, text);
    many = known.size > MOST_SHARED;
    if (many) known.clear();
    return text;
  };
}
