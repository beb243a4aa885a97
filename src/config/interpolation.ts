/**
 * Reads a string with `${…}` into its parts, once. The grammar is OmegaConf's:
 *
 * - `${a.b[0]}`, `${.sibling}`, `${..uncle}`: a reference; a key may itself be a hole, `${a.${b}}`;
 * - `${name:first, second}`: a call of a resolver; arguments are scalars, `'quoted'`, `[lists]`, `{maps: 1}`, or holes;
 * - `\${`: the two characters `${`. Backslashes count only right before `${` or a closing quote.
 */
import type { JsonValue } from '../core/index.ts';
import { float, integer, pythonText, type Scalar } from './scalar.ts';

/** `${a.b}`. */
export interface Reference {
  readonly kind: 'reference';
  readonly source: string;
  /** How many dots lead: 0 starts at the top of the layer, 1 beside the text, 2 one level up. */
  readonly dots: number;
  readonly keys: readonly (string | Hole)[];
}

/** `${name:…}`. */
export interface Call {
  readonly kind: 'call';
  readonly source: string;
  readonly resolver: string;
  readonly args: readonly Element[];
}

export type Hole = Reference | Call;

/** Text as it is, or a hole. */
export type Part = string | Hole;

/** An argument of a resolver. */
export type Element =
  | { readonly kind: 'literal'; readonly value: JsonValue; readonly text?: string }
  | { readonly kind: 'parts'; readonly parts: readonly Part[] }
  | { readonly kind: 'list'; readonly items: readonly Element[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [string, Element])[] };

interface Cursor {
  readonly text: string;
  at: number;
}

