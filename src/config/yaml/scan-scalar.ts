/** Scalars: plain, in quotes, and blocks, with YAML's folding of lines. */
import { type Cursor, isBreak, SPACE, TAB } from './cursor.ts';
import type { Mark } from './syntax-error.ts';

const BLANKS = /[ \t]*/y;
const PLAIN_RUN = /[^ \t\r\n\x85\u2028\u2029:#,[\]{}?]+/y;
const QUOTED_RUN = { "'": /[^ \t\r\n\x85\u2028\u2029']+/y, '"': /[^ \t\r\n\x85\u2028\u2029"\\]+/y } as const;
const LINE = /[^\r\n\x85\u2028\u2029]*/y;
const FLOW_ENDS = ',[]{}';

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};
const HEX: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** A plain scalar inside a block at `indent`. `endsLine`: line breaks follow it. */
export function scanPlain(cursor: Cursor, indent: number, inFlow: boolean): { value: string; endsLine: boolean } {
  let value = '';
  let gap = '';
  let endsLine = false;
  for (;;) {
    if (cursor.isDocumentMark() || cursor.code() === 35) break;
    const run = plainRun(cursor, inFlow);
    if (run !== '') {
      value += gap + run;
      endsLine = false;
    }
    if (!cursor.endsWord() || Number.isNaN(cursor.code())) break;
    const space = takeSpace(cursor, false, (leading) => {
      if (leading && cursor.column < indent + 1) throw cursor.fail('A tab stands where spaces should indent.');
    });
    gap = space.folded;
    endsLine = space.broken;
    if (!inFlow && cursor.column < indent + 1) break;
  }
  return { value, endsLine };
}

function plainRun(cursor: Cursor, inFlow: boolean): string {
  const start = cursor.at;
  for (;;) {
    cursor.take(PLAIN_RUN);
    if (cursor.endsWord()) break;
    const char = cursor.text[cursor.at] as string;
    if (char === ':') {
      if (cursor.endsWord(1)) break;
      if (inFlow && `${FLOW_ENDS}?`.includes(cursor.text[cursor.at + 1] as string)) {
        throw cursor.fail('A ":" inside [ ] and { } needs a space after it.');
      }
    } else if (inFlow && FLOW_ENDS.includes(char)) break;
    cursor.at += 1;
  }
  return cursor.text.slice(start, cursor.at);
}

/** A scalar in quotes; the cursor is on the first one. */
export function scanQuoted(cursor: Cursor): string {
  const start = cursor.mark;
  const quote = cursor.text[cursor.at] as '"' | "'";
  cursor.at += 1;
  let value = '';
  for (;;) {
    if (cursor.isDocumentMark()) throw cursor.fail('A document ends inside quotes.', start);
    const { text, broken } = quotedRun(cursor, quote);
    value += text;
    if (cursor.text[cursor.at] === quote) break;
    if (Number.isNaN(cursor.code())) throw cursor.fail(`The quote ${quote} is not closed.`, start);
    value += takeSpace(cursor, broken).folded;
  }
  cursor.at += 1;
  return value;
}

// Up to a blank, a break, the closing quote, or a `\` at the end of a line (`broken`).
function quotedRun(cursor: Cursor, quote: '"' | "'"): { text: string; broken: boolean } {
  let text = '';
  for (;;) {
    text += cursor.take(QUOTED_RUN[quote]);
    if (cursor.endsWord()) return { text, broken: false };
    if (cursor.text[cursor.at] === quote) {
      if (quote === '"' || cursor.text[cursor.at + 1] !== quote) return { text, broken: false };
      text += quote;
      cursor.at += 2;
    } else if (isBreak(cursor.code(1))) {
      cursor.at += 1;
      cursor.takeBreak();
      return { text, broken: true };
    } else text += takeEscape(cursor);
  }
}

