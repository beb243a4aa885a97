/** Merging: files of one layer, runtime params over parameters, and the run's environment over the base. */
import { isPlainObject, type JsonObject, type JsonValue, PipelineError } from '../core/index.ts';
import { type ConfigNode, type MapNode, mapNode, valueNode } from './node.ts';

/** How the run's environment meets the base: `destructive` replaces top-level keys whole, `soft` merges them deep. */
export type MergeStrategy = 'destructive' | 'soft';

/** One file of a layer, with its name for messages. */
export interface ReadFile {
  readonly file: string;
  readonly root: MapNode;
}

/** Merges the files of one layer. Throws `CONFIG_DUPLICATE_KEY`. */
export function mergeFiles(group: string, files: readonly ReadFile[]): MapNode {
  checkDuplicates(group, files);
  let merged = mapNode();
  for (const { root } of files) merged = mergeMaps(merged, root, 'layer');
  return merged;
}

/** Merges the layer of the run's environment over the base's. */
export function mergeLayers(base: MapNode, env: MapNode, strategy: MergeStrategy): MapNode {
  if (strategy === 'soft') return mergeMaps(base, env, 'filled');
  return mapNode(new Map([...base.entries, ...env.entries]));
}

/** Lays runtime params over a tree: mappings deep, all else whole. They are data: a `${` in them is no hole. */
export function mergeParams(under: MapNode, params: JsonObject): MapNode {
  const entries = new Map(under.entries);
  for (const [key, value] of Object.entries(params)) {
    // `undefined` is not JSON, but a caller in JavaScript may well leave one: it gives nothing.
    if (value !== undefined) entries.set(key, overlay(under.entries.get(key), value));
  }
  return mapNode(entries);
}

/** Deep-merges two filled values; the result is frozen. */
export function mergeValues(under: JsonValue, over: JsonValue): JsonValue {
  if (over === '???') return under;
  if (!isPlainObject(under) || !isPlainObject(over)) return over;
  const entries = new Map(Object.entries(under));
  for (const [key, value] of Object.entries(over)) {
    const below = entries.get(key);
    entries.set(key, below === undefined ? value : mergeValues(below, value));
  }
  return Object.freeze(Object.fromEntries(entries));
}

/** A frozen copy, so that a result never shares (or freezes) what the caller holds. */
export function frozenCopy(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy)) as JsonValue[];
  if (value === null || typeof value !== 'object') return value;
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, frozenCopy(item)])));
}

function overlay(under: ConfigNode | undefined, value: JsonValue): ConfigNode {
  if (!isPlainObject(value) || under === undefined) return valueNode(frozenCopy(value));
  if (under.kind === 'map') return mergeParams(under, value);
  if (under.kind === 'text' || under.kind === 'overlay') {
    return Object.freeze({ kind: 'overlay', under, over: valueNode(frozenCopy(value)) });
  }
  return valueNode(frozenCopy(value));
}

// 'layer': the texts of `over` are not filled yet and replace what they meet. 'filled': both sides are filled first.
function mergeMaps(under: MapNode, over: MapNode, when: 'layer' | 'filled'): MapNode {
  const entries = new Map(under.entries);
  for (const [key, node] of over.entries) {
    const below = entries.get(key);
    entries.set(key, below === undefined ? node : mergeNodes(below, node, when));
  }
  return mapNode(entries);
}

function mergeNodes(under: ConfigNode, over: ConfigNode, when: 'layer' | 'filled'): ConfigNode {
  if (over.kind === 'value' && over.value === '???') return under;
  if (under.kind === 'map' && over.kind === 'map') return mergeMaps(under, over, when);
  const hides = (node: ConfigNode) => node.kind === 'text' || node.kind === 'overlay';
  const both = (node: ConfigNode) => node.kind === 'map' || hides(node);
  const waits = when === 'layer' ? hides(under) && over.kind === 'map' : both(under) && both(over);
  return waits ? Object.freeze({ kind: 'overlay', under, over }) : over;
}

const OWNED_WHOLE = ['catalog', 'credentials', 'globals'];

function checkDuplicates(group: string, files: readonly ReadFile[]): void {
  const seen = new Map<string, string>();
  for (const { file, root } of files) {
    // Parameters may share a mapping between files, as long as no value is given twice; so may groups that Kedro does not know.
    for (const key of OWNED_WHOLE.includes(group) ? root.entries.keys() : leafPaths(root)) {
      if (key.startsWith('_')) continue;
      const other = seen.get(key);
      if (other !== undefined) {
        throw new PipelineError(
          'CONFIG_DUPLICATE_KEY',
          `The ${group} key "${key}" is in both ${other} and ${file}. Keep one of them, or move one to another environment.`,
          { details: { key, files: [other, file] } },
        );
      }
      seen.set(key, file);
    }
  }
}

function leafPaths(node: MapNode, above = ''): string[] {
  return [...node.entries].flatMap(([key, value]) => {
    const path = above === '' ? key : `${above}.${key}`;
    return value.kind === 'map' ? leafPaths(value, path) : [path];
  });
}
