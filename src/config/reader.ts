/** A place in a text that is being read. */
export class Reader {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** The character here; '' at the end. */
  get char(): string {
    return this.text[this.at] ?? '';
  }

  get rest(): string {
    return this.text.slice(this.at);
  }

  startsWith(wanted: string): boolean {
    return this.text.startsWith(wanted, this.at);
  }

  /** Takes what the sticky `pattern` finds here, or ''. */
  take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  unexpected(wanted: string): SyntaxError {
    return new SyntaxError(
      this.isAtEnd
        ? `it ends where ${wanted} should follow`
        : `"${this.char}" at position ${this.at + 1} is not ${wanted}`,
    );
  }
}
