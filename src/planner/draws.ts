/**
 * Random numbers by index: a draw is a function of the sweep's seed, the name of what is drawn, and the index of the point,
 * so that any process makes any point alone, and another param in the sweep changes none of the draws of this one.
 *
 * The numbers are those of splitmix64 (Steele, Lea, Flood 2014), whose state is a counter: no state to carry, and the
 * generators of libraries, which carry one, would not be shorter.
 */
import type { JsonValue } from '../core/index.ts';
import { hashJson } from './hashes.ts';

const STEP = 0x9e3779b97f4a7c15n;
const MOST_DRAWS = 4n;

/** Draws that belong to one name. */
export interface Draws {
  /** At least 0, below 1, in steps of 2^-53. `draw`, 0 to 3, tells several of one point apart. */
  uniform(index: number, draw?: number): number;
  /** A whole number of 32 bits, as NumPy and scikit-learn take them; different for each of the first 2^32 indexes. */
  seed(index: number): number;
}

/** The draws of `name` under `seed`. */
export function drawsOf(seed: JsonValue, name: string): Draws {
  const key = mixed(BigInt(`0x${hashJson([seed, name])}`));
  const [low, high] = [Number(key & 0xffffffffn), Number(key >> 32n)];
  return {
    uniform(index, draw = 0) {
      const count = BigInt(index) * MOST_DRAWS + BigInt(draw) + 1n;
      return Number(mixed(BigInt.asUintN(64, key + count * STEP)) >> 11n) * 2 ** -53;
    },
    // Bijections of 32 bits only, one after the other: two indexes never meet.
    seed: (index) => mixed32((mixed32((index + low) >>> 0) ^ high) >>> 0),
  };
}

// A bijection of 64 bits.
function mixed(value: bigint): bigint {
  let z = BigInt.asUintN(64, (value ^ (value >> 30n)) * 0xbf58476d1ce4e5b9n);
  z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
  return z ^ (z >> 31n);
}

// A bijection of 32 bits (the last steps of MurmurHash3).
function mixed32(value: number): number {
  let h = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
