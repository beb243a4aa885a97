/** Anchors, tags and directives. */
import { type Cursor, isBreak } from './cursor.ts';

const NAME = /[\w-]+/y;
const URI = /(?:[\w\-;/?:@&=+$.!~*'()]|%[0-9a-fA-F]{2})+/y;
const VERBATIM = /(?:[\w\-;/?:@&=+$.!~*'()%,[\]])+/y;

/** The name after `&` or `*`. */
export function scanAnchor(cursor: Cursor): string {
  const start = cursor.mark;
  cursor.at += 1;
  const name = cursor.take(NAME);
  const next = cursor.text[cursor.at] ?? ' ';
  if (name === '' || !(cursor.endsWord() || '?:,]}%@`'.includes(next))) {
    throw cursor.fail('The name of an anchor has letters, digits, "_" and "-".', start);
  }
  return name;
}

/** A tag: `!<verbatim>`, `!!type`, `!handle!type`, `!type` or `!`. */
export function scanTag(cursor: Cursor, inFlow: boolean): { value: string; handle?: string } {
  const tag = tagAt(cursor);
  if (!cursor.endsWord() && !(inFlow && cursor.text[cursor.at] === ',')) {
    throw cursor.fail('A tag ends with a space.');
  }
  return tag;
}

function tagAt(cursor: Cursor): { value: string; handle?: string } {
  if (cursor.text[cursor.at + 1] === '<') {
    cursor.at += 2;
    const value = decode(cursor.take(VERBATIM));
    if (value === '' || cursor.text[cursor.at] !== '>') throw cursor.fail('A tag "!<…>" is not closed.');
    cursor.at += 1;
    return { value };
  }
  const handle = cursor.take(/![\w-]*!?/y);
  if (handle.length > 1 && handle.endsWith('!')) {
    const value = decode(cursor.take(URI));
    if (value === '') throw cursor.fail('A tag has no name.');
    return { handle, value };
  }
  const value = decode(handle.slice(1) + cursor.take(URI));
  return value === '' ? { value: '!' } : { handle: '!', value };
}

function decode(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

/** `%YAML 1.1` or `%TAG !e! prefix`. */
export function scanDirective(cursor: Cursor): { value: string; handle?: string } {
  const line = cursor.take(/[^\r\n\x85\u2028\u2029]*/y);
  if (!isBreak(cursor.code()) && !Number.isNaN(cursor.code())) throw cursor.fail('A directive ends with its line.');
  const version = /^%YAML[ \t]+(\d+)\.(\d+)[ \t]*(?:#.*)?$/.exec(line);
  if (version !== null) {
    const isKnown = version[1] === '1' && (version[2] === '1' || version[2] === '2');
    if (!isKnown) throw cursor.fail('Only YAML 1.1 and 1.2 can be read.');
    return { value: '%YAML' };
  }
  const tag = /^%TAG[ \t]+(!(?:[\w-]*!)?)[ \t]+([^\s]+)[ \t]*(?:#.*)?$/.exec(line);
  if (tag === null) throw cursor.fail(`The directive "${line.trim()}" is unknown.`);
  return { handle: tag[1] as string, value: decode(tag[2] as string) };
}
