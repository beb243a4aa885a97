/** One filling: what a run gives, what every run shares, and what was found so far. */
import { type JsonValue, PipelineError } from '../core/index.ts';
import type { Filled } from './filled.ts';
import { type ConfigNode, type Layer, type MapNode, type Place, placeText } from './node.ts';

/** One filling. Made afresh for each, so that two at once cannot meet. */
export interface Filling {
  /** Given by the run. */
  readonly params: Readonly<Record<string, JsonValue>>;
  /** Params that the path rule leaves alone. */
  readonly exempt: ReadonlySet<string>;
  /** Names and values of environment variables, for credentials. */
  readonly environment: Readonly<Record<string, string>>;
  /** The merged globals. */
  readonly globals: MapNode;
  /** What is the same for every run, by node. */
  readonly constants: ReadonlyMap<ConfigNode, Filled>;
  /** Layers with runtime params laid over them. */
  readonly roots: ReadonlyMap<Layer, MapNode>;
  /** What this filling has filled already. */
  readonly memo: Map<ConfigNode, Filled>;
  /** Texts that are being filled now, in order: meeting one again is a circle. */
  readonly open: Set<ConfigNode>;
}

/** The error for a hole that cannot be filled. */
export function unresolved(hole: { source: string }, place: Place, why: string): PipelineError {
  const key = place.path.join('.');
  return new PipelineError('CONFIG_UNRESOLVED', `"${hole.source}" in "${key}" (${placeText(place)}) ${why}`, {
    details: { key, file: place.file, line: place.line },
  });
}

/** The keys of a dotted name; `a[b]` is `a.b`. */
export function splitKey(name: string): string[] {
  return [...name.matchAll(/\[([^\]]*)\]|([^.[]+)/g)].map((match) => match[1] ?? match[2] ?? '');
}

/** Whether the project lets the param `name` fill any path: it names the param itself or one that it is a part of. */
export function isExempt(exempt: ReadonlySet<string>, name: string): boolean {
  const keys = name.split('.');
  return keys.some((_, index) => exempt.has(keys.slice(0, index + 1).join('.')));
}
