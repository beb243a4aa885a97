/**
 * A node: a function and the names of the datasets that go in and come out. Frozen data; nothing here runs it.
 */
import { checkDatasets, checkNames, checkShapes, checkTags, invalid, isName } from './node-checks.ts';
import type { InputsAsked, InputsFor, NodeFunction, OutputsFor } from './node-types.ts';

export { isParameter } from './node-checks.ts';
export type { InputsFor, NodeFunction, OutputsFor } from './node-types.ts';

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
  /** With its namespace in front. */
  readonly name: string;
  readonly fn: NodeFunction;
  readonly inputs: NodeInputs;
  readonly outputs: NodeOutputs;
  /** Sorted. */
  readonly tags: readonly string[];
  readonly namespace?: string;
}

/** The options of {@link node}. */
export interface NodeOptions<F extends NodeFunction = NodeFunction> {
  /**
   * Dataset names; `params:a.b` for a parameter, `parameters` for all of them. Default: none, which the types allow only
   * where the function can be called without arguments.
   */
  inputs?: InputsFor<F>;
  /** Dataset names. Default: none, the result is dropped. */
  outputs?: OutputsFor<F>;
  /** Letters, digits, `_`, `-` and `.`. Default: made from the function's name, inputs and outputs. */
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
export function node<F extends NodeFunction>(fn: F, options: NodeOptions<F> & InputsAsked<F>): Node {
  if (typeof fn !== 'function') throw invalid(String(options?.name ?? 'node'), 'its first argument is not a function');
  checkShapes(options);
  return makeNode({
    fn,
    inputs: readInputs(options.inputs),
    outputs: readOutputs(options.outputs),
    tags: tagsOf(options.tags),
    name: options.name,
    namespace: options.namespace,
  });
}

/** What a node is made of; `name` is without the namespace. */
type NodeParts = Pick<Node, 'fn' | 'inputs' | 'outputs' | 'tags'> & {
  readonly name: string | undefined;
  readonly namespace: string | undefined;
};

function makeNode({ fn, inputs, outputs, tags, name, namespace }: NodeParts): Node {
  const label = name ?? `${fn.name || 'anonymous'}(${listed(inputs.names)}) -> ${listed(outputs.names)}`;
  checkNames(label, name, namespace);
  checkTags(label, tags);
  checkDatasets(label, inputs, outputs);
  return Object.freeze({
    [BRAND]: true as const,
    name: namespace === undefined ? label : `${namespace}.${label}`,
    fn,
    inputs,
    outputs,
    tags: Object.freeze([...tags]),
    ...(namespace === undefined ? {} : { namespace }),
  });
}

/** Whether `value` was made by {@link node}, also by another copy of this package. */
export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** A copy of `of` with more tags. Throws `NODE_INVALID`. */
export function withTags(of: Node, tags: readonly string[]): Node {
  checkTags(of.name, tags);
  return Object.freeze({ ...of, tags: Object.freeze([...new Set([...of.tags, ...tags])].sort()) });
}

/** A copy of `of` whose datasets are renamed, inside of `namespace` as well as its own. Throws `NODE_INVALID`. */
export function renamed(of: Node, rename: (dataset: string) => string, namespace: string | undefined): Node {
  const names = (old: readonly string[]) => Object.freeze(old.map(rename));
  const own = of.namespace === undefined ? of.name : of.name.slice(of.namespace.length + 1);
  return makeNode({
    ...of,
    inputs: Object.freeze({ ...of.inputs, names: names(of.inputs.names) }),
    outputs: Object.freeze({ ...of.outputs, names: names(of.outputs.names) }),
    // A name that was made says what the node reads and writes, so it is made again; it has brackets, which no given one has.
    name: isName(own) ? own : undefined,
    namespace: [namespace, of.namespace].filter((each) => each !== undefined).join('.') || undefined,
  });
}

/** Whether two nodes do the same under the same name; their tags may differ. */
export function isSame(a: Node, b: Node): boolean {
  if (a.name !== b.name || a.fn !== b.fn || a.namespace !== b.namespace) return false;
  return areSame(a.inputs, b.inputs) && areSame(a.outputs, b.outputs);
}

/** Tags as they are written, as a list: each once, sorted. */
export function tagsOf(written: string | readonly string[] | undefined): string[] {
  return [...new Set(typeof written === 'string' ? [written] : (written ?? []))].sort();
}

function areSame(a: NodeInputs | NodeOutputs, b: NodeInputs | NodeOutputs): boolean {
  if (a === b) return true;
  // The order of keys says nothing.
  const said = ({ kind, names, keys }: NodeInputs | NodeOutputs) =>
    JSON.stringify([kind, kind === 'keyword' ? names.map((name, i) => `${keys[i]} ${name}`).sort() : names]);
  return said(a) === said(b);
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
