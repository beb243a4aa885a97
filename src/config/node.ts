/**
 * The tree that a configuration file becomes: values that are known, and texts with holes that a run fills.
 *
 * - A **group** is one kind of configuration: catalog, parameters, credentials, globals, or one that a caller names.
 * - A **layer** is one group in one environment. References look only inside their own layer, as in Kedro.
 * - A **hole** is one `${…}`; `interpolation.ts` says what it can be.
 */
import type { JsonValue } from '../core/index.ts';
import type { Part } from './interpolation.ts';

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
  /** Keys and indices from the top of the file. */
  readonly path: readonly string[];
}

/** A value without holes. */
export interface ValueNode {
  readonly kind: 'value';
  readonly value: JsonValue;
  /** How Python would print it, where a JavaScript number no longer tells: `1.0`, or an integer over 2^53. */
  readonly text?: string;
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

export interface MapNode {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, ConfigNode>;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly ConfigNode[];
}

/** Two nodes that are merged deep once they are filled, because a hole hides whether they are mappings. */
export interface OverlayNode {
  readonly kind: 'overlay';
  readonly under: ConfigNode;
  readonly over: ConfigNode;
}

export type ConfigNode = ValueNode | TextNode | BrokenNode | MapNode | ListNode | OverlayNode;

/** A mapping node. */
export function mapNode(entries: ReadonlyMap<string, ConfigNode> = new Map()): MapNode {
  return Object.freeze({ kind: 'map', entries });
}

/** A value node; `value` must be frozen or a scalar. */
export function valueNode(value: JsonValue, text?: string): ValueNode {
  return Object.freeze(text === undefined ? { kind: 'value', value } : { kind: 'value', value, text });
}

/** Whether `key` marks a template that results do not show. Parameters show theirs, as in Kedro. */
export function isHidden(group: string, key: string): boolean {
  return group !== 'parameters' && key.startsWith('_');
}

/** `conf/base/catalog.yml:3`. */
export function placeText(place: Place): string {
  return `${place.file}:${place.line}`;
}
