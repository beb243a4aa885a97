/**
 * The tree that a configuration file becomes: values that are known, and texts with holes that a run fills.
 *
 * - A **group** is one kind of configuration: catalog, parameters, credentials, globals, or one that a caller names.
 * - A **layer** is one group in one environment. References look only inside their own layer, as in Kedro.
 * - A **hole** is one `${…}`; `interpolation.ts` says what it can be.
 */
import type { JsonValue } from '../core/index.ts';
import type { Part } from './interpolation.ts';
import { conflictingKey, keyText } from './keys.ts';
import type { Print } from './python.ts';

export const GROUPS = ['catalog', 'parameters', 'credentials', 'globals'] as const;

/** A kind of configuration. */
export type GroupName = (typeof GROUPS)[number];

/** One group in one environment. */
export interface Layer {
  readonly group: string;
  readonly env: string;
  /** Set once, when all files of the layer are merged. */
  root: MapNode;
}

/** Where a text was written, for messages and for relative references. */
export interface Place {
  readonly layer: Layer;
  /** Relative to the project, with forward slashes. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Keys (their ids) and indices from the top of the layer. */
  readonly path: readonly string[];
}

/** A scalar without holes. */
export interface ValueNode {
  readonly kind: 'value';
  readonly value: string | number | boolean | null;
  /** How Python prints it, where a JavaScript number no longer tells: `1.0`, or an integer over 2^53. */
  readonly print?: Print;
}

/** A string with holes. */
export interface TextNode {
  readonly kind: 'text';
  readonly source: string;
  readonly parts: readonly Part[];
  readonly place: Place;
}

/** A string whose interpolation cannot be read. It hurts only those who ask for it. */
export interface BrokenNode {
  readonly kind: 'broken';
  readonly source: string;
  readonly reason: string;
  readonly place: Place;
}

/** A mapping; its keys are ids (`keys.ts`). */
export interface MapNode {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, ConfigNode>;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly ConfigNode[];
}

/** Two nodes that are merged deep once they are filled. */
export interface OverlayNode {
  readonly kind: 'overlay';
  readonly under: ConfigNode;
  readonly over: ConfigNode;
}

/** What stands under a key at the top of a file, read when it is first asked for. */
export interface LazyNode {
  readonly kind: 'lazy';
  /** The same node each time. Throws `CONFIG_SYNTAX`. */
  open(): ConfigNode;
}

export type ConfigNode = ValueNode | TextNode | BrokenNode | MapNode | ListNode | OverlayNode | LazyNode;

/** A node that has been read. */
export type OpenNode = Exclude<ConfigNode, LazyNode>;

/** A mapping node. */
export function mapNode(entries: ReadonlyMap<string, ConfigNode> = new Map()): MapNode {
  return { kind: 'map', entries };
}

/** A value node. */
export function valueNode(value: string | number | boolean | null, print?: Print): ValueNode {
  return print === undefined ? { kind: 'value', value } : { kind: 'value', value, print };
}

/** Reads what waits to be read. Throws `CONFIG_SYNTAX`. */
export function opened(node: ConfigNode): OpenNode {
  let at = node;
  while (at.kind === 'lazy') at = at.open();
  return at;
}

/** The node of plain data: in it a `${` is text. */
export function dataNode(data: JsonValue): ValueNode | MapNode | ListNode {
  if (Array.isArray(data)) return { kind: 'list', items: data.map(dataNode) };
  if (data === null || typeof data !== 'object') return valueNode(data);
  // `undefined` is not JSON, but a caller in JavaScript may well leave one: it gives nothing.
  const entries = Object.entries(data).filter(([, value]) => value !== undefined);
  return mapNode(new Map(entries.map(([key, value]) => [key, dataNode(value as JsonValue)])));
}

/** The node with its texts as data: a `${` in them is text. */
export function asData(given: ConfigNode): ConfigNode {
  const node = opened(given);
  switch (node.kind) {
    case 'map':
      return mapNode(new Map([...node.entries].map(([key, item]) => [key, asData(item)])));
    case 'list':
      return { kind: 'list', items: node.items.map(asData) };
    case 'text':
    case 'broken':
      return valueNode(node.source);
    default:
      return node;
  }
}

/** Whether a node is OmegaConf's `???`: a value that somebody has yet to give. */
export function isMissing(node: ConfigNode): boolean {
  return node.kind === 'value' && node.value === '???' && node.print === undefined;
}

/** Whether `key` marks a template that results do not show. Parameters show theirs, as in Kedro. */
export function isHidden(group: string, key: string): boolean {
  return group !== 'parameters' && key.startsWith('_');
}

/** Keys as messages name them: `a.b.0`. */
export function pathText(path: readonly string[]): string {
  return path.map(keyText).join('.');
}

/** `conf/base/catalog.yml:3`. */
export function placeText(place: Place): string {
  return `${place.file}:${place.line}`;
}

/** Why no mapping can have these keys, if so. */
export function keyConflict(entries: ReadonlyMap<string, unknown>): string | undefined {
  const key = conflictingKey(entries);
  return key === undefined ? undefined : `The keys ${key} (a number) and "${key}" (a text) stand in one mapping.`;
}