const UNQUOTED = /(?:[\w/\-+.%*@?|:\s]|\$(?!\{)|\\(?![\\()[\]{}:=, \t]))+/y;
const ESCAPES = /(?:\\[\\()[\]{}:=, \t])+/y;
const KEY = /(?:[^\\${}()[\]:.\s'"]|\$(?!\{)|\\[\\.[\]:=])+/y;
const RESOLVER = /[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*\s*:/y;
const INT = /^[-+]?(?:0|[1-9](?:_?\d)*)$/;
const FLOAT =
  /^[-+]?(?:(?:(?:0|[1-9](?:_?\d)*)\.|(?:0|[1-9](?:_?\d)*)?\.\d(?:_?\d)*)(?:e[-+]?\d(?:_?\d)*)?|(?:0|[1-9](?:_?\d)*)e[-+]?\d(?:_?\d)*|inf|nan)$/i;

/** The parts of `text`. Throws a `SyntaxError` when a hole cannot be read. */
export function readInterpolation(text: string): readonly Part[] {
  const cursor: Cursor = { text, at: 0 };
  return readParts(cursor, undefined);
}

function readParts(cursor: Cursor, quote: string | undefined): readonly Part[] {
  const parts: Part[] = [];
  let plain = '';
  const flush = () => {
    if (plain !== '') parts.push(plain);
    plain = '';
  };
  while (cursor.at < cursor.text.length) {
    const slashes = take(cursor, /\\*/y).length;
    const [kept, escaped] = [Math.floor(slashes / 2), slashes % 2 === 1];
    if (cursor.text.startsWith('${', cursor.at)) {
      plain += '\\'.repeat(kept);
      if (escaped) plain += take(cursor, /\$\{/y);
      else {
        flush();
        parts.push(readHole(cursor));
      }
    } else if (quote !== undefined && cursor.text[cursor.at] === quote) {
      plain += '\\'.repeat(kept);
      cursor.at += 1;
      if (escaped) plain += quote;
      else {
        flush();
        return parts;
      }
    } else {
      plain += '\\'.repeat(slashes) + (cursor.text[cursor.at] ?? '');
      cursor.at += 1;
    }
  }
  if (quote !== undefined) throw new SyntaxError(`the quote ${quote} is not closed`);
  flush();
  return parts;
}

function readHole(cursor: Cursor): Hole {
  const start = cursor.at;
  take(cursor, /\$\{\s*/y);
  const resolver = take(cursor, RESOLVER);
  if (resolver !== '') {
    const args = readSequence(cursor, '}');
    const source = cursor.text.slice(start, cursor.at);
    return { kind: 'call', source, resolver: resolver.slice(0, -1).trim(), args };
  }
  const dots = take(cursor, /\.*/y).length;
  const keys = [readKey(cursor)];
  while (!/^\s*\}/.test(cursor.text.slice(cursor.at))) {
    if (cursor.text[cursor.at] === '.') cursor.at += 1;
    else if (cursor.text[cursor.at] !== '[') throw unexpected(cursor, 'a dot, a bracket or }');
    keys.push(readKey(cursor));
  }
  take(cursor, /\s*\}/y);
  return { kind: 'reference', source: cursor.text.slice(start, cursor.at), dots, keys };
}

function readKey(cursor: Cursor): string | Hole {
  const bracket = take(cursor, /\[/y) !== '';
  const key = cursor.text.startsWith('${', cursor.at)
    ? readHole(cursor)
    : take(cursor, KEY).replace(/\\([\\.[\]:=])/g, '$1');
  if (key === '') throw unexpected(cursor, 'a key');
  if (bracket && take(cursor, /\]/y) === '') throw unexpected(cursor, ']');
  return key;
}

function readSequence(cursor: Cursor, close: '}' | ']'): Element[] {
  const elements: Element[] = [];
  take(cursor, /\s*/y);
  if (take(cursor, close === '}' ? /\}/y : /\]/y) !== '') return elements;
  for (;;) {
    elements.push(readElement(cursor));
    take(cursor, /\s*/y);
    const next = cursor.text[cursor.at];
    if (next !== ',' && next !== close) throw unexpected(cursor, `a comma or ${close}`);
    cursor.at += 1;
    if (next === close) return elements;
  }
}

function readElement(cursor: Cursor): Element {
  take(cursor, /\s*/y);
  const first = cursor.text[cursor.at];
  if (first === '"' || first === "'") {
    cursor.at += 1;
    return textElement(readParts(cursor, first));
  }
  if (first === '[') {
    cursor.at += 1;
    return { kind: 'list', items: readSequence(cursor, ']') };
  }
  if (first === '{') {
    cursor.at += 1;
    return { kind: 'map', entries: readMap(cursor) };
  }
  return readPrimitive(cursor);
}

function readMap(cursor: Cursor): (readonly [string, Element])[] {
  const entries: (readonly [string, Element])[] = [];
  if (take(cursor, /\s*\}/y) !== '') return entries;
  for (;;) {
    const raw = take(cursor, /(?:[\w/\-+.$%*@?|\s]|\\.)+/y).trim();
    if (raw === '' || take(cursor, /:/y) === '') throw unexpected(cursor, 'a key and a colon');
    entries.push([keyText(raw), readElement(cursor)]);
    take(cursor, /\s*/y);
    const next = cursor.text[cursor.at];
    if (next !== ',' && next !== '}') throw unexpected(cursor, 'a comma or }');
    cursor.at += 1;
    if (next === '}') return entries;
  }
}

function readPrimitive(cursor: Cursor): Element {
  const parts: Part[] = [];
  let plain = '';
  // How much of `plain` an escape protects from the trimming of spaces at the end.
  let kept = 0;
  while (!/[,}\]]/.test(cursor.text[cursor.at] ?? '}')) {
    if (cursor.text.startsWith('${', cursor.at)) {
      if (plain !== '') parts.push(plain);
      [plain, kept] = ['', 0];
      parts.push(readHole(cursor));
      continue;
    }
    const run = take(cursor, UNQUOTED);
    const escapes = run === '' ? take(cursor, ESCAPES) : '';
    if (run === '' && escapes === '') throw unexpected(cursor, 'possible here without quotes around the text');
    plain += run + escapes.replace(/\\(.)/g, '$1');
    if (escapes !== '') kept = plain.length;
  }
  const tail = plain.slice(0, kept) + plain.slice(kept).trimEnd();
  if (parts.length > 0) return { kind: 'parts', parts: tail === '' ? parts : [...parts, tail] };
  return kept > 0 ? { kind: 'literal', value: tail } : { kind: 'literal', ...primitive(tail) };
}

/** A text as OmegaConf types it: `10`, `1.5`, `true`, `null`, or the text itself. */
function primitive(text: string): Scalar {
  if (/^null$/i.test(text)) return { value: null };
  if (/^(?:true|false)$/i.test(text)) return { value: text.toLowerCase() === 'true' };
  const digits = text.replaceAll('_', '');
  if (INT.test(text)) return integer(digits);
  if (!FLOAT.test(text)) return { value: text };
  if (/nan$/i.test(text)) return { value: Number.NaN };
  if (/inf$/i.test(text)) return { value: text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY };
  return float(Number(digits));
}

function keyText(raw: string): string {
  const { value, text } = primitive(raw);
  if (typeof value === 'string') return value.replace(/\\(.)/g, '$1');
  return typeof value === 'number' ? (text ?? pythonText(value)) : String(value);
}

function textElement(parts: readonly Part[]): Element {
  return parts.some((part) => typeof part !== 'string')
    ? { kind: 'parts', parts }
    : { kind: 'literal', value: parts.join('') };
}

function take(cursor: Cursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text)?.[0] ?? '';
  cursor.at += found.length;
  return found;
}

function unexpected(cursor: Cursor, wanted: string): SyntaxError {
  const found = cursor.text[cursor.at];
  return new SyntaxError(
    found === undefined
      ? `it ends where ${wanted} should follow`
      : `"${found}" at position ${cursor.at + 1} is not ${wanted}`,
  );
}
