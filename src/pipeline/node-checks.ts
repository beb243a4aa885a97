/** What a node may be made of. All checks throw `NODE_INVALID`. */
import { isPlainObject, PipelineError, suggestion } from '../core/index.ts';
import { datasetOf, isWellFormed } from './transcoding.ts';

/** The options of a node, of whatever types. */
interface Shapes {
  readonly inputs?: unknown;
  readonly outputs?: unknown;
  readonly name?: unknown;
  readonly namespace?: unknown;
  readonly tags?: unknown;
}

interface Names {
  readonly names: readonly string[];
}

/** Whether a node's input is a parameter (`params:a.b`) or all of them (`parameters`) and no dataset. */
export function isParameter(name: string): boolean {
  return name === 'parameters' || name.startsWith('params:');
}

const OPTIONS = ['inputs', 'outputs', 'name', 'tags', 'namespace'];

/** Throws for what the types forbid, for those who write JavaScript. */
export function checkShapes(options: Shapes): void {
  const label = String(options?.name ?? 'node');
  if (!isPlainObject(options)) throw invalid(label, 'its second argument is not an object of options');
  const unknown = Object.keys(options).find((key) => !OPTIONS.includes(key));
  if (unknown !== undefined) throw invalid(label, `it has no option "${unknown}"`, suggestion(unknown, OPTIONS));
  for (const field of ['inputs', 'outputs'] as const) {
    const written: unknown = options[field] ?? [];
    const isNames = typeof written === 'string' || Array.isArray(written) || isPlainObject(written);
    if (!isNames) throw invalid(label, `its ${field} are neither a name, nor a list, nor an object of names`);
  }
  for (const field of ['name', 'namespace'] as const) {
    if (!['string', 'undefined'].includes(typeof options[field])) throw invalid(label, `its ${field} is not a text`);
  }
  const tags: unknown = options.tags ?? [];
  if (typeof tags !== 'string' && !Array.isArray(tags)) throw invalid(label, 'its tags are neither a text nor a list');
}

// Letters and digits of any script, as Python's \w has them.
const NAME = /^[\p{L}\p{N}_.-]+$/u;

/** Whether `name` may be given to a node, a namespace or a tag. */
export function isName(name: string): boolean {
  return NAME.test(name);
}

export function checkNames(label: string, name: string | undefined, namespace: string | undefined): void {
  if (name !== undefined && !isName(name)) {
    throw invalid(label, 'its name may hold letters, digits, "_", "-" and "." only');
  }
  if (namespace !== undefined && !isName(namespace)) {
    throw invalid(label, `its namespace "${namespace}" may hold letters, digits, "_", "-" and "." only`);
  }
}

export function checkTags(label: string, tags: readonly string[]): void {
  const badTag = tags.find((tag) => typeof tag !== 'string' || !isName(tag));
  if (badTag !== undefined) throw invalid(label, `its tag "${badTag}" may hold letters, digits, "_", "-" and "." only`);
}

export function checkDatasets(label: string, { names: inputs }: Names, { names: outputs }: Names): void {
  const all = [...inputs, ...outputs];
  if (all.length === 0) throw invalid(label, 'it has neither inputs nor outputs, so nothing would order it');
  const odd = all.find((name) => typeof name !== 'string' || name === '');
  if (odd !== undefined) throw invalid(label, 'an input or output is not the name of a dataset');
  const torn = all.find((name) => !isWellFormed(name));
  if (torn !== undefined) throw invalid(label, `"${torn}" has more than one "@"`);
  const parameter = outputs.find(isParameter);
  if (parameter !== undefined) throw invalid(label, `it writes "${parameter}", and parameters are read-only`);
  const written = outputs.map(datasetOf);
  const twice = written.find((name, i) => written.indexOf(name) !== i);
  if (twice !== undefined) throw invalid(label, `it writes "${twice}" twice`);
  const read = new Set(inputs.map(datasetOf));
  const both = written.find((name) => read.has(name));
  if (both !== undefined) throw invalid(label, `"${both}" is both its input and its output`);
}

export function invalid(label: string, why: string, more = ''): PipelineError {
  return new PipelineError('NODE_INVALID', `Node "${label}" is not valid: ${why}.${more}`, {
    details: { node: label },
  });
}
