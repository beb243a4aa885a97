/** Merging: the files of a layer, and the run's environment over the base. */
import { isPlainObject, type JsonValue, PipelineError } from '../core/index.ts';
import { isTyped, keyName, keyText, sameKey } from './keys.ts';
import { type ConfigNode, isMissing, keyConflict, type MapNode, mapNode, opened } from './node.ts';

/** How the run's environment meets the base: `destructive` replaces top-level keys whole, `soft` merges them deep. */
export type MergeStrategy = 'destructive' | 'soft';

/** One file of a layer, with its name for messages. */
export interface ReadFile {
  readonly file: string;
  readonly root: MapNode;
}

/** Merges the files of one layer. Throws `CONFIG_DUPLICATE_KEY` or `CONFIG_UNRESOLVED`. */
export function mergeFiles(group: string, files: readonly ReadFile[]): MapNode {
  checkDuplicates(group, files);
  const [first = mapNode(), ...rest] = files.map(({ root }) => root);
  return rest.reduce((merged, root) => mergeMaps(merged, root, 'layer'), first);
}

/** Merges the layer of the run's environment over the base's. */
export function mergeLayers(base: MapNode, env: MapNode, strategy: MergeStrategy): MapNode {
  if (strategy === 'soft') return mergeMaps(base, env, 'filled');
  return mapNode(new Map([...base.entries, ...env.entries]));
}

/** Deep-merges two filled values; the result is frozen. Throws `CONFIG_UNRESOLVED` for a list that meets a mapping. */
export function mergeValues(under: JsonValue, over: JsonValue): JsonValue {
  if (over === '???') return under;
  if (isPlainObject(under) ? Array.isArray(over) : Array.isArray(under) && isPlainObject(over)) throw incompatible();
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

/** The error for a list that meets a mapping under the key `path`. */
export function incompatible(path: readonly string[] = []): PipelineError {
  const key = path.map(keyText).join('.');
  const which = key === '' ? 'A list meets a mapping' : `At "${key}" a list meets a mapping`;
  return new PipelineError('CONFIG_UNRESOLVED', `${which}: the two cannot be merged.`, { details: { key } });
}

/** `entries` with `node` under `id`, which keeps its place. Throws `CONFIG_UNRESOLVED` for `1` beside `"1"`. */
export function setEntry(entries: Map<string, ConfigNode>, id: string, node: ConfigNode): void {
  const same = sameKey(entries, id);
  entries.set(same ?? id, node);
  if (same !== undefined || !(isTyped(id) || /^-?\d+$/.test(id))) return;
  const conflict = keyConflict(entries);
  if (conflict !== undefined) throw new PipelineError('CONFIG_UNRESOLVED', conflict, { details: { key: keyText(id) } });
}

// 'layer': the texts of `over` are not filled yet and replace what they meet. 'filled': both sides are filled first.
function mergeMaps(under: MapNode, over: MapNode, when: 'layer' | 'filled', path: readonly string[] = []): MapNode {
  const entries = new Map(under.entries);
  for (const [key, node] of over.entries) {
    const below = entries.get(sameKey(entries, key) ?? key);
    setEntry(entries, key, below === undefined ? node : mergeNodes(below, node, when, [...path, key]));
  }
  return mapNode(entries);
}

function mergeNodes(
  below: ConfigNode,
  above: ConfigNode,
  when: 'layer' | 'filled',
  path: readonly string[],
): ConfigNode {
  const [under, over] = [opened(below), opened(above)];
  if (isMissing(over)) return under;
  if (under.kind === 'map' && over.kind === 'map') return mergeMaps(under, over, when, path);
  if (under.kind === 'map' ? over.kind === 'list' : under.kind === 'list' && over.kind === 'map') {
    throw incompatible(path);
  }
  const hides = (node: ConfigNode) => node.kind === 'text' || node.kind === 'overlay';
  const holds = (node: ConfigNode) => node.kind === 'map' || node.kind === 'list' || hides(node);
  const waits = when === 'layer' ? hides(under) && holds(over) && over.kind !== 'text' : holds(under) && holds(over);
  return waits ? { kind: 'overlay', under, over } : over;
}

const OWNED_WHOLE = ['catalog', 'credentials', 'globals'];

// Parameters may share a mapping between files, as long as no value is given twice; so may groups that Kedro does not know.
function checkDuplicates(group: string, files: readonly ReadFile[]): void {
  if (files.length < 2) return;
  const shared = OWNED_WHOLE.includes(group) ? undefined : sharedKeys(files);
  const seen = new Map<string, string>();
  for (const { file, root } of files) {
    const keys = shared === undefined ? root.entries.keys() : leafPaths(root, shared);
    for (const key of keys) {
      if (key.startsWith('_')) continue;
      const other = seen.get(key);
      if (other !== undefined) {
        const shown = keyText(key);
        throw new PipelineError(
          'CONFIG_DUPLICATE_KEY',
          `The ${group} key "${shown}" is in both ${other} and ${file}. Keep one of them, or move one to another environment.`,
          { details: { key: shown, files: [other, file] } },
        );
      }
      seen.set(key, file);
    }
  }
}

// Only what two files share can clash, unless a key has a dot and so looks like a path.
function sharedKeys(files: readonly ReadFile[]): (key: string) => boolean {
  const counts = new Map<string, number>();
  const keys = files.flatMap(({ root }) => [...root.entries.keys()]);
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  const hasDots = keys.some((key) => key.includes('.') || isTyped(key));
  return (key) => hasDots || (counts.get(key) ?? 0) > 1;
}

function leafPaths(node: MapNode, wanted: (key: string) => boolean, above?: string): string[] {
  return [...node.entries].flatMap(([key, child]) => {
    if (above === undefined && !wanted(key)) return [];
    const path = above === undefined ? key : `${above}.${keyName(key)}`;
    const value = opened(child);
    return value.kind === 'map' ? leafPaths(value, () => true, path) : [path];
  });
}
