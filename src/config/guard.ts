/** What a runtime param may not do to a catalog entry: choose its type, its statement or its database, or climb out of a path. */
import { isPlainObject, type JsonValue, PipelineError } from '../core/index.ts';
import { childOf, type Filled, NEUTRAL, type Taint } from './filled.ts';
import { isExempt } from './filling.ts';

// `con` and `connect_args` are where a database is: whoever starts runs must not send its password elsewhere.
const CHOSEN_BY_PROJECT = ['type', 'sql', 'con', 'connect_args'];
const PATH_KEY = /(?:path|dir)$|^(?:folder|tables|database)$/i;
const URL_KEY = /^url$/i;

/** Throws `PARAM_NOT_ALLOWED` when a runtime param does to the entry `dataset` what it may not. */
export function guardEntry(dataset: string, filled: Filled, exempt: ReadonlySet<string>): void {
  for (const taint of filled.taints) {
    const value = taint.path.reduce<JsonValue | undefined>(
      (at, key) => (at === undefined ? undefined : childOf(at, key)),
      filled.value,
    );
    if (value !== undefined) guardValue(dataset, taint.path, value, taint, exempt);
  }
}

function guardValue(
  dataset: string,
  path: readonly string[],
  value: JsonValue,
  taint: Taint,
  exempt: ReadonlySet<string>,
): void {
  // What stands alone under "dataset" is the type of an inner dataset.
  const isInnerType = !Array.isArray(value) && !isPlainObject(value) && path.at(-1) === 'dataset';
  const fixed = path.find((key) => CHOSEN_BY_PROJECT.includes(key)) ?? (isInnerType ? 'dataset' : undefined);
  if (fixed !== undefined) {
    throw notAllowed(
      dataset,
      path,
      taint,
      `may not decide it: "${fixed}" is the project's to choose. Write it in the catalog, or add an entry for each case.`,
    );
  }
  if (Array.isArray(value) || isPlainObject(value)) {
    for (const [key, item] of Object.entries(value)) guardValue(dataset, [...path, key], item, taint, exempt);
    return;
  }
  if (typeof value !== 'string' || taint.via === 'choice' || !isPlace(path)) return;
  const unsafe = taint.params.filter((param) => !isExempt(exempt, param.name));
  if (unsafe.length === 0) return;
  const given = unsafe.map((param) => (typeof param.value === 'string' ? climbs(param.value, NEUTRAL) : undefined));
  const isUrl = path.some((key) => URL_KEY.test(key));
  const why =
    given.find((reason) => reason !== undefined) ??
    climbs(value, taint.neutral) ??
    (isUrl ? leaves(value, taint.neutral) : undefined);
  if (why === undefined) return;
  const list = unsafe.map((param) => `"${param.name}"`).join(', ');
  throw notAllowed(
    dataset,
    path,
    taint,
    `${why}. If the project trusts it, its settings say so by name: allowUnsafeParams: [${list}].`,
  );
}

// Asked of the given values and of the whole text: values alone would miss what they do together ("." and ".") or by
// being empty ("" before "/etc").
function climbs(value: string, neutral: string): string | undefined {
  if (ups(value) > ups(neutral)) return 'climbs out of it with ".."';
  if (value.includes('\0') && !neutral.includes('\0')) return 'has a NUL character';
  if (scheme(value) !== scheme(neutral)) return 'brings a URL scheme';
  if (isAbsolute(value) && !isAbsolute(neutral)) return 'makes it an absolute path';
  return undefined;
}

function isPlace(path: readonly string[]): boolean {
  return path.some((key) => PATH_KEY.test(key) || URL_KEY.test(key));
}

// What was given may be segments of the path, and the value of something in the query; never more of the URL than that.
function leaves(value: string, neutral: string): string | undefined {
  const [given, written] = [urlOf(value), urlOf(neutral)];
  if (given === undefined || written === undefined || given.origin !== written.origin)
    return 'decides the server of the URL';
  if (given.username !== written.username || given.password !== written.password) return 'brings a user or password';
  // `%2e%2e` climbs too, and a URL's parser drops tabs and line breaks.
  const plain = (text: string) => text.replace(/[\t\n\r]/g, '').replace(/%2e/gi, '.');
  if (ups(plain(value)) > ups(plain(neutral))) return 'climbs out of it with ".."';
  const names = (url: URL) => [...url.searchParams.keys()].join('\n');
  if (names(given) !== names(written) || (given.hash === '') !== (written.hash === ''))
    return 'brings a "?", "&" or "#"';
  return undefined;
}

function urlOf(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function ups(text: string): number {
  return text.split(/[\\/]/).filter((segment) => segment === '..').length;
}

function isAbsolute(text: string): boolean {
  return /^(?:[\\/]|[A-Za-z]:)/.test(text);
}

function scheme(text: string): string {
  return /^.*:\/\//s.exec(text)?.[0] ?? /^\s*file:/i.exec(text)?.[0] ?? '';
}

function notAllowed(dataset: string, path: readonly string[], taint: Taint, why: string): PipelineError {
  const key = path.join('.');
  const params = taint.params.map((param) => `"${param.name}"`).join(', ');
  return new PipelineError(
    'PARAM_NOT_ALLOWED',
    `The runtime param ${params} fills "${key}" of the dataset "${dataset}" and ${why}`,
    { details: { dataset, key, param: taint.params.map((param) => param.name).join(', ') } },
  );
}
