/** One filling: what a run gives, what every run shares, and what was found so far. */
import { type JsonValue, PipelineError } from '../core/index.ts';
import type { Filled } from './filled.ts';
import type { ConfigNode, Layer, MapNode, Place, TextNode } from './node.ts';
import { pathText, placeText } from './node.ts';
import type { Target } from './target.ts';

/**
 * A resolver of the project's own: what stands after the colon of `${name:…}` comes in, a JSON value comes out. Its
 * parameters may be typed as narrowly as the project knows them.
 */
export type Resolver = { resolve(...args: JsonValue[]): JsonValue }['resolve'];

/** Resolvers of the project's own, by name. */
export type Resolvers = Readonly<Record<string, Resolver>>;

/** One filling. Made afresh for each, so that two at once cannot meet. */
export interface Filling {
  /** Given by the run. */
  readonly params: MapNode;
  /** Params that the path rule leaves alone. */
  readonly exempt: ReadonlySet<string>;
  /** Names and values of environment variables, for credentials. */
  readonly environment: Readonly<Record<string, string>>;
  /** The project's own resolvers. */
  readonly resolvers: Resolvers;
  /** The merged globals. */
  readonly globals: MapNode;
  /** What was found to be the same for every run, by node; shared by all fillings of a template. */
  readonly constants: WeakMap<ConfigNode, Filled>;
  /** Layers with runtime params laid over them. */
  readonly roots: Map<Layer, MapNode>;
  /** What this filling has filled already. */
  readonly memo: Map<ConfigNode, Filled>;
  /** What texts stand for, as far as this filling has followed them. */
  readonly targets: Map<TextNode, Target>;
  /** What is being filled now, in order: meeting one again is a circle. */
  readonly open: Set<ConfigNode>;
}

/** The error for a hole that cannot be filled. */
export function unresolved(hole: { source: string }, place: Place, why: string, cause?: unknown): PipelineError {
  const key = pathText(place.path);
  return new PipelineError('CONFIG_UNRESOLVED', `"${hole.source}" in "${key}" (${placeText(place)}) ${why}`, {
    cause,
    details: { key, file: place.file, line: place.line },
  });
}

/** The keys of a dotted name; `a[b]` is `a.b`, and `\.` is a dot inside a key. */
export function splitKey(name: string): string[] {
  if (name.includes('\\')) return splitEscaped(name);
  const head = /^\.*[^.[]*/.exec(name)?.[0] ?? '';
  const keys = head.split('.');
  if (head.length === name.length) return keys;
  if (name[head.length] === '[' && keys.at(-1) === '') keys.pop();
  const rest = name.slice(head.length).matchAll(/\.([^.[]*)|\[(.*?)\]/g);
  return [...keys, ...[...rest].map((match) => match[1] || match[2] || '')];
}

function splitEscaped(name: string): string[] {
  let at = 0;
  const upTo = (stops: string): string => {
    let key = '';
    for (; at < name.length && !stops.includes(name[at] as string); at += 1) {
      if (name[at] === '\\' && '.[]='.includes(name[at + 1] ?? ' ')) at += 1;
      key += name[at];
    }
    return key;
  };
  const keys = name.startsWith('[') ? [] : [upTo('.[')];
  while (at < name.length) {
    const inBrackets = name[at] === '[';
    at += 1;
    const key = upTo(inBrackets ? ']' : '.[');
    if (inBrackets && at >= name.length) break;
    if (inBrackets) at += 1;
    keys.push(key);
  }
  return keys;
}

/** Whether the project lets the param `name` fill any path: it names the param itself or one that it is a part of. */
export function isExempt(exempt: ReadonlySet<string>, name: string): boolean {
  const keys = name.split('.');
  return keys.some((_, index) => exempt.has(keys.slice(0, index + 1).join('.')));
}
