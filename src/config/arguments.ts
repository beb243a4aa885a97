/** What a call of a resolver is given: scalars, `'quoted'`, `[lists]`, `{maps: 1}`, or holes. */
import type { Hole, Part } from './interpolation.ts';
import { keyId } from './keys.ts';
import { float, integer, type Scalar } from './python.ts';
import type { Reader } from './reader.ts';

/** An argument of a resolver. */
export type Element =
  | { readonly kind: 'literal'; readonly scalar: Scalar }
  | { readonly kind: 'hole'; readonly hole: Hole }
  /** Several parts, or a quoted hole: always a text. */
  | { readonly kind: 'text'; readonly parts: readonly Part[] }
  | { readonly kind: 'list'; readonly items: readonly Element[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [string, Element])[] };

/** How holes are read: `interpolation.ts` says, which reads arguments in turn. */
export interface HoleReaders {
  readHole(reader: Reader): Hole;
  readQuoted(reader: Reader, quote: string): readonly Part[];
}

const BLANK = /[ \t]*/y;
const COMMA = /[ \t]*,[ \t]*/y;
const CLOSE = { '}': /[ \t]*\}/y, ']': /[ \t]*\]/y } as const;
const ESCAPES = /(?:\\[\\()[\]{}:=, \t])+/y;
// Numbers and names are made of these too: what the whole text is, is asked afterwards.
const PLAIN = /(?:[\w/\-+.%*@?|]|\$(?!\{)|\\(?![\\()[\]{}:=, \t]))+/y;
const INT = /^[-+]?(?:0|[1-9](?:_?\d)*)$/;
const FLOAT =
  /^[-+]?(?:(?:(?:0|[1-9](?:_?\d)*)\.|(?:0|[1-9](?:_?\d)*)?\.\d(?:_?\d)*)(?:e[-+]?\d(?:_?\d)*)?|(?:0|[1-9](?:_?\d)*)e[-+]?\d(?:_?\d)*|inf|nan)$/i;

/** Elements up to `close`; one that is missing between commas is an empty text. */
export function readArguments(reader: Reader, close: '}' | ']', holes: HoleReaders): Element[] {
  const elements: Element[] = [];
  reader.take(BLANK);
  if (reader.take(CLOSE[close]) !== '') return elements;
  let isOpen = true;
  for (;;) {
    if (reader.take(COMMA) !== '') {
      if (isOpen) elements.push(EMPTY);
      isOpen = true;
    } else if (reader.take(CLOSE[close]) !== '') {
      if (isOpen) elements.push(EMPTY);
      return elements;
    } else {
      if (!isOpen) throw reader.unexpected(`a comma or ${close}`);
      elements.push(readElement(reader, holes));
      isOpen = false;
    }
  }
}

const EMPTY: Element = { kind: 'literal', scalar: { value: '' } };

/** One element. Throws a `SyntaxError`. */
export function readElement(reader: Reader, holes: HoleReaders): Element {
  const first = reader.char;
  if (first === '"' || first === "'") {
    reader.at += 1;
    const parts = holes.readQuoted(reader, first);
    const isText = parts.every((part) => typeof part === 'string');
    return isText ? { kind: 'literal', scalar: { value: parts.join('') } } : { kind: 'text', parts };
  }
  if (first === '[') {
    reader.at += 1;
    return { kind: 'list', items: readArguments(reader, ']', holes) };
  }
  if (first === '{') {
    reader.at += 1;
    return { kind: 'map', entries: readMap(reader, holes) };
  }
  return readPrimitive(reader, holes);
}

function readMap(reader: Reader, holes: HoleReaders): (readonly [string, Element])[] {
  const entries: (readonly [string, Element])[] = [];
  reader.take(BLANK);
  if (reader.take(CLOSE['}']) !== '') return entries;
  for (;;) {
    const key = readKey(reader);
    if (reader.take(/[ \t]*:[ \t]*/y) === '') throw reader.unexpected('a colon');
    entries.push([key, readElement(reader, holes)]);
    if (reader.take(CLOSE['}']) !== '') return entries;
    if (reader.take(COMMA) === '') throw reader.unexpected('a comma or }');
  }
}

function readKey(reader: Reader): string {
  const { text, raw, escaped } = readRun(reader, false);
  if (raw === '') throw reader.unexpected('a key');
  return keyId(escaped ? { value: text } : primitive(raw));
}

function readPrimitive(reader: Reader, holes: HoleReaders): Element {
  const parts: Part[] = [];
  let isEscaped = false;
  for (;;) {
    if (reader.startsWith('${')) {
      parts.push(holes.readHole(reader));
      continue;
    }
    const { text, raw, escaped } = readRun(reader, true);
    if (raw === '') break;
    isEscaped ||= escaped;
    parts.push(text);
  }
  const [only] = parts;
  if (only === undefined) throw reader.unexpected('possible here without quotes around the text');
  if (parts.length > 1) return { kind: 'text', parts };
  if (typeof only !== 'string') return { kind: 'hole', hole: only };
  return { kind: 'literal', scalar: isEscaped ? { value: only } : primitive(only) };
}

// Blanks belong to a comma or bracket that follows them, and to a colon on both of its sides.
function readRun(reader: Reader, withColons: boolean): { text: string; raw: string; escaped: boolean } {
  let [text, raw, escaped] = ['', '', false];
  for (;;) {
    const plain = reader.take(PLAIN) || (withColons ? reader.take(/[ \t]*:[ \t]*/y) : '');
    const blank = plain === '' ? reader.take(/[ \t]+(?![ \t]*[,\]}:])/y) : '';
    const escapes = plain === '' && blank === '' ? reader.take(ESCAPES) : '';
    if (plain === '' && blank === '' && escapes === '') return { text, raw, escaped };
    text += plain + blank + escapes.replace(/\\(.)/g, '$1');
    raw += plain + blank + escapes;
    escaped ||= escapes !== '';
  }
}

/** A text as OmegaConf types it: `10`, `1.5`, `true`, `null`, or the text itself. */
function primitive(text: string): Scalar {
  if (/^null$/i.test(text)) return { value: null };
  if (/^(?:true|false)$/i.test(text)) return { value: text.toLowerCase() === 'true' };
  const digits = text.replaceAll('_', '');
  if (INT.test(text)) return integer(digits);
  if (!FLOAT.test(text)) return { value: text };
  if (/nan$/i.test(text)) return float(Number.NaN);
  if (/inf$/i.test(text)) return float(text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
  return float(Number(digits));
}
