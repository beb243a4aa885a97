/**
 * How Kedro reads the name of a dataset factory: ranked by its own rule, matched by the Python package `parse`. A placeholder
 * takes as few characters as it can but at least one, letters match in either case, and the same placeholder twice must
 * match the same text.
 */
import { PipelineError } from '../core/index.ts';

/** A pattern, ready to be held against names. */
export interface CompiledPattern {
  readonly expression: RegExp;
  /** Placeholders in the order of the expression's groups. */
  readonly names: readonly string[];
  /** The placeholder that Kedro reads and we do not: `{day:d}` or `{a[b]}`. */
  readonly unread: string | undefined;
}

// What `parse` takes for a field. Anything else between braces stands for itself.
const FIELD = /\{\{|\}\}|\{[\p{L}\p{N}_-]*(?:\.[\p{L}\p{N}_-]+|\[[^\]]+\])*(?::[^}]+)?\}/gu;
// The fields that we read: no format, no key.
const READABLE = /^\{[\p{L}\p{N}_.-]*\}$/u;
// What Kedro leaves out when it counts characters, and holds against the placeholders of the entry.
const BRACED = /\{[^\n]*?\}/g;

/** Compiles a factory's name. */
export function compilePattern(pattern: string): CompiledPattern {
  const names: string[] = [];
  let source = '';
  let unread: string | undefined;
  for (const field of partsOf(pattern)) {
    const isBrace = field === '{{' || field === '}}';
    if (isBrace || !(field.startsWith('{') && field.endsWith('}'))) {
      source += literally(isBrace ? field.charAt(0) : field);
      continue;
    }
    if (!READABLE.test(field)) unread ??= field;
    const name = field.slice(1, -1);
    const earlier = names.indexOf(name);
    // Without a letter in front a field has no name: it takes any text, twice two texts. The group around a reference
    // keeps a digit that follows from being read as part of it.
    if (unread !== undefined || !/^\p{L}/u.test(name)) source += '.+?';
    else if (earlier >= 0) source += `(?:\\${earlier + 1})`;
    else {
      source += '(.+?)';
      names.push(name);
    }
  }
  return { expression: new RegExp(`^${source}$`, 'isu'), names, unread };
}

/** The fields and what is between them. To `parse`, a text between that looks like a field is one. */
function partsOf(pattern: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (const { 0: field, index } of pattern.matchAll(FIELD)) {
    parts.push(pattern.slice(from, index), field);
    from = index + field.length;
  }
  return [...parts, pattern.slice(from)].filter((part) => part !== '');
}

/** Whether a factory has placeholders at all: braces that are none stand for themselves, and no dataset is called that. */
export function hasPlaceholder(pattern: string): boolean {
  return partsOf(pattern).some((part) => part !== '{{' && part.startsWith('{') && part.endsWith('}'));
}

/** What Kedro takes for the pattern's placeholders when it looks at the entry: not quite the same, with doubled braces. */
export function bracedIn(pattern: string): Set<string> {
  return new Set(pattern.match(BRACED));
}

/** Most literal characters first, then most placeholders, then by the alphabet, in code points as Python counts. */
export function byRank(a: string, b: string): number {
  return literals(b) - literals(a) || holes(b) - holes(a) || inCodePoints(a, b);
}

/** The patterns without any literal character; Kedro allows one. */
export function catchAlls(patterns: readonly string[]): string[] {
  return patterns.filter((pattern) => literals(pattern) === 0);
}

/** Throws `DATASET_INVALID`: the pattern may fit, and Kedro would know. */
export function refuseUnread(pattern: string, unread: string): never {
  throw new PipelineError(
    'DATASET_INVALID',
    `The dataset factory "${pattern}" has the placeholder ${unread}: write it without a format or a key, such as {name}.`,
    { details: { pattern } },
  );
}

function literals(pattern: string): number {
  return [...pattern.replace(BRACED, '')].length;
}

function holes(pattern: string): number {
  return pattern.split('{').length;
}

function inCodePoints(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  const at = left.findIndex((char, i) => char !== right[i]);
  if (at < 0) return left.length - right.length;
  return (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1);
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
