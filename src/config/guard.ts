/** What a runtime param may not do to a catalog entry: choose its type or its statement, or climb out of a path. */
import { isPlainObject, type JsonValue, PipelineError } from '../core/index.ts';
import { childOf, type Filled, NEUTRAL, type Taint } from './filled.ts';
import { isExempt } from './filling.ts';

const CHOSEN_BY_PROJECT = ['type', 'sql'];
const PATH_KEY = /(?:path|dir)$|^(?:folder|tables)$/i;

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
  const fixed = path.find((key) => CHOSEN_BY_PROJECT.includes(key));
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
  if (typeof value !== 'string' || taint.via === 'choice' || !path.some((key) => PATH_KEY.test(key))) return;
  const unsafe = taint.params.filter((param) => !isExempt(exempt, param.name));
  if (unsafe.length === 0) return;
  const given = unsafe.map((param) => (typeof param.value === 'string' ? climbs(param.value, NEUTRAL) : undefined));
  const why = given.find((reason) => reason !== undefined) ?? climbs(value, taint.neutral);
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
