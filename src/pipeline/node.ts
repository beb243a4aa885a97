/**
 * A node: a function and the names of the datasets that go in and come out. Frozen data; nothing here runs it.
 */
import { isPlainObject, PipelineError } from '../core/index.ts';

// The type that every function fits; the typed door is `node()`.
export type NodeFunction = (...args: never[]) => unknown;

/** How a node's inputs reach its function: as arguments in order, or as one object. */
export interface NodeInputs {
  readonly kind: 'none' | 'list' | 'keyword';
  readonly names: readonly string[];
  /** Keys of the object, beside `names`; empty unless `kind` is `keyword`. */
  readonly keys: readonly string[];
}

/** How a function's result is taken apart: not at all, as an array, or as an object. */
export interface NodeOutputs {
  readonly kind: 'none' | 'single' | 'list' | 'keyword';
  readonly names: readonly string[];
  /** Keys of the result, beside `names`; empty unless `kind` is `keyword`. */
  readonly keys: readonly string[];
}

const BRAND = Symbol.for('kedro-temporal.node');

export interface Node {
  readonly [BRAND]: true;
  readonly name: string;
  readonly fn: NodeFunction;
  readonly inputs: NodeInputs;
  readonly outputs: NodeOutputs;
  /** Sorted. */
  readonly tags: readonly string[];
  readonly namespace?: string;
}

/** What `inputs` may be for a function: one name, names in the order of its arguments, or names by key of its object. */
export type InputsFor<F extends NodeFunction> =
  | (Parameters<F> extends readonly [] ? null | readonly [] : OneName<Parameters<F>>)
  | NameEach<Parameters<F>>
  | KeysOf<Parameters<F>[0]>;

// Over a type parameter of its own, so that a tuple stays a tuple.
type NameEach<T extends readonly unknown[]> = { readonly [K in keyof T]: string };
type OneName<T extends readonly unknown[]> = T extends readonly [unknown?, ...infer Rest]
  ? [] extends Rest
    ? string
    : never
  : never;
type KeysOf<T> = unknown extends T
  ? Readonly<Record<string, string>>
  : T extends readonly unknown[] | NodeFunction
    ? never
    : T extends object
      ? { readonly [K in keyof T]: string }
      : never;

/** What `outputs` may be: one name for the whole result, names in the order of its array, or names by key of its object. */
export type OutputsFor<F extends NodeFunction> = null | string | PartsOf<Awaited<ReturnType<F>>>;

type PartsOf<R> = unknown extends R
  ? readonly string[] | Readonly<Record<string, string>>
  : R extends readonly unknown[]
    ? NameEach<R>
    : R extends object
      ? { readonly [K in keyof R]?: string }
      : never;

/** The options of {@link node}. */
export interface NodeOptions<F extends NodeFunction = NodeFunction> {
  /** Dataset names; `params:a.b` for a parameter, `parameters` for all of them. Default: none. */
  inputs?: InputsFor<F>;
  /** Dataset names. Default: none, the result is dropped. */
  outputs?: OutputsFor<F>;
  /** Letters, digits, `_`, `-` and `.`. Default: made from the function's name, inputs and outputs, as in Kedro. */
  name?: string;
  tags?: string | readonly string[];
  /** Prefixes the node's name (`namespace.name`) and groups nodes for `namespaces` filters. */
  namespace?: string;
}

/**
 * Defines a node. The function may be async; it gets its inputs as arguments in order (`inputs: ['a', 'b']`) or as one
 * object (`inputs: { rows: 'a' }`), and returns the value of its output, an array of them, or an object of them.
 * Throws `NODE_INVALID`.
 */
export function node<F extends NodeFunction>(fn: F, options: NodeOptions<F>): Node {
  if (typeof fn !== 'function') throw invalid(String(options?.name ?? 'node'), 'its first argument is not a function');
  checkShapes(options);
  const inputs = readInputs(options.inputs);
  const outputs = readOutputs(options.outputs);
  const shown = `${fn.name || 'anonymous'}(${listed(inputs.names)}) -> ${listed(outputs.names)}`;
  const label = options.name ?? shown;
  const tags = [...new Set(typeof options.tags === 'string' ? [options.tags] : (options.tags ?? []))].sort();
  checkNames(label, options, tags);
  checkDatasets(label, inputs, outputs);
  return Object.freeze({
    [BRAND]: true as const,
    name: options.namespace === undefined ? label : `${options.namespace}.${label}`,
    fn,
    inputs,
    outputs,
    tags: Object.freeze(tags),
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
  });
}

