/**
 * Plain scalars of YAML 1.1 as PyYAML under OmegaConf reads them, and values as Python prints them.
 *
 * `yes`, `on` and their opposites are booleans, `y` and `n` are not; `017` is octal, `0o17` is a string; `1:30` is 90;
 * `1_000` is 1000; `1e5` is a number; dates and times stay the strings they were written as.
 */
import type { JsonValue } from '../core/index.ts';

/** A scalar, with Python's way to print it where the JavaScript value does not tell. */
export interface Scalar {
  readonly value: string | number | boolean | null;
  readonly text?: string;
}

const NULL = /^(?:~|null|Null|NULL|)$/;
const TRUE = /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const INT =
  /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+(?:_[0-9]+)*[eE][-+]?[0-9]+|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** Reads a scalar that is written without quotes and without a tag. */
export function readPlain(source: string): Scalar {
  if (NULL.test(source)) return { value: null };
  if (TRUE.test(source)) return { value: true };
  if (FALSE.test(source)) return { value: false };
  if (INT.test(source)) return readInt(source);
  if (FLOAT.test(source)) return readFloat(source);
  return { value: source };
}

/** Reads a scalar with one of YAML's own tags (`int`, `float`, `bool`, `null`, `str`), or undefined when it does not fit. */
export function readTagged(type: string, source: string): Scalar | undefined {
  switch (type) {
    case 'str':
      return { value: source };
    case 'null':
      return { value: null };
    case 'bool':
      return TRUE.test(source) ? { value: true } : FALSE.test(source) ? { value: false } : undefined;
    case 'int':
      return INT.test(source) ? readInt(source) : undefined;
    case 'float':
      return FLOAT.test(source) || INT.test(source) ? readFloat(source) : undefined;
    default:
      return undefined;
  }
}

/** An integer in decimal digits, with an optional sign. */
export function integer(digits: string): Scalar {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? { value } : { value, text: BigInt(digits.replace('+', '')).toString() };
}

/** A number that Python holds as a float. */
export function float(value: number): Scalar {
  return Number.isInteger(value) ? { value, text: floatText(value) } : { value };
}

/** `value` as Python's `str` prints it: `True`, `None`, `1e-05`, `[1, 'a']`. This is what lands in a longer text. */
export function pythonText(value: JsonValue): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

function readInt(source: string): Scalar {
  const sign = source.startsWith('-') ? -1n : 1n;
  const digits = source.replace(/^[-+]/, '').replaceAll('_', '');
  if (digits.includes(':')) return integer((sign * BigInt(sexagesimal(digits))).toString());
  if (digits === '0' || /^0+$/.test(digits)) return { value: 0 };
  const number = /^0[0-7]/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits);
  return integer((sign * number).toString());
}

function readFloat(source: string): Scalar {
  const sign = source.startsWith('-') ? -1 : 1;
  const digits = source.replace(/^[-+]/, '').replaceAll('_', '').toLowerCase();
  if (digits === '.inf') return { value: sign * Number.POSITIVE_INFINITY };
  if (digits === '.nan') return { value: Number.NaN };
  return float(sign * (digits.includes(':') ? sexagesimal(digits) : Number(digits)));
}

function sexagesimal(digits: string): number {
  return digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** `value` as Python's `repr` prints it: a string stands in quotes. */
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

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll(quote, `\\${quote}`);
  return `${quote}${escaped}${quote}`;
}

// Python changes to exponents below 1e-4 and from 1e16, JavaScript below 1e-6 and from 1e21; the digits are the same.
function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 16) return Number.isInteger(value) ? `${value}.0` : String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
