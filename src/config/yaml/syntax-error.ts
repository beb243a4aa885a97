/** A text that is no YAML, with the place where that shows: line and column from 1. */
export class YamlError extends SyntaxError {
  readonly line: number;
  readonly column: number;

  constructor(message: string, { line, column }: Mark) {
    super(message);
    this.name = 'YamlError';
    this.line = line + 1;
    this.column = column + 1;
  }
}

/** A place in a text, from 0. */
export interface Mark {
  readonly line: number;
  readonly column: number;
}
