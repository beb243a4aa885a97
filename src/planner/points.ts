/** Points of a sweep: params by index, each made alone, and the same in every process. */
import { isPlainObject, type JsonObject, type JsonValue, PipelineError, suggestion } from '../core/index.ts';
import { drawsOf } from './draws.ts';
import { type Grid, gridSize, pointAt } from './grids.ts';
import { type Space, samplerOf } from './samples.ts';

/**
 * What a sweep runs over. Plain JSON. Whatever is given is crossed: a grid with a `repeat` runs each of its points that many
 * times. The last of `list`, `grid`, `random`, `repeat` changes fastest. Dots in names nest: `train.seed`.
 */
export interface PointsSpec {
  /** Points as they are. */
  list?: readonly JsonObject[];
  /** Every combination of these values. */
  grid?: Grid;
  /** `count` points drawn from a space. */
  random?: { space: Space; count: number };
  /** How many times each point is run. Default: 1. */
  repeat?: number;
  /** Param that is a whole number of 32 bits, different at each point. Default: none. */
  seedParam?: string;
  /** What draws and seeds are made from. Default: the sweep's id. */
  seed?: number | string;
}

/** The points of a spec. */
export interface Points {
  readonly count: number;
  /** The params of one point. Throws `INDEX_OUT_OF_RANGE`. */
  at(index: number): JsonObject;
}

interface Part {
  readonly count: number;
  readonly at: (index: number) => JsonObject;
}

const FIELDS = ['list', 'grid', 'random', 'repeat', 'seedParam', 'seed'] as const;

// Past these, seeds would come again.
const MOST_SEEDS = 2 ** 32;

/**
 * The points of a sweep with that id. Throws `REQUEST_INVALID`, and `RANGE_INVALID` for more points than numbers can tell
 * apart.
 */
export function pointsOf(spec: PointsSpec, id: string): Points {
  checkFields(spec);
  const parts = partsOf(spec, spec.seed ?? id);
  const count = parts.reduce((product, part) => product * part.count, 1);
  if (!Number.isSafeInteger(count)) throw new PipelineError('RANGE_INVALID', 'The sweep has more than 2^53 points.');
  if (count === 0) throw invalid('The sweep has no points: a list, or the values of a param, are empty.');
  const seeds = seedsOf(spec, id, count);
  return {
    count,
    at(index) {
      if (!Number.isInteger(index) || index < 0 || index >= count) {
        throw new PipelineError('INDEX_OUT_OF_RANGE', `The sweep has ${count} points, from 0; there is none ${index}.`);
      }
      let rest = index;
      let point = seeds(index);
      for (const part of parts.toReversed()) {
        point = { ...part.at(rest % part.count), ...point };
        rest = Math.floor(rest / part.count);
      }
      return point;
    },
  };
}

/** `params` with those of a point set in them; dots in their names nest. Changes neither. */
export function withPoint(params: JsonObject, point: JsonObject): JsonObject {
  return Object.entries(point).reduce((all, [name, value]) => withParam(all, name.split('.'), value), params);
}

function withParam(params: JsonObject, [key = '', ...rest]: readonly string[], value: JsonValue): JsonObject {
  if (rest.length === 0) return { ...params, [key]: value };
  const inside = Object.hasOwn(params, key) ? params[key] : undefined;
  return { ...params, [key]: withParam(isPlainObject(inside) ? (inside as JsonObject) : {}, rest, value) };
}

function partsOf({ list, grid, random, repeat }: PointsSpec, seed: number | string): Part[] {
  const parts: Part[] = [];
  if (list !== undefined) {
    if (!Array.isArray(list) || !list.every(isPlainObject))
      throw invalid('The list of points holds something else than objects of params.');
    const given = list as readonly JsonObject[];
    parts.push({ count: given.length, at: (index) => given[index] ?? {} });
  }
  if (grid !== undefined) {
    if (!isPlainObject(grid) || !Object.values(grid).every(Array.isArray))
      throw invalid('The grid must have a list of values for each param.');
    parts.push({ count: gridSize(grid), at: (index) => pointAt(grid, index) });
  }
  if (random !== undefined) {
    const sampler = samplerOf(random.space, seed);
    parts.push({ count: wholeNumber('count', random.count), at: sampler });
  }
  if (repeat !== undefined) parts.push({ count: wholeNumber('repeat', repeat), at: () => ({}) });
  if (parts.length === 0) throw invalid('A sweep needs points: give a grid, a list, random ones, or repeat.');
  checkNames(grid, random?.space);
  return parts;
}

function seedsOf({ seedParam, seed }: PointsSpec, id: string, count: number): (index: number) => JsonObject {
  if (seedParam === undefined) return () => ({});
  if (typeof seedParam !== 'string' || seedParam === '') throw invalid('"seedParam" must be the name of a param.');
  if (count > MOST_SEEDS) throw invalid(`A sweep of ${count} points has no seed for each: there are 2^32.`);
  const draws = drawsOf(seed ?? id, seedParam);
  return (index) => ({ [seedParam]: draws.seed(index) });
}

function checkFields(spec: PointsSpec): void {
  if (!isPlainObject(spec)) throw invalid('The points of a sweep are an object.');
  for (const field of Object.keys(spec)) {
    if ((FIELDS as readonly string[]).includes(field)) continue;
    throw invalid(`The points have no field "${field}".${suggestion(field, FIELDS)}`);
  }
}

function checkNames(grid: Grid = {}, space: Space = {}): void {
  const twice = Object.keys(grid).find((name) => Object.hasOwn(space, name));
  if (twice !== undefined) throw invalid(`"${twice}" is in the grid and drawn at random; it can be one only.`);
}

function wholeNumber(field: string, value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) >= 1) return value as number;
  throw invalid(`"${field}" is ${JSON.stringify(value)}; it must be a whole number from 1.`);
}

function invalid(message: string): PipelineError {
  return new PipelineError('REQUEST_INVALID', message);
}
