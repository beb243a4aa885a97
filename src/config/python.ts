/** Values as Python prints them, and the numbers that JavaScript's cannot tell apart: `1` and `1.0`, or more than 2^53. */
import type { JsonValue } from '../core/index.ts';

/** How Python prints a value, where the JavaScript value does not tell. */
export interface Print {
  /** As `repr` does. */
  readonly repr: string;
  /** As JSON with all digits. */
  readonly json: string;
}

/** A scalar. */
export interface Scalar {
  readonly value: string | number | boolean | null;
  readonly print?: Print | undefined;
}

/** An integer in decimal digits, with an optional sign. */
export function integer(digits: string): Scalar {
  const value = Number(digits);
  if (Number.isSafeInteger(value)) return { value: value === 0 ? 0 : value };
  const text = BigInt(digits.replace('+', '')).toString();
  return { value, print: { repr: text, json: text } };
}

/** A number that Python holds as a float. */
export function float(value: number): Scalar {
  if (Number.isFinite(value)) {
    if (!Number.isInteger(value)) return { value };
    const text = floatText(value);
    return { value, print: { repr: text, json: text } };
  }
  // JSON has neither: a number too large to hold reads as infinity everywhere.
  const json = Number.isNaN(value) ? 'null' : value > 0 ? '1e999' : '-1e999';
  return { value, print: { repr: floatText(value), json } };
}

/** `value` as Python's `repr` prints it: `True`, `None`, `1e-05`, `[1, 'a']`; a string stands in quotes. */
export function pythonRepr(value: JsonValue): string {
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value).toString() : floatText(value);
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  const entries = Object.entries(value).map(([key, item]) => `${pythonRepr(key)}: ${pythonRepr(item)}`);
  return `{${entries.join(', ')}}`;
}

const NAMED: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const NOT_SHOWN = /[\\\n\r\t]|[^\P{C}]|[\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(NOT_SHOWN, shown).replaceAll(quote, `\\${quote}`);
  return `${quote}${escaped}${quote}`;
}

function shown(char: string): string {
  const named = NAMED[char];
  if (named !== undefined) return named;
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

// Python changes to exponents below 1e-4 and from 1e16, JavaScript below 1e-6 and from 1e21; the digits are the same.
function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 16)
    return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
