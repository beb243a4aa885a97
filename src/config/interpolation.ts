/**
 * Reads a string with `${…}` into its parts, once. The grammar is OmegaConf's:
 *
 * - `${a.b[0]}`, `${.sibling}`, `${..uncle}`: a reference; a key may itself be a hole, `${a.${b}}`;
 * - `${name:first, second}`: a call of a resolver; `arguments.ts` reads what it is given;
 * - `\${`: the two characters `${`. Backslashes count only right before `${` or a closing quote.
 */
import { type Element, readArguments, readElement } from './arguments.ts';
import { Reader } from './reader.ts';

/** A key of a reference: as written, or a hole, alone or in brackets. */
export type ReferenceKey = string | { readonly hole: Hole; readonly inBrackets: boolean };

/** `${a.b}`. */
export interface Reference {
  readonly kind: 'reference';
  readonly source: string;
  /** How many dots lead: 0 starts at the top of the layer, 1 beside the text, 2 one level up. */
  readonly dots: number;
  readonly keys: readonly ReferenceKey[];
}

/** `${name:…}`. */
export interface Call {
  readonly kind: 'call';
  readonly source: string;
  /** The resolver's name, in the pieces between its dots. */
  readonly resolver: readonly (string | Hole)[];
  readonly args: readonly Element[];
}

export type Hole = Reference | Call;

/** Text as it is, or a hole. */
export type Part = string | Hole;

const ID = /^[A-Za-z_][\w-]*$/;
const KEY = /(?:[^\\${}()[\]:. \t'"]|\$|\\[\\.[\]:=])+/y;

/** The parts of `text`. Throws a `SyntaxError` when a hole cannot be read. */
export function readInterpolation(text: string): readonly Part[] {
  return readParts(new Reader(text), undefined);
}

/** One element, as the argument of a call is written. Throws a `SyntaxError`. */
export function readSingleElement(text: string): Element {
  const reader = new Reader(text);
  const element = readElement(reader, holes);
  if (!reader.isAtEnd) throw reader.unexpected('the end');
  return element;
}

/** Parts up to the end or, with `quote`, to the closing one. */
function readParts(reader: Reader, quote: string | undefined): readonly Part[] {
  const parts: Part[] = [];
  let plain = '';
  const flush = () => {
    if (plain !== '') parts.push(plain);
    plain = '';
  };
  while (!reader.isAtEnd) {
    const slashes = reader.take(/\\*/y).length;
    const [kept, isEscaped] = ['\\'.repeat(Math.floor(slashes / 2)), slashes % 2 === 1];
    if (reader.startsWith('${')) {
      plain += kept;
      if (isEscaped) plain += reader.take(/\$\{/y);
      else {
        flush();
        parts.push(readHole(reader));
      }
    } else if (quote !== undefined && reader.char === quote) {
      plain += kept;
      reader.at += 1;
      if (isEscaped) plain += quote;
      else {
        flush();
        return parts;
      }
    } else {
      plain += '\\'.repeat(slashes) + reader.char;
      reader.at += 1;
      plain += reader.take(/[^\\$'"]+/y);
    }
  }
  if (quote !== undefined) throw new SyntaxError(`the quote ${quote} is not closed`);
  flush();
  return parts;
}

function readHole(reader: Reader): Hole {
  const start = reader.at;
  reader.take(/\$\{[ \t]*/y);
  const dots = reader.take(/\.*/y).length;
  const first = readKey(reader);
  // Until a `:` it may be either; a resolver's name starts with no dot and has no brackets.
  const name: (string | Hole)[] | undefined = dots > 0 ? undefined : nameOf(first, undefined);
  const keys = [first];
  let resolver = name;
  while (!/^[ \t]*[:}]/.test(reader.rest)) {
    if (reader.char === '.') {
      reader.at += 1;
      if (reader.startsWith('[')) throw reader.unexpected('a key; a bracket follows no dot');
    } else if (reader.char !== '[') throw reader.unexpected('a dot, a bracket, a colon or }');
    const key = readKey(reader);
    keys.push(key);
    resolver = resolver === undefined ? undefined : nameOf(key, resolver);
  }
  reader.take(/[ \t]*/y);
  const isCall = reader.char === ':';
  if (isCall && resolver === undefined) throw reader.unexpected('possible after what is no name of a resolver');
  reader.at += 1;
  const args = isCall ? readArguments(reader, '}', holes) : [];
  const source = reader.text.slice(start, reader.at);
  if (isCall && resolver !== undefined) return { kind: 'call', source, resolver, args };
  return { kind: 'reference', source, dots, keys: keys.map(unescapeKey) };
}

function readKey(reader: Reader): ReferenceKey {
  const inBrackets = reader.take(/\[/y) !== '';
  if (!inBrackets && reader.startsWith('${')) return { hole: readHole(reader), inBrackets };
  const key = reader.startsWith('${') ? { hole: readHole(reader), inBrackets } : reader.take(KEY);
  if (key === '') throw reader.unexpected('a key');
  if (inBrackets && reader.take(/\]/y) === '') throw reader.unexpected(']');
  return inBrackets && typeof key === 'string' ? `[${key}` : key;
}

// A key in brackets still has its "[", which no other key can start with.
function unescapeKey(key: ReferenceKey): ReferenceKey {
  return typeof key === 'string' ? key.replace(/^\[/, '').replace(/\\([\\.[\]:=])/g, '$1') : key;
}

function nameOf(key: ReferenceKey, before: (string | Hole)[] | undefined): (string | Hole)[] | undefined {
  const isName = typeof key === 'string' ? ID.test(key) : !key.inBrackets;
  if (!isName) return undefined;
  return [...(before ?? []), typeof key === 'string' ? key : key.hole];
}

const holes = { readHole, readQuoted: readParts };