/** Whether `value` was made by {@link node}, also by another copy of this package. */
export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** A copy of `of` with more tags. */
export function withTags(of: Node, tags: readonly string[]): Node {
  return Object.freeze({ ...of, tags: Object.freeze([...new Set([...of.tags, ...tags])].sort()) });
}

/** Whether a node's input is a parameter (`params:a.b`) or all of them (`parameters`) and no dataset. */
export function isParameter(name: string): boolean {
  return name === 'parameters' || name.startsWith('params:');
}

function listed(names: readonly string[]): string {
  return `[${names.join(';')}]`;
}

type Written = string | readonly string[] | Readonly<Record<string, string | undefined>> | null | undefined;

function readInputs(written: unknown): NodeInputs {
  const { names, keys } = readNames(written as Written);
  return Object.freeze({ kind: keys.length > 0 ? 'keyword' : names.length > 0 ? 'list' : 'none', names, keys });
}

function readOutputs(written: unknown): NodeOutputs {
  const { names, keys } = readNames(written as Written);
  const kind =
    keys.length > 0 ? 'keyword' : typeof written === 'string' ? 'single' : names.length > 0 ? 'list' : 'none';
  return Object.freeze({ kind, names, keys });
}

function readNames(written: Written): { names: readonly string[]; keys: readonly string[] } {
  if (written === null || written === undefined) return { names: [], keys: [] };
  if (typeof written === 'string') return { names: Object.freeze([written]), keys: [] };
  if (Array.isArray(written)) return { names: Object.freeze([...written]), keys: [] };
  const entries = Object.entries(written).filter(([, name]) => name !== undefined);
  return {
    names: Object.freeze(entries.map(([, name]) => name as string)),
    keys: Object.freeze(entries.map(([key]) => key)),
  };
}

// What the types forbid, for those who write JavaScript.
function checkShapes(options: NodeOptions): void {
  const label = String(options?.name ?? 'node');
  if (!isPlainObject(options)) throw invalid(label, 'its second argument is not an object of options');
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

const NAME = /^[\w.-]+$/;

function checkNames(label: string, options: NodeOptions, tags: readonly string[]): void {
  const { name, namespace } = options;
  if (name !== undefined && !NAME.test(name)) {
    throw invalid(label, 'its name may hold letters, digits, "_", "-" and "." only');
  }
  if (namespace !== undefined && !NAME.test(namespace)) {
    throw invalid(label, `its namespace "${namespace}" may hold letters, digits, "_", "-" and "." only`);
  }
  const badTag = tags.find((tag) => typeof tag !== 'string' || !NAME.test(tag));
  if (badTag !== undefined) throw invalid(label, `its tag "${badTag}" may hold letters, digits, "_", "-" and "." only`);
}

function checkDatasets(label: string, inputs: NodeInputs, outputs: NodeOutputs): void {
  const all = [...inputs.names, ...outputs.names];
  if (all.length === 0) throw invalid(label, 'it has neither inputs nor outputs, so nothing would order it');
  const odd = all.find((name) => typeof name !== 'string' || name === '');
  if (odd !== undefined) throw invalid(label, 'an input or output is not the name of a dataset');
  const parameter = outputs.names.find(isParameter);
  if (parameter !== undefined) throw invalid(label, `it writes "${parameter}", and parameters are read-only`);
  const twice = outputs.names.find((name, i) => outputs.names.indexOf(name) !== i);
  if (twice !== undefined) throw invalid(label, `it writes "${twice}" twice`);
  const both = outputs.names.find((name) => inputs.names.includes(name));
  if (both !== undefined) throw invalid(label, `"${both}" is both its input and its output`);
}

function invalid(label: string, why: string): PipelineError {
  return new PipelineError('NODE_INVALID', `Node "${label}" is not valid: ${why}.`, { details: { node: label } });
}
