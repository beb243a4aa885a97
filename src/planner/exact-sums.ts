/**
 * Sums without rounding: a number that a computer holds is a whole number times a power of two, and so are their sums and
 * products. A mean is then the same to the last digit whatever the order in which its parts were added, which no formula
 * that rounds at each step can say.
 */

/** A whole number, in hexadecimal, times a power of two: exact. Plain JSON. */
export type Exact = readonly [number: string, exponent: number];

export const ZERO: Exact = ['0', 0];

/** The value of a finite number. */
export function exactOf(value: number): Exact {
  return packed(unpack(value));
}

/** The square of a finite number. */
export function exactSquareOf(value: number): Exact {
  const { whole, exponent } = unpack(value);
  return packed({ whole: whole * whole, exponent: 2 * exponent });
}

export function exactSum(a: Exact, b: Exact): Exact {
  return packed(sum(read(a), read(b)));
}

/** The mean of `count` values, rounded once. */
export function exactMean(total: Exact, count: number): number {
  const { whole, exponent } = read(total);
  return quotient(whole, BigInt(count), exponent);
}

/** The variance of `count` values with that sum and sum of squares, divided by `count - 1`, rounded once. */
export function exactVariance(total: Exact, squares: Exact, count: number): number {
  const [t, s, n] = [read(total), read(squares), BigInt(count)];
  const { whole, exponent } = sum(
    { whole: n * s.whole, exponent: s.exponent },
    { whole: -t.whole * t.whole, exponent: 2 * t.exponent },
  );
  return quotient(whole, n * (n - 1n), exponent);
}

interface Dyadic {
  whole: bigint;
  exponent: number;
}

const LOWEST_EXPONENT = -1074;

function unpack(value: number): Dyadic {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const fraction = bits & 0xfffffffffffffn;
  const power = Number((bits >> 52n) & 0x7ffn);
  const size = power === 0 ? fraction : fraction | 0x10000000000000n;
  return { whole: value < 0 ? -size : size, exponent: LOWEST_EXPONENT + Math.max(0, power - 1) };
}

function sum(a: Dyadic, b: Dyadic): Dyadic {
  const exponent = Math.min(a.exponent, b.exponent);
  return {
    whole: (a.whole << BigInt(a.exponent - exponent)) + (b.whole << BigInt(b.exponent - exponent)),
    exponent,
  };
}

function packed({ whole, exponent }: Dyadic): Exact {
  return whole === 0n ? ZERO : [whole.toString(16), exponent];
}

function read([text, exponent]: Exact): Dyadic {
  const whole = text.startsWith('-') ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`);
  return { whole, exponent };
}

// More digits than a number holds, the last of them odd when something is left: then rounding to a number is right.
const DIGITS = 66;

function quotient(whole: bigint, divisor: bigint, exponent: number): number {
  if (whole === 0n) return 0;
  const size = whole < 0n ? -whole : whole;
  const shift = DIGITS + 4 - 4 * (size.toString(16).length - divisor.toString(16).length);
  const [top, bottom] = shift >= 0 ? [size << BigInt(shift), divisor] : [size, divisor << BigInt(-shift)];
  const digits = top / bottom;
  const value = scaled(Number(top % bottom === 0n ? digits : digits | 1n), exponent - shift);
  return whole < 0n ? -value : value;
}

function scaled(value: number, exponent: number): number {
  let [result, rest] = [value, exponent];
  for (; rest < -1000; rest += 1000) result *= 2 ** -1000;
  for (; rest > 1000; rest -= 1000) result *= 2 ** 1000;
  return result * 2 ** rest;
}
