/** Walks through a text by characters and lines. Line breaks are those of YAML 1.1: LF, CR, CR LF, NEL, LS and PS. */
import { type Mark, YamlError } from './syntax-error.ts';

export const TAB = 9;
export const SPACE = 32;
const [LF, CR, NEL, LS, PS] = [10, 13, 0x85, 0x2028, 0x2029];

/** What a text may not hold anywhere. `\uFEFF` may only begin it. */
const NOT_PRINTABLE = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

export class Cursor {
  readonly text: string;
  at = 0;
  line = 0;
  lineStart = 0;

  constructor(text: string) {
    this.text = text;
    const bad = NOT_PRINTABLE.exec(text);
    if (bad === null) return;
    const before = text.slice(0, bad.index).split('\n');
    const mark = { line: before.length - 1, column: before.at(-1)?.length ?? 0 };
    throw new YamlError(`The character U+${hex(text.codePointAt(bad.index) ?? 0)} is not allowed in YAML.`, mark);
  }

  get column(): number {
    return this.at - this.lineStart;
  }

  get mark(): Mark {
    return { line: this.line, column: this.at - this.lineStart };
  }

  /** The code of the character `ahead` of here; NaN at the end. */
  code(ahead = 0): number {
    return this.text.charCodeAt(this.at + ahead);
  }

  /** Whether a blank, a line break or the end is `ahead` of here. */
  endsWord(ahead = 0): boolean {
    const code = this.text.charCodeAt(this.at + ahead);
    return code === SPACE || code === TAB || Number.isNaN(code) || isBreak(code);
  }

  /** Whether `---` or `...` stands here, alone and at the start of a line. */
  isDocumentMark(): boolean {
    if (this.at !== this.lineStart) return false;
    return (this.text.startsWith('---', this.at) || this.text.startsWith('...', this.at)) && this.endsWord(3);
  }

  /** Goes past a line break and returns it as a scalar holds it. Returns '' at the end of the text. */
  takeBreak(): string {
    const code = this.code();
    if (Number.isNaN(code)) return '';
    this.at += code === CR && this.code(1) === LF ? 2 : 1;
    this.line += 1;
    this.lineStart = this.at;
    return code === LS || code === PS ? String.fromCharCode(code) : '\n';
  }

  /** Takes what the sticky `pattern`, which crosses no line, finds here, or ''. */
  take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const end = pattern.test(this.text) ? pattern.lastIndex : this.at;
    const found = this.text.slice(this.at, end);
    this.at = end;
    return found;
  }

  fail(message: string, mark: Mark = this.mark): YamlError {
    return new YamlError(message, mark);
  }
}

/** Whether `code` is a line break. */
export function isBreak(code: number): boolean {
  return code === LF || code === CR || code === NEL || code === LS || code === PS;
}

function hex(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, '0');
}
