/**
 * Dataset factories: one catalog entry for many datasets, such as `"{namespace}.{name}_csv"`. Names, ranking and matching
 * are Kedro's: a placeholder takes as few characters as it can but at least one, letters match in either case, and the
 * same placeholder twice must match the same text.
 */
import { type JsonObject, type JsonValue, PipelineError } from '../core/index.ts';

/** A factory that fits a name. */
export interface FactoryMatch {
  pattern: string;
  /** Placeholder → the part of the name that it stands for. */
  placeholders: Record<string, string>;
}

const HOLE = /\{([^{}]*)\}/g;
const PLACEHOLDER = /^[A-Za-z_][\w.-]*$/;

/** Whether a catalog key is a factory rather than a dataset's name. */
export function isFactory(key: string): boolean {
  return key.includes('{');
}

/**
 * The factory that Kedro would use for `name`: the most literal characters first, then the most placeholders, then by
 * the alphabet. Throws `DATASET_INVALID` for a pattern it has to look at and cannot read, and when two patterns have no
 * literal character at all.
 */
export function matchFactory(name: string, patterns: readonly string[]): FactoryMatch | undefined {
  return factoryMatcher(patterns)(name);
}

/** {@link matchFactory} for many names and the same patterns: ranks them once, compiles each when it is first tried. */
export function factoryMatcher(patterns: readonly string[]): (name: string) => FactoryMatch | undefined {
  const ranked = [...new Set(patterns)].sort(byRank);
  const compiled = new Map<string, Compiled>();
  return (name) => {
    for (const pattern of ranked) {
      const known = compiled.get(pattern) ?? compile(pattern, ranked);
      compiled.set(pattern, known);
      const found = known.expression.exec(name);
      if (found === null) continue;
      return {
        pattern,
        placeholders: Object.fromEntries(known.names.map((placeholder, i) => [placeholder, found[i + 1] ?? ''])),
      };
    }
    return undefined;
  };
}

/**
 * A copy of `definition` with `{placeholder}` filled in every text, at any depth; `{{` and `}}` stand for a brace. Throws
 * `DATASET_INVALID` for a placeholder that the pattern does not have.
 */
export function fillPlaceholders(definition: JsonObject, placeholders: Readonly<Record<string, string>>): JsonObject {
  return fill(definition, placeholders) as JsonObject;
}

function fill(value: JsonValue, placeholders: Readonly<Record<string, string>>): JsonValue {
  if (typeof value === 'string') return value.includes('}') ? fillText(value, placeholders) : value;
  if (Array.isArray(value)) return value.map((item) => fill(item, placeholders));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, placeholders)]));
}

function fillText(value: string, placeholders: Readonly<Record<string, string>>): string {
  return value.replace(/\{\{|\}\}|\{([^{}]*)\}/g, (found: string, name: string | undefined) => {
    if (name === undefined) return found.charAt(0);
    if (Object.hasOwn(placeholders, name)) return placeholders[name] ?? '';
    const known = Object.keys(placeholders).map((key) => `{${key}}`);
    throw new PipelineError(
      'DATASET_INVALID',
      `"${value}" uses the placeholder {${name}}, which its dataset factory does not have: it has ${known.join(', ')}. Write {{ and }} for plain braces.`,
      { details: { placeholder: name } },
    );
  });
}

interface Compiled {
  expression: RegExp;
  names: string[];
}

function compile(pattern: string, ranked: readonly string[]): Compiled {
  if (literals(pattern) === 0) refuseSecondCatchAll(ranked);
  const names: string[] = [];
  let source = '';
  let from = 0;
  for (const hole of pattern.matchAll(HOLE)) {
    const name = hole[1] ?? '';
    if (!PLACEHOLDER.test(name)) throw unreadable(pattern);
    source += escaped(pattern.slice(from, hole.index));
    const earlier = names.indexOf(name);
    // The group keeps a digit that follows from being read as part of the reference.
    source += earlier < 0 ? '(.+?)' : `(?:\\${earlier + 1})`;
    if (earlier < 0) names.push(name);
    from = hole.index + hole[0].length;
  }
  const rest = pattern.slice(from);
  if (names.length === 0 || /[{}]/.test(pattern.replace(HOLE, ''))) throw unreadable(pattern);
  return { expression: new RegExp(`^${source}${escaped(rest)}$`, 'is'), names };
}

function unreadable(pattern: string): PipelineError {
  return new PipelineError(
    'DATASET_INVALID',
    `The dataset factory "${pattern}" cannot be read: placeholders look like {name}, with no format after the name.`,
    { details: { pattern } },
  );
}

function refuseSecondCatchAll(ranked: readonly string[]): void {
  const catchAlls = ranked.filter((pattern) => literals(pattern) === 0);
  if (catchAlls.length < 2) return;
  throw new PipelineError(
    'DATASET_INVALID',
    `Only one dataset factory may catch every name, and the catalog has ${catchAlls.map((p) => `"${p}"`).join(', ')}: remove all but one.`,
    { details: { patterns: catchAlls } },
  );
}

function byRank(a: string, b: string): number {
  return literals(b) - literals(a) || holes(b) - holes(a) || (a < b ? -1 : a > b ? 1 : 0);
}

function literals(pattern: string): number {
  return [...pattern.replace(HOLE, '')].length;
}

function holes(pattern: string): number {
  return pattern.split('{').length - 1;
}

function escaped(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
