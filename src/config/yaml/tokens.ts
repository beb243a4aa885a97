/** The tokens of YAML 1.1, as libyaml (which Kedro reads with) finds them. */
import { Cursor, isBreak, SPACE, TAB } from './cursor.ts';
import { scanBlock, scanPlain, scanQuoted } from './scan-scalar.ts';
import { scanAnchor, scanDirective, scanTag } from './scan-tag.ts';
import type { Mark } from './syntax-error.ts';

export type TokenKind =
  | 'end'
  | 'directive'
  | 'document start'
  | 'document end'
  | 'block sequence'
  | 'block mapping'
  | 'block end'
  | '['
  | ']'
  | '{'
  | '}'
  | '-'
  | ','
  | 'key'
  | 'value'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'scalar';

export interface Token extends Mark {
  readonly kind: TokenKind;
  /** Text of a scalar, name of an anchor or alias, a tag as written (`handle` apart). */
  readonly value: string;
  readonly handle?: string | undefined;
  readonly plain?: boolean;
}

interface SimpleKey extends Mark {
  readonly at: number;
  readonly token: number;
  readonly required: boolean;
}

// A key without `?` must be on one line and no longer.
const LONGEST_KEY = 1024;
const NEVER_PLAIN = '-?:,[]{}#&*!|>\'"%@`';

/** All tokens of `text`. Throws a `YamlError`. */
export function readTokens(text: string): readonly Token[] {
  const scanner = new Scanner(text);
  while (scanner.next());
  return scanner.tokens;
}

class Scanner {
  readonly tokens: Token[] = [];
  readonly #cursor: Cursor;
  readonly #indents: number[] = [];
  #indent = -1;
  /** One for the block and one for each open `[` or `{`: what would be a key if a `:` followed. */
  readonly #keys: (SimpleKey | undefined)[] = [undefined];
  #keyAllowed = true;

  constructor(text: string) {
    this.#cursor = new Cursor(text);
    if (text.startsWith('\uFEFF')) {
      this.#cursor.at = 1;
      this.#cursor.lineStart = 1;
    }
  }

  /** Adds the next tokens; false after the last. */
  next(): boolean {
    const cursor = this.#cursor;
    this.#skipSpace();
    this.#dropStaleKeys();
    this.#closeBlocks(cursor.column);
    const code = cursor.code();
    if (Number.isNaN(code)) {
      this.#leaveBlocks();
      this.#push('end', cursor.mark);
      return false;
    }
    const char = cursor.text[cursor.at] as string;
    if (cursor.at === cursor.lineStart && (char === '%' || cursor.isDocumentMark())) this.#documentToken(char);
    else if (!this.#indicator(char)) this.#content(char);
    return true;
  }

  get #inFlow(): boolean {
    return this.#keys.length > 1;
  }

