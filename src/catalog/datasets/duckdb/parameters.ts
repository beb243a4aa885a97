/** Values bound to a statement's `$name`. */
import type { DuckDBPreparedStatement, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { type JsonObject, type JsonValue, PipelineError, suggestion } from '../../../core/index.ts';
import type { DuckDb, DuckDbLibrary } from './engine.ts';

/**
 * Binds `parameters`: texts, numbers (whole ones as BIGINT), booleans, null, and lists of one of these. Throws
 * `DATASET_INVALID` when the statement and the parameters name different things.
 */
export function bindParameters(
  { library, dataset }: DuckDb,
  prepared: DuckDBPreparedStatement,
  parameters: JsonObject,
): void {
  const wanted = Array.from({ length: prepared.parameterCount }, (_, i) => prepared.parameterName(i + 1));
  const given = Object.keys(parameters);
  const missing = wanted.find((name) => !given.includes(name));
  if (missing !== undefined) {
    throw invalid(
      dataset,
      `uses $${missing} in its statement, which is not in its "parameters".${suggestion(missing, given)}`,
    );
  }
  const unused = given.find((name) => !wanted.includes(name));
  if (unused !== undefined) {
    throw invalid(dataset, `has a parameter "${unused}" that its statement does not use.${suggestion(unused, wanted)}`);
  }
  const bound = wanted.map((name) => [name, boundValue(library, parameters[name] ?? null)] as const);
  prepared.bind(
    Object.fromEntries(bound.map(([name, found]) => [name, (found ?? refuse(dataset, name)).value])),
    Object.fromEntries(bound.map(([name, found]) => [name, found?.type])),
  );
}

interface Bound {
  value: DuckDBValue;
  type: DuckDBType;
}

function boundValue(library: DuckDbLibrary, value: JsonValue): Bound | undefined {
  if (value === null) return { value: null, type: library.SQLNULL };
  if (typeof value === 'string') return { value, type: library.VARCHAR };
  if (typeof value === 'boolean') return { value, type: library.BOOLEAN };
  if (typeof value === 'number') {
    return Number.isSafeInteger(value)
      ? { value: BigInt(value), type: library.BIGINT }
      : { value, type: library.DOUBLE };
  }
  return Array.isArray(value) ? boundList(library, value) : undefined;
}

function boundList(library: DuckDbLibrary, list: JsonValue[]): Bound | undefined {
  const items = list.map((item) => boundValue(library, item));
  const known = items.flatMap((item) => (item === undefined || item.value === null ? [] : [item.type]));
  const type = known.find(({ typeId }) => typeId === library.DuckDBTypeId.DOUBLE) ?? known[0] ?? library.VARCHAR;
  const values = items.map((item) => widened(library, item, type));
  if (values.includes(undefined)) return undefined;
  return { value: library.listValue(values as DuckDBValue[]), type: library.LIST(type) };
}

// A list has one type: whole numbers join fractions, nothing joins anything else.
function widened(library: DuckDbLibrary, item: Bound | undefined, type: DuckDBType): DuckDBValue | undefined {
  if (item === undefined || item.value === null) return item?.value;
  if (item.type.typeId === type.typeId && type.typeId !== library.DuckDBTypeId.LIST) return item.value;
  const { BIGINT, DOUBLE } = library.DuckDBTypeId;
  return item.type.typeId === BIGINT && type.typeId === DOUBLE ? Number(item.value) : undefined;
}

function refuse(dataset: string, name: string): never {
  throw invalid(dataset, `has a parameter "${name}" that is no text, number, boolean, null or list of one of these.`);
}

function invalid(dataset: string, rest: string): PipelineError {
  return new PipelineError('DATASET_INVALID', `The catalog entry "${dataset}" ${rest}`, { details: { dataset } });
}
