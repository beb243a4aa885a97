/** Cuts a plain file at the keys of its top level, so that each piece can be read when it is asked for. */
import { scalarType } from './resolve.ts';
import { YamlError } from './syntax-error.ts';

/** A key at the top with what stands under it. */
export interface Piece {
  readonly key: string;
  /** Lines before it. */
  readonly line: number;
  readonly text: string;
}

const QUOTED = String.raw`"(?:[^"\\\n]|\\.)*"|(?<!\w)'[^'\n]*'`;
const PLAIN = String.raw`[^"'\[\]{}\n]`;
const INNER = String.raw`[[{](?:${QUOTED}|${PLAIN})*[\]}]`;
const GROUP = String.raw`[[{](?:${QUOTED}|${PLAIN}|${INNER})*[\]}]`;
/** A line that leaves no quote and no bracket open, or a comment. */
const CLOSED_LINE = String.raw`(?: *#[^\n]*|(?:${QUOTED}|${PLAIN}|${GROUP})*(?: #[^\n]*)?)$`;
const OPEN_LINE = new RegExp(`^(?!${CLOSED_LINE})`, 'm');
/** Tabs, other breaks, control characters; anchors, aliases and tags, which may reach into other pieces. */
const SPECIAL = /[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]|(?:^|[ ,:[{?-])[&*!]/m;
const KEY = /^(?:([A-Za-z_][\w./-]*|[A-Za-z_][\w ./@{}-]*[\w}])|"([^"\\\n]+)"):(?= |$)/;
const NOTHING = /^(?: *(?:#[^\n]*)?\n)*$/;
// What may stand at the start of a line beside keys: a list under the key before, a comment, nothing.
const TOP_LINE = /^(?=[^ \n])[^\n]*/gm;

/** The pieces of `text`; undefined where it has to be read as a whole. Throws a `YamlError` for a key that stands twice. */
export function splitDocument(text: string, most: number): Piece[] | undefined {
  if (text === '' || SPECIAL.test(text) || OPEN_LINE.test(text) || mayExceed(text, most)) return undefined;
  const starts: { key: string; at: number }[] = [];
  for (const { 0: line, index: at } of text.matchAll(TOP_LINE)) {
    if (line.startsWith('#')) continue;
    if (starts.length > 0 && (line === '-' || line.startsWith('- '))) continue;
    const found = KEY.exec(line);
    const key = found?.[1] ?? found?.[2];
    if (found === null || key === undefined || key.length > 500) return undefined;
    const scalar = {
      kind: 'scalar',
      value: key,
      plain: found[1] !== undefined,
      tag: undefined,
      line: 0,
      column: 0,
    } as const;
    if (scalarType(scalar) !== 'str') return undefined;
    starts.push({ key, at });
  }
  const [first] = starts;
  return first === undefined || !NOTHING.test(text.slice(0, first.at)) ? undefined : cut(text, starts);
}

function cut(text: string, starts: readonly { key: string; at: number }[]): Piece[] {
  const seen = new Set<string>();
  let line = 0;
  let counted = 0;
  return starts.map(({ key, at }, index) => {
    for (let end = text.indexOf('\n', counted); end !== -1 && end < at; end = text.indexOf('\n', counted)) {
      counted = end + 1;
      line += 1;
    }
    if (seen.has(key)) throw new YamlError(`The key "${key}" stands twice in one mapping.`, { line, column: 0 });
    seen.add(key);
    return { key, line, text: text.slice(at, starts[index + 1]?.at) };
  });
}

// Each node takes a character at least, and each of these brings two at most.
function mayExceed(text: string, most: number): boolean {
  if (text.length < most) return false;
  return (text.match(/[:,\-\n[{?]/g)?.length ?? 0) * 2 + 3 > most;
}
