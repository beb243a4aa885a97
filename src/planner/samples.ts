/** What params are drawn from. */
import { isPlainObject, type JsonObject, type JsonValue, PipelineError, suggestion } from '../core/index.ts';
import { type Draws, drawsOf } from './draws.ts';

/**
 * How one param is drawn. Plain JSON.
 *
 * - `uniform`: from the first number up to, and without, the second.
 * - `log_uniform`: the same with the logarithm uniform; both bounds are above 0.
 * - `int`: a whole number, both bounds included.
 * - `normal`: mean and standard deviation.
 * - `choice`: one of the values, each as likely as the others.
 */
export type Distribution =
  | { uniform: readonly [low: number, high: number] }
  | { log_uniform: readonly [low: number, high: number] }
  | { int: readonly [low: number, high: number] }
  | { normal: readonly [mean: number, deviation: number] }
  | { choice: readonly JsonValue[] };

/** Param → how it is drawn. */
export type Space = Readonly<Record<string, Distribution>>;

/** Draws params by index. */
export type Sampler = (index: number) => JsonObject;

type Draw = (draws: Draws, index: number) => JsonValue;

/** Each makes the draw of a distribution from its numbers, or says what they must be. */
const KINDS: Record<string, (given: readonly JsonValue[]) => Draw | string> = {
  uniform: (given) => {
    if (!isPair(given) || !(given[0] < given[1])) return 'must be [low, high], low below high';
    const [low, high] = given;
    return (draws, index) => within(low + (high - low) * draws.uniform(index), low, high);
  },
  log_uniform: (given) => {
    if (!isPair(given) || !(0 < given[0] && given[0] < given[1]))
      return 'must be [low, high], low above 0 and below high';
    const [low, high] = given;
    const [from, to] = [Math.log(low), Math.log(high)];
    return (draws, index) => within(Math.exp(from + (to - from) * draws.uniform(index)), low, high);
  },
  int: (given) => {
    if (!isPair(given) || !given.every(Number.isSafeInteger) || given[0] > given[1])
      return 'must be [low, high], whole numbers, low at most high';
    const [low, high] = given;
    return (draws, index) => Math.min(high, low + Math.floor((high - low + 1) * draws.uniform(index)));
  },
  normal: (given) => {
    if (!isPair(given) || !(given[1] > 0)) return 'must be [mean, deviation], deviation above 0';
    const [mean, deviation] = given;
    return (draws, index) => mean + deviation * standardNormal(draws, index);
  },
  choice: (given) => {
    if (given.length === 0) return 'must be a list of at least one value';
    return (draws, index) => given[Math.floor(given.length * draws.uniform(index))] ?? null;
  },
};

/** Makes the sampler of a space. Throws `REQUEST_INVALID`. */
export function samplerOf(space: Space, seed: JsonValue): Sampler {
  if (!isPlainObject(space)) throw invalid('The space to draw from is not an object of params.');
  const draws = Object.entries(space).map(([name, distribution]) => {
    const draw = drawOf(name, distribution);
    const own = drawsOf(seed, name);
    return (index: number) => [name, draw(own, index)] as const;
  });
  return (index) => Object.fromEntries(draws.map((draw) => draw(index)));
}

function drawOf(name: string, distribution: unknown): Draw {
  const entries = isPlainObject(distribution) ? Object.entries(distribution) : [];
  const [[kind, given] = ['', undefined]] = entries;
  const make = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (entries.length !== 1 || make === undefined) {
    throw invalid(`"${name}" is drawn from no known distribution.${suggestion(kind, Object.keys(KINDS))}`);
  }
  const draw = Array.isArray(given) ? make(given) : 'must be a list';
  if (typeof draw === 'string') throw invalid(`The "${kind}" of "${name}" ${draw}.`);
  return draw;
}

function isPair(given: readonly JsonValue[]): given is readonly [number, number] {
  return given.length === 2 && given.every((each) => Number.isFinite(each));
}

// Rounding may step over a bound.
function within(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}

// Box and Muller's way; 1 - u is never 0.
function standardNormal(draws: Draws, index: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - draws.uniform(index, 0)));
  return radius * Math.cos(2 * Math.PI * draws.uniform(index, 1));
}

function invalid(message: string): PipelineError {
  return new PipelineError('REQUEST_INVALID', message);
}
