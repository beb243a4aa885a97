/**
 * Dataset factories: one catalog entry for many datasets, such as `"{namespace}.{name}_csv"`. Ranking, matching and filling
 * are Kedro's; `test/catalog/kedro-factories.test.ts` holds the two against each other.
 */
import { type JsonObject, type JsonValue, PipelineError } from '../core/index.ts';
import { bracedIn, byRank, type CompiledPattern, catchAlls, compilePattern, refuseUnread } from './factory-patterns.ts';

/** A factory that fits a name. */
export interface FactoryMatch {
  pattern: string;
  /** Placeholder → the part of the name that it stands for. */
  placeholders: Record<string, string>;
}

/** Whether a catalog key is a factory rather than a dataset's name. */
export function isFactory(key: string): boolean {
  return key.includes('{');
}

/**
 * The factory that Kedro would use for `name`: the most literal characters first, then the most placeholders, then by
 * the alphabet. Throws `DATASET_INVALID` where it cannot tell: a pattern with a format (`{day:d}`) that may fit, or two
 * patterns that catch every name.
 */
export function matchFactory(name: string, patterns: readonly string[]): FactoryMatch | undefined {
  return factoryMatcher(patterns)(name);
}

/** {@link matchFactory} for many names and the same patterns: ranks them once, compiles each when it is first tried. */
export function factoryMatcher(patterns: readonly string[]): (name: string) => FactoryMatch | undefined {
  let ranked: string[] | undefined;
  const compiled = new Map<string, CompiledPattern>();
  return (name) => {
    ranked ??= [...new Set(patterns)].sort(byRank);
    const pattern = ranked.find((each) => {
      const known = compiled.get(each) ?? compilePattern(each);
      compiled.set(each, known);
      return known.expression.test(name);
    });
    // Without literal characters a pattern comes after all others: two of them, and nobody can say which is meant.
    if (pattern === undefined || catchAlls([pattern]).length > 0) refuseSecondCatchAll(ranked);
    if (pattern === undefined) return undefined;
    const { expression, names, unread } = compiled.get(pattern) as CompiledPattern;
    if (unread !== undefined) refuseUnread(pattern, unread);
    const found = expression.exec(name) ?? [];
    const usable = bracedIn(pattern);
    const filled = names.map((each, i): [string, string] => [each, found[i + 1] ?? '']);
    return { pattern, placeholders: Object.fromEntries(filled.filter(([each]) => usable.has(`{${each}}`))) };
  };
}

/**
 * A copy of `definition` with `{placeholder}` filled in every text, at any depth; `{{` and `}}` stand for a brace. Throws
 * `DATASET_INVALID` for a placeholder that the pattern does not have, a lone brace, and a name that would lead out of the
 * folder that the text names. Messages name the place, never the text: it may be a secret.
 */
export function fillPlaceholders(definition: JsonObject, placeholders: Readonly<Record<string, string>>): JsonObject {
  return fill(definition, [], placeholders) as JsonObject;
}

function fill(value: JsonValue, at: readonly string[], placeholders: Readonly<Record<string, string>>): JsonValue {
  // As in Kedro: a text without a closing brace is no template.
  if (typeof value === 'string') return value.includes('}') ? fillText(value, at.join('.'), placeholders) : value;
  if (Array.isArray(value)) return value.map((item, i) => fill(item, [...at, String(i)], placeholders));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, [...at, key], placeholders)]));
}

function fillText(value: string, at: string, placeholders: Readonly<Record<string, string>>): string {
  const filled = value.replace(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g, (found: string, name: string | undefined) => {
    if (found === '{{' || found === '}}') return found.charAt(0);
    if (name === undefined) {
      throw invalid(at, 'has a brace of its own, which in a dataset factory must be doubled: write {{ and }}.');
    }
    // Python takes what follows a dot for an attribute of the text.
    if (Object.hasOwn(placeholders, name) && !name.includes('.')) return placeholders[name] ?? '';
    const known = Object.keys(placeholders).map((key) => `{${key}}`);
    const which = at.includes('credentials') ? 'a placeholder' : `the placeholder {${name}}`;
    throw invalid(
      at,
      `uses ${which}, which its dataset factory does not have: it has ${known.join(', ')}. Write {{ and }} for plain braces.`,
    );
  });
  if (leadsOut(value, filled)) throw invalid(at, 'would lead out of its folder with that name: names have no "..".');
  return filled;
}

// Whoever asks to keep a dataset warm chooses its name, and must not choose files by it.
function leadsOut(template: string, filled: string): boolean {
  return ups(filled) > ups(template) || (/^[\\/]/.test(filled) && !/^[\\/]/.test(template));
}

function ups(text: string): number {
  return text.split(/[\\/]/).filter((segment) => segment === '..').length;
}

function invalid(at: string, why: string): PipelineError {
  return new PipelineError('DATASET_INVALID', `The catalog entry's "${at}" ${why}`, { details: { key: at } });
}

function refuseSecondCatchAll(ranked: readonly string[]): void {
  const all = catchAlls(ranked);
  if (all.length < 2) return;
  throw new PipelineError(
    'DATASET_INVALID',
    `Only one dataset factory may catch every name, and the catalog has ${all.map((p) => `"${p}"`).join(', ')}: remove all but one.`,
    { details: { patterns: all } },
  );
}
