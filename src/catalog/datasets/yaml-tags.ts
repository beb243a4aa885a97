/**
 * YAML 1.1 as PyYAML has it, for the library `yaml`: which plain scalars are what, and how JSON values are written so that
 * PyYAML's `safe_load` reads the same ones. What a pattern here matches is never left unquoted when it is a string.
 *
 * `yes`, `on` and their opposites are booleans, `y` and `n` are not; `017` is octal; `1:30` is 90; `1e5` is a string and
 * `1.0e+5` a number. Dates and times are strings in JSON: `YYYY-MM-DD`, and ISO 8601 in UTC.
 */
import type { ScalarTag, Tags } from 'yaml';

/** `customTags` for the schema `failsafe`, which has lists, mappings and strings. */
export function yamlTags(failsafe: Tags): Tags {
  const own = failsafe.map((tag) =>
    typeof tag === 'object' && tag.tag === STRING ? stringTag(tag as ScalarTag) : tag,
  );
  return [...own, nullTag, boolTag, intTag, floatTag, dateTag, reservedTag];
}

const STRING = 'tag:yaml.org,2002:str';

const nullTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:null',
  default: true,
  identify: (value) => value === null,
  test: /^(?:~|null|Null|NULL|)$/,
  resolve: () => null,
  stringify: () => 'null',
};

const boolTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  identify: (value) => typeof value === 'boolean',
  test: /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
  resolve: (source) => /^(?:y|t|on)/i.test(source),
  stringify: ({ value }) => String(value),
};

const intTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  identify: (value) => Number.isSafeInteger(value) && !Object.is(value, -0),
  test: /^[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)$/,
  resolve(source, fail) {
    const digits = source.replaceAll('_', '').replace(/^[-+]/, '');
    const size = digits.includes(':') ? sexagesimal(digits) : Number(/^0[0-7]/.test(digits) ? `0o${digits}` : digits);
    if (!Number.isSafeInteger(size)) {
      fail(`${source} is beyond the whole numbers that JSON keeps exactly; write it as text, in quotes`);
    }
    return source.startsWith('-') && size !== 0 ? -size : size;
  },
  stringify: ({ value }) => String(value),
};

const floatTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: (value) => typeof value === 'number',
  test: /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  resolve(source) {
    const digits = source.replaceAll('_', '').replace(/^[-+]/, '');
    const size = digits.includes(':') ? sexagesimal(digits) : Number(digits);
    // As in tables: JSON has no infinities and no NaN.
    if (!Number.isFinite(size)) return null;
    return source.startsWith('-') ? -size : size;
  },
  stringify: ({ value }) => floatText(value as number),
};

const dateTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:timestamp',
  default: true,
  identify: () => false,
  test: /^[0-9]{4}-(?:[0-9]{2}-[0-9]{2}|[0-9][0-9]?-[0-9][0-9]?(?:[Tt]|[ \t]+)[0-9][0-9]?:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9][0-9]?(?::?[0-9]{2})?))?)$/,
  resolve(source, fail) {
    const parts = source.split(/[^0-9]+/).map(Number);
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    date.setUTCHours(hour, minute, second);
    const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60;
    if (!isReal || second > 59) fail(`${source} is no date`);
    if (source.length === 10) return source;
    return isoTime(date, source);
  },
};

/** What YAML keeps for itself: merging, and `=`, which PyYAML cannot read at all. */
const reservedTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:value',
  default: true,
  identify: () => false,
  test: /^=$/,
  resolve: (source) => source,
};

// Texts of several lines too: where a block of text may stand, and what its indentation means, readers see differently.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const ESCAPED = /[\0-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/;

// Between brackets, PyYAML takes some of these for signs wherever they stand.
const FLOW_SIGNS = /[^\p{L}\p{N}_ ./-]/u;

function stringTag(plain: ScalarTag): ScalarTag {
  return {
    ...plain,
    stringify(item, context, ...rest) {
      const text = item.value as string;
      const isRisky = ESCAPED.test(text) || text === '<<' || (context.inFlow === true && FLOW_SIGNS.test(text));
      return isRisky ? escaped(text) : (plain.stringify?.(item, context, ...rest) ?? escaped(text));
    },
  };
}

function escaped(text: string): string {
  const every = new RegExp(ESCAPED, 'g');
  return JSON.stringify(text).replace(every, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** `1:30:00` as seconds. */
function sexagesimal(digits: string): number {
  return digits.split(':').reduce((total, part) => total * 60 + Number(part), 0);
}

/** With a point, and a sign in the exponent: PyYAML reads `1e21` as a string. */
function floatText(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  const [mantissa = '', exponent] = (Number.isInteger(value) ? value.toExponential() : text).split('e');
  const point = mantissa.includes('.') ? mantissa : `${mantissa}.0`;
  if (exponent === undefined) return point;
  return `${point}e${/^[-+]/.test(exponent) ? '' : '+'}${exponent}`;
}

function isoTime(date: Date, source: string): string {
  const digits = (/\.([0-9]*)/.exec(source)?.[1] ?? '').slice(0, 6).padEnd(3, '0');
  const zone = /([-+])([0-9]{1,2})(?::?([0-9]{2}))?$/.exec(source.slice(10));
  const minutes = zone === null ? 0 : Number(zone[2]) * 60 + Number(zone[3] ?? 0);
  const shift = zone?.[1] === '-' ? minutes : -minutes;
  const instant = new Date(date.getTime() + shift * 60_000).toISOString().slice(0, 19);
  const fraction = /^...0+$/.test(digits) ? digits.slice(0, 3) : digits;
  return `${instant}.${fraction.length > 3 ? fraction.padEnd(6, '0') : fraction}Z`;
}