function takeEscape(cursor: Cursor): string {
  const letter = cursor.text[cursor.at + 1] ?? '';
  const length = HEX[letter];
  if (length === undefined) {
    const char = ESCAPES[letter];
    if (char === undefined) throw cursor.fail(`The escape "\\${letter}" is unknown.`);
    cursor.at += 2;
    return char;
  }
  const digits = cursor.text.slice(cursor.at + 2, cursor.at + 2 + length);
  const code = /^[0-9a-fA-F]+$/.test(digits) && digits.length === length ? Number.parseInt(digits, 16) : Number.NaN;
  if (!(code <= 0x10ffff) || (code >= 0xd800 && code <= 0xdfff)) {
    throw cursor.fail(`The escape "\\${letter}${digits}" is no character.`);
  }
  cursor.at += 2 + length;
  return String.fromCodePoint(code);
}

// Blanks and breaks between two words: one break is a space, more are that many less one.
function takeSpace(
  cursor: Cursor,
  isEscaped: boolean,
  onTab?: (leading: boolean) => void,
): { folded: string; broken: boolean } {
  let first: string | undefined = isEscaped ? '' : undefined;
  let [blanks, more] = ['', ''];
  for (;;) {
    const code = cursor.code();
    if (code === SPACE || code === TAB) {
      if (code === TAB) onTab?.(first !== undefined);
      blanks += first === undefined ? cursor.text[cursor.at] : '';
      cursor.at += 1;
    } else if (!isBreak(code)) break;
    else if (first === undefined) first = cursor.takeBreak();
    else more += cursor.takeBreak();
  }
  if (first === undefined) return { folded: blanks, broken: false };
  // A break of Unicode's own (LS, PS) is kept; a usual one folds.
  return { folded: first === '\n' ? more || ' ' : first + more, broken: true };
}

/** A `|` or `>` scalar; the cursor is on the indicator, inside a block at `parent`. */
export function scanBlock(cursor: Cursor, parent: number): string {
  const start = cursor.mark;
  const isLiteral = cursor.text[cursor.at] === '|';
  cursor.at += 1;
  const { keep, increment } = blockHeader(cursor, start);
  const block = { indent: increment === 0 ? 0 : Math.max(parent, 0) + increment, parent };
  let value = '';
  let lastBreak = '';
  let wasBlank = false;
  let breaks = blockBreaks(cursor, block);
  while (cursor.column === block.indent && !Number.isNaN(cursor.code())) {
    const isBlank = cursor.code() === SPACE || cursor.code() === TAB;
    if (!isLiteral && lastBreak === '\n' && !wasBlank && !isBlank) value += breaks === '' ? ' ' : '';
    else value += lastBreak;
    value += breaks + cursor.take(LINE);
    wasBlank = isBlank;
    lastBreak = cursor.takeBreak();
    breaks = blockBreaks(cursor, block);
  }
  if (keep !== '-') value += lastBreak;
  return keep === '+' ? value + breaks : value;
}

function blockHeader(cursor: Cursor, start: Mark): { keep: string; increment: number } {
  const written = cursor.take(/[+-][0-9]?|[0-9][+-]?/y);
  if (written.includes('0')) throw cursor.fail('A block cannot be indented by 0.', start);
  cursor.take(BLANKS);
  if (cursor.code() === 35) cursor.take(LINE);
  if (!Number.isNaN(cursor.code()) && !isBreak(cursor.code())) {
    throw cursor.fail('A block of text starts on the line after its "|" or ">".');
  }
  cursor.takeBreak();
  return { keep: /[+-]/.exec(written)?.[0] ?? '', increment: Number(/[0-9]/.exec(written)?.[0] ?? 0) };
}

function blockBreaks(cursor: Cursor, block: { indent: number; parent: number }): string {
  let breaks = '';
  let deepest = 0;
  for (;;) {
    while ((block.indent === 0 || cursor.column < block.indent) && cursor.code() === SPACE) cursor.at += 1;
    deepest = Math.max(deepest, cursor.column);
    if ((block.indent === 0 || cursor.column < block.indent) && cursor.code() === TAB) {
      throw cursor.fail('A tab stands where spaces should indent.');
    }
    if (!isBreak(cursor.code())) break;
    breaks += cursor.takeBreak();
  }
  if (block.indent === 0) block.indent = Math.max(deepest, block.parent + 1, 1);
  return breaks;
}
