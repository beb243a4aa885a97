import { type JsonObject, type JsonValue, PipelineError } from '../core/index.ts';

/** Names and the values that each takes; a sweep runs every combination. */
export type Grid = Readonly<Record<string, readonly JsonValue[]>>;

/**
 * How many points a grid has: 1 without names, 0 when a name has no values. Throws `RANGE_INVALID` for more points than
 * numbers can tell apart (2^53).
 */
export function gridSize(grid: Grid): number {
  const size = Object.values(grid).reduce((product, values) => product * values.length, 1);
  if (Number.isSafeInteger(size)) return size;
  throw new PipelineError('RANGE_INVALID', `The grid of ${Object.keys(grid).join(', ')} has more than 2^53 points.`);
}

/**
 * The point at `index`, from 0, without making the others. The last name's values change fastest, as in nested loops in
 * the order of the names. Throws `INDEX_OUT_OF_RANGE`.
 */
export function pointAt(grid: Grid, index: number): JsonObject {
  const size = gridSize(grid);
  if (!Number.isInteger(index) || index < 0 || index >= size) {
    throw new PipelineError('INDEX_OUT_OF_RANGE', `The grid has ${size} points, from 0; there is no point ${index}.`);
  }
  let rest = index;
  const point: [string, JsonValue][] = [];
  for (const [name, values] of Object.entries(grid).reverse()) {
    point.push([name, values[rest % values.length] ?? null]);
    rest = Math.floor(rest / values.length);
  }
  return Object.fromEntries(point.reverse());
}

/** Every point, in order, made as they are asked for. */
export function* gridPoints(grid: Grid): Generator<JsonObject, void, undefined> {
  const size = gridSize(grid);
  for (let index = 0; index < size; index++) yield pointAt(grid, index);
}
