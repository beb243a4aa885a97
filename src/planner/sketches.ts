/**
 * Quantiles of any number of values in bounded memory: how many values are in each bin, bins growing by a fixed ratio, so
 * that an answer is off by a known part of itself (DDSketch; Masson, Rim, Lee 2019). Where there would be too many bins,
 * each two neighbours become one (UDDSketch; Epicoco et al. 2020). How often depends on the values alone, so the sketch of
 * a whole is the same however it was made of parts.
 *
 * The sketch libraries that are well kept hold state in classes and protobuf; this one is JSON, to travel in a history.
 */

/** Bin → how many values, in rising order of bins. */
type Bins = readonly (readonly [bin: number, count: number])[];

/** Plain JSON. */
export interface Sketch {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  /** How often neighbours have become one. */
  readonly level: number;
  readonly zeros: number;
  readonly positive: Bins;
  /** By the value without its sign. */
  readonly negative: Bins;
}

/** Most bins of a sketch: 16 KB of JSON at most. */
export const MOST_BINS = 1024;

// Below it numbers have fewer digits, and a relative error means nothing.
const SMALLEST_NORMAL = 2 ** -1022;

/** The sketch of one finite value; what is nearer to zero than 2^-1022 counts as zero. `error`: the relative error aimed at. */
export function sketchOf(given: number, error: number): Sketch {
  const value = Math.abs(given) < SMALLEST_NORMAL ? 0 : given;
  const bin = value === 0 ? [] : [[ceiling(Math.log(Math.abs(value)) / Math.log(ratioOf(error))), 1] as const];
  return {
    count: 1,
    min: value,
    max: value,
    level: 0,
    zeros: value === 0 ? 1 : 0,
    positive: value > 0 ? bin : [],
    negative: value < 0 ? bin : [],
  };
}

/** The sketch of the values of both. */
export function mergeSketches(a: Sketch, b: Sketch): Sketch {
  let level = Math.max(a.level, b.level);
  let positive = added(coarser(a.positive, level - a.level), coarser(b.positive, level - b.level));
  let negative = added(coarser(a.negative, level - a.level), coarser(b.negative, level - b.level));
  for (; positive.length + negative.length > MOST_BINS; level++) {
    positive = coarser(positive, 1);
    negative = coarser(negative, 1);
  }
  return {
    count: a.count + b.count,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    level,
    zeros: a.zeros + b.zeros,
    positive,
    negative,
  };
}

/** The relative error of what the sketch answers: the one aimed at, more where the values span many orders of magnitude. */
export function errorOf({ level }: Pick<Sketch, 'level'>, error: number): number {
  const ratio = ratioOf(error) ** (2 ** level);
  return (ratio - 1) / (ratio + 1);
}

/** The value below which a part `at` (0 to 1) of the values are: the one at rank `floor(at * (count - 1))`. */
export function quantileOf(sketch: Sketch, at: number, error: number): number {
  const ratio = ratioOf(error) ** (2 ** sketch.level);
  const middle = (bin: number) => (2 * ratio ** bin) / (ratio + 1);
  const within = (value: number) => Math.max(sketch.min, Math.min(value, sketch.max));
  let left = Math.floor(at * (sketch.count - 1));
  for (const [bin, count] of sketch.negative.toReversed()) {
    if (left < count) return within(-middle(bin));
    left -= count;
  }
  if (left < sketch.zeros) return 0;
  left -= sketch.zeros;
  for (const [bin, count] of sketch.positive) {
    if (left < count) return within(middle(bin));
    left -= count;
  }
  return sketch.max;
}

// What a bin's upper end is to its lower one.
function ratioOf(error: number): number {
  return (1 + error) / (1 - error);
}

// Never -0, which JSON does not have.
function ceiling(value: number): number {
  return Math.ceil(value) + 0;
}

function coarser(bins: Bins, levels: number): Bins {
  if (levels === 0) return bins;
  const half: [number, number][] = [];
  for (const [bin, count] of bins) {
    const into = ceiling(bin / 2 ** levels);
    const last = half.at(-1);
    if (last?.[0] === into) last[1] += count;
    else half.push([into, count]);
  }
  return half;
}

function added(a: Bins, b: Bins): Bins {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const both: (readonly [number, number])[] = [];
  let next = 0;
  for (const [bin, count] of b) {
    for (let other = a[next]; other !== undefined && other[0] < bin; other = a[next]) {
      both.push(other);
      next++;
    }
    const same = a[next];
    if (same?.[0] === bin) next++;
    both.push([bin, count + (same?.[0] === bin ? same[1] : 0)]);
  }
  return next < a.length ? both.concat(a.slice(next)) : both;
}
