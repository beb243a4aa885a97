/**
 * Names and ids as kedro-viz makes them, so that links and layouts that people have saved fit an export of ours as well:
 * the first eight digits of a SHA-1, of a dataset's name, or of a node as Kedro writes it out.
 */
import { createHash } from 'node:crypto';
import type { NodeDescription } from '../core/index.ts';

/** What Kedro calls a function that has no name. */
const NAMELESS = '<lambda>';
/** What Kedro calls a function of which some arguments are given beforehand. */
const PARTIAL = '<partial>';

/** Id of a dataset or parameter. All ways to read a transcoded dataset (`a@pandas`, `a@spark`) are one. */
export function datasetId(name: string): string {
  return hash(withoutTranscoding(name));
}

export function withoutTranscoding(name: string): string {
  return name.split('@', 1)[0] ?? name;
}

export function isParameterName(name: string): boolean {
  return name === 'parameters' || name.toLowerCase().startsWith('params:');
}

/** Id of a node. One that is made of a `partial` under a name of its own has another id than in kedro-viz. */
export function taskId(node: NodeDescription): string {
  const name = givenName(node);
  const listed = (datasets: readonly string[]) => (datasets.length === 0 ? 'None' : `[${datasets.join(';')}]`);
  const call = `${functionName(node)}(${listed(node.inputs)}) -> ${listed(node.outputs)}`;
  return hash(name === undefined ? call : `${name}: ${call}`);
}

/** The name that people see: without the namespace, and of a node without a name that of its function. */
export function shownName(node: NodeDescription): string {
  return givenName(node) ?? functionName(node);
}

function givenName(node: NodeDescription): string | undefined {
  const own = ownName(node);
  const isMade = own.includes('(') || own.replace(/__[0-9a-f]{8}$/, '\n') === `${functionName(node)}\n`;
  return isMade ? undefined : own;
}

function functionName(node: NodeDescription): string {
  return ownName(node).startsWith('partial(') ? PARTIAL : (node.function ?? NAMELESS);
}

function ownName({ name, namespace }: NodeDescription): string {
  return namespace !== undefined && name.startsWith(`${namespace}.`) ? name.slice(namespace.length + 1) : name;
}

function hash(text: string): string {
  return createHash('sha1').update(text).digest('hex').slice(0, 8);
}