  #push(kind: TokenKind, { line, column }: Mark, value = ''): void {
    this.tokens.push({ kind, line, column, value });
  }

  #skipSpace(): void {
    const cursor = this.#cursor;
    for (;;) {
      let code = cursor.code();
      while (code === SPACE || (code === TAB && (this.#inFlow || !this.#keyAllowed))) {
        cursor.at += 1;
        code = cursor.code();
      }
      if (code === 35) {
        cursor.take(/[^\r\n\x85\u2028\u2029]*/y);
        code = cursor.code();
      }
      if (!isBreak(code)) return;
      cursor.takeBreak();
      if (!this.#inFlow) this.#keyAllowed = true;
    }
  }

  #documentToken(char: string): void {
    const cursor = this.#cursor;
    const mark = cursor.mark;
    this.#leaveBlocks();
    this.#keyAllowed = false;
    if (char === '%') {
      this.tokens.push({ kind: 'directive', ...mark, ...scanDirective(cursor) });
      return;
    }
    cursor.at += 3;
    this.#push(char === '-' ? 'document start' : 'document end', mark);
  }

  #indicator(char: string): boolean {
    const cursor = this.#cursor;
    switch (char) {
      case '[':
      case '{':
        this.#saveKey();
        this.#keys.push(undefined);
        break;
      case ']':
      case '}':
        this.#dropKey();
        if (this.#inFlow) this.#keys.pop();
        break;
      case ',':
        this.#dropKey();
        break;
      case '-':
      case '?':
        if (!(cursor.endsWord(1) || (char === '?' && this.#inFlow))) return false;
        this.#entry(char);
        return true;
      case ':':
        if (!this.#inFlow && !cursor.endsWord(1)) return false;
        this.#value();
        return true;
      default:
        return false;
    }
    this.#keyAllowed = char === '[' || char === '{' || char === ',';
    this.#push(char, cursor.mark);
    cursor.at += 1;
    return true;
  }

  #entry(char: '-' | '?'): void {
    const cursor = this.#cursor;
    if (!this.#inFlow) {
      if (!this.#keyAllowed) throw cursor.fail(`A "${char}" cannot stand here.`);
      this.#openBlock(cursor.column, char === '-' ? 'block sequence' : 'block mapping');
    }
    this.#dropKey();
    this.#keyAllowed = char === '-' || !this.#inFlow;
    this.#push(char === '-' ? '-' : 'key', cursor.mark);
    cursor.at += 1;
  }

  #value(): void {
    const cursor = this.#cursor;
    const key = this.#keys.at(-1);
    if (key !== undefined) {
      const { token, line, column } = key;
      this.tokens.splice(token, 0, { kind: 'key', line, column, value: '' });
      this.#openBlock(column, 'block mapping', key);
      this.#keys[this.#keys.length - 1] = undefined;
      this.#keyAllowed = false;
    } else {
      if (!this.#inFlow) {
        if (!this.#keyAllowed) throw cursor.fail('A ":" cannot stand here; put quotes around a text with ": ".');
        this.#openBlock(cursor.column, 'block mapping');
      }
      this.#keyAllowed = !this.#inFlow;
    }
    this.#push('value', cursor.mark);
    cursor.at += 1;
  }

  #content(char: string): void {
    const cursor = this.#cursor;
    const mark = cursor.mark;
    if ((char === '|' || char === '>') && !this.#inFlow) {
      this.#dropKey();
      this.#keyAllowed = true;
      this.#push('scalar', mark, scanBlock(cursor, this.#indent));
      return;
    }
    if (NEVER_PLAIN.includes(char) && !this.#startsPlain(char)) {
      if (!'*&!\'"'.includes(char)) {
        throw cursor.fail(`No value can start with "${char}"; put quotes around the text.`);
      }
      this.#saveKey();
      this.#keyAllowed = false;
      if (char === '"' || char === "'") this.#push('scalar', mark, scanQuoted(cursor));
      else if (char === '!') this.tokens.push({ kind: 'tag', ...mark, ...scanTag(cursor, this.#inFlow) });
      else this.#push(char === '*' ? 'alias' : 'anchor', mark, scanAnchor(cursor));
      return;
    }
    if (char === '\t') throw cursor.fail('A tab cannot indent.');
    this.#saveKey();
    const { value, endsLine } = scanPlain(cursor, this.#indent, this.#inFlow);
    this.#keyAllowed = endsLine;
    this.tokens.push({ kind: 'scalar', line: mark.line, column: mark.column, value, plain: true });
  }

  #startsPlain(char: string): boolean {
    const cursor = this.#cursor;
    if (char === '-') return !cursor.endsWord(1);
    return !this.#inFlow && (char === '?' || char === ':') && !cursor.endsWord(1);
  }

  #saveKey(): void {
    if (!this.#keyAllowed) return;
    this.#dropKey();
    const { at, line, column } = this.#cursor;
    const required = !this.#inFlow && this.#indent === column;
    this.#keys[this.#keys.length - 1] = { at, line, column, token: this.tokens.length, required };
  }

  #dropKey(): void {
    const last = this.#keys.length - 1;
    const key = this.#keys[last];
    if (key?.required) throw this.#noColon(key);
    this.#keys[last] = undefined;
  }

  #dropStaleKeys(): void {
    const { line, at } = this.#cursor;
    for (let index = 0; index < this.#keys.length; index += 1) {
      const key = this.#keys[index];
      if (key === undefined || (key.line === line && at - key.at <= LONGEST_KEY)) continue;
      if (key.required) throw this.#noColon(key);
      this.#keys[index] = undefined;
    }
  }

  #noColon(key: SimpleKey) {
    return this.#cursor.fail('A key is not followed by ": ".', key);
  }

  #openBlock(column: number, kind: 'block sequence' | 'block mapping', key?: SimpleKey): void {
    if (this.#inFlow || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    this.#indent = column;
    const { line } = key ?? this.#cursor.mark;
    this.tokens.splice(key?.token ?? this.tokens.length, 0, { kind, line, column, value: '' });
  }

  #closeBlocks(column: number): void {
    if (this.#inFlow) return;
    while (this.#indent > column) {
      this.#push('block end', this.#cursor.mark);
      this.#indent = this.#indents.pop() ?? -1;
    }
  }

  #leaveBlocks(): void {
    this.#closeBlocks(-1);
    this.#dropKey();
    this.#keyAllowed = false;
  }
}
