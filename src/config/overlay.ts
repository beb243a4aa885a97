/**
 * Runtime params over parameters, as OmegaConf merges: mappings deep, all else whole. Where a param meets a text that
 * stands for a mapping, that mapping is copied to the place first, so that what the param does not name stays.
 */
import type { JsonValue } from '../core/index.ts';
import { sameKey } from './keys.ts';
import { incompatible, setEntry } from './merge.ts';
import {
  type ConfigNode,
  dataNode,
  isMissing,
  type Layer,
  type MapNode,
  mapNode,
  opened,
  type TextNode,
} from './node.ts';
import type { Target } from './target.ts';

/** Fills a text of `layer` while its root is `root`; undefined where it cannot be filled. */
export type Peek = (text: TextNode, root: MapNode) => { target: Target; value: () => JsonValue } | undefined;

/** The root of `layer` with `params` laid over it. Throws `CONFIG_UNRESOLVED` for a list that meets a mapping. */
export function layParams(layer: Layer, params: MapNode, peek: Peek): MapNode {
  const entries = new Map(layer.root.entries);
  const root = mapNode(entries);
  lay(entries, params, [], { root, peek });
  return root;
}

interface Laying {
  /** Changes while params are laid: a text sees what was laid before. */
  readonly root: MapNode;
  readonly peek: Peek;
}

function lay(entries: Map<string, ConfigNode>, params: MapNode, path: readonly string[], laying: Laying): void {
  for (const [key, given] of params.entries) {
    const id = sameKey(entries, key) ?? key;
    const [below, over] = [entries.get(id), opened(given)];
    if (below === undefined) {
      setEntry(entries, key, over);
      continue;
    }
    const here = [...path, id];
    const under = standIn(opened(below), here, laying);
    if (isMissing(over)) {
      entries.set(id, under);
    } else if (under.kind === 'map' && over.kind === 'map') {
      const inner = new Map(under.entries);
      entries.set(id, mapNode(inner));
      lay(inner, over, here, laying);
    } else if (under.kind === 'map' ? over.kind === 'list' : under.kind === 'list' && over.kind === 'map') {
      throw incompatible(here);
    } else if (under.kind === 'overlay' && over.kind === 'map') {
      entries.set(id, { kind: 'overlay', under, over });
    } else entries.set(id, over);
  }
}

function standIn(node: ConfigNode, path: readonly string[], { root, peek }: Laying): ConfigNode {
  if (node.kind !== 'text') return node;
  const found = peek(node, root);
  if (found === undefined) return node;
  const { target, value: fill } = found;
  if (target.kind === 'node') {
    if (target.node.kind === 'value') return node;
    return moved(target.node, depthOf(target.node) ?? 0, path);
  }
  const value = fill();
  return !target.isSealed && typeof value === 'object' && value !== null ? dataNode(value) : node;
}

// How deep a node is in its tree, as a text inside it tells.
function depthOf(given: ConfigNode, below = 0): number | undefined {
  const node = opened(given);
  if (node.kind === 'text' || node.kind === 'broken') return node.place.path.length - below;
  const children = node.kind === 'map' ? [...node.entries.values()] : node.kind === 'list' ? node.items : [];
  for (const child of children) {
    const depth = depthOf(child, below + 1);
    if (depth !== undefined) return depth;
  }
  return undefined;
}

/** A copy whose texts stand below `path` instead of `depth` levels down where they were. */
function moved(given: ConfigNode, depth: number, path: readonly string[]): ConfigNode {
  const node = opened(given);
  switch (node.kind) {
    case 'map':
      return mapNode(new Map([...node.entries].map(([key, item]) => [key, moved(item, depth, path)])));
    case 'list':
      return { kind: 'list', items: node.items.map((item) => moved(item, depth, path)) };
    case 'text':
    case 'broken':
      return { ...node, place: { ...node.place, path: [...path, ...node.place.path.slice(depth)] } };
    default:
      return node;
  }
}
