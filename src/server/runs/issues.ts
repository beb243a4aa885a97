/** What is wrong with a body, in the words that clients of `kedro server` know. */
import type { JsonValue } from '../../core/index.ts';

/** One thing that is wrong. */
export interface Issue {
  type: string;
  /** Where: `body`, then keys and indexes. */
  loc: (string | number)[];
  msg: string;
  input: JsonValue;
  ctx?: Record<string, JsonValue>;
}

/** A body that does not fit. Answered with 422. */
export class BodyInvalid extends Error {
  override readonly name = 'BodyInvalid';
  readonly detail: readonly Issue[];

  constructor(detail: readonly Issue[]) {
    super(detail.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; '));
    this.detail = detail;
  }
}

/** An issue of a field, or of something in it. */
export function issue(type: string, at: readonly (string | number)[], msg: string, input: JsonValue): Issue {
  return { type, loc: ['body', ...at], msg, input };
}

/** A rule of our own that a value breaks. */
export function valueIssue(at: readonly (string | number)[], why: string, input: JsonValue): Issue {
  return { ...issue('value_error', at, `Value error, ${why}`, input), ctx: { error: {} } };
}

/** A body that is no JSON. `error` is what the parser threw. */
export function noJson(text: string, error: unknown): BodyInvalid {
  const said = error instanceof Error ? error.message : '';
  const at = /position (\d+)/.exec(said)?.[1];
  const place = at === undefined ? placeOf(said, text) : Number(at);
  const ctx = { error: PARSER_WORDS.find(([sign]) => sign.test(said))?.[1] ?? 'Expecting value' };
  return new BodyInvalid([{ type: 'json_invalid', loc: ['body', place], msg: 'JSON decode error', input: {}, ctx }]);
}

const PARSER_WORDS: readonly (readonly [RegExp, string])[] = [
  [/property name/, 'Expecting property name enclosed in double quotes'],
  [/Expected ':'/, "Expecting ':' delimiter"],
  [/Expected ','/, "Expecting ',' delimiter"],
  [/after JSON/, 'Extra data'],
  [/Unterminated string/, 'Unterminated string starting at'],
  [/control character/, 'Invalid control character at'],
];

// The parser names the character instead of its place, or the end of the text.
function placeOf(said: string, text: string): number {
  const token = /^Unexpected token '(.+?)'/.exec(said)?.[1];
  return token === undefined ? text.length : Math.max(0, text.indexOf(token));
}
