/** What OmegaConf checks of a document before it reads it, and `<<`. */
import type { MappingNode, YamlDocument, YamlNode } from './compose.ts';
import { scalarType } from './resolve.ts';
import { YamlError } from './syntax-error.ts';

/** Most nodes of a document with its aliases expanded, as OmegaConf has it. */
export const MOST_NODES = 10_000;
const MOST_EXPANSION = 100;
const FEW_NODES = 1_000;

/**
 * Refuses what OmegaConf does (aliases inside their own anchors, more nodes than `most`, keys that stand twice) and puts
 * what `<<` names into its mappings. Throws a `YamlError`.
 */
export function flattenDocument({ root, hasAliases }: YamlDocument, most: number): void {
  if (hasAliases) refuseRecursion(root, new Set(), new Set());
  const unique = hasAliases ? new Set<YamlNode>() : undefined;
  const expanded = countNodes(root, new Map(), most, unique);
  if (expanded > most) {
    throw new YamlError(
      `It has more than ${most} values with its aliases expanded, the limit of OmegaConf. Split the file, or set OMEGACONF_MAX_YAML_EXPANDED_NODES.`,
      root,
    );
  }
  if (unique !== undefined && most !== Number.POSITIVE_INFINITY) {
    const tooMuch = expanded > FEW_NODES && expanded > countUnique(root, unique) * MOST_EXPANSION;
    if (tooMuch) throw new YamlError('Its aliases expand it more than a hundred times.', root);
  }
  flattenInOrder(root);
}

function children(node: YamlNode): readonly YamlNode[] {
  if (node.kind === 'sequence') return node.items;
  return node.kind === 'mapping' ? node.pairs.flat() : [];
}

function refuseRecursion(node: YamlNode, open: Set<YamlNode>, done: Set<YamlNode>): void {
  if (done.has(node)) return;
  if (open.has(node)) throw new YamlError('An alias stands inside its own anchor.', node);
  open.add(node);
  for (const child of children(node)) refuseRecursion(child, open, done);
  open.delete(node);
  done.add(node);
}

function countNodes(node: YamlNode, known: Map<YamlNode, number>, most: number, unique?: Set<YamlNode>): number {
  if (node.kind === 'scalar') return 1;
  const before = unique === undefined ? undefined : known.get(node);
  if (before !== undefined) return before;
  let total = 1;
  if (node.kind === 'sequence') for (const item of node.items) total += countNodes(item, known, most, unique);
  else {
    for (const [key, value] of node.pairs) {
      total += countNodes(key, known, most, unique) + countNodes(value, known, most, unique);
    }
  }
  if (unique !== undefined) known.set(node, total);
  return total;
}

function countUnique(node: YamlNode, seen: Set<YamlNode>): number {
  if (seen.has(node)) return 0;
  seen.add(node);
  return children(node).reduce((total, child) => total + countUnique(child, seen), 1);
}

// PyYAML builds level by level, and flattening one mapping changes what the next one merges: the order is part of the result.
function flattenInOrder(root: YamlNode): void {
  const seen = new Set<YamlNode>();
  const waiting: YamlNode[] = [root];
  for (const node of waiting) {
    if (node.kind === 'scalar' || seen.has(node)) continue;
    seen.add(node);
    if (node.kind === 'mapping') {
      flatten(node);
      for (const [, value] of node.pairs) if (value.kind !== 'scalar') waiting.push(value);
    } else waiting.push(...node.items.filter((item) => item.kind !== 'scalar'));
  }
}

function flatten(node: MappingNode): void {
  const own = new Set<string>();
  let merges = false;
  for (const [key] of node.pairs) {
    if (key.kind !== 'scalar') continue;
    const type = scalarType(key);
    if (type === 'merge') merges = true;
    if (type !== 'str') continue;
    if (own.has(key.value)) throw new YamlError(`The key "${key.value}" stands twice in one mapping.`, key);
    own.add(key.value);
  }
  if (!merges) return;
  const merged: MappingNode['pairs'] = [];
  const kept: MappingNode['pairs'] = [];
  for (const pair of node.pairs) {
    if (isMerge(pair[0])) merged.push(...mergedPairs(pair[1]));
    else kept.push(pair);
  }
  node.pairs = [...merged.filter(([key]) => !isText(key) || !own.has(key.value)), ...kept];
}

function mergedPairs(value: YamlNode): MappingNode['pairs'] {
  if (value.kind === 'mapping') {
    flatten(value);
    return value.pairs;
  }
  if (value.kind !== 'sequence') throw new YamlError('"<<" takes a mapping or a list of mappings.', value);
  const lists = value.items.map((item) => {
    if (item.kind !== 'mapping') throw new YamlError('"<<" takes a mapping or a list of mappings.', item);
    flatten(item);
    return item.pairs;
  });
  // The first of the list wins, so it comes last.
  return lists.reverse().flat();
}

function isMerge(key: YamlNode): boolean {
  return key.kind === 'scalar' && scalarType(key) === 'merge';
}

function isText(key: YamlNode): key is Extract<YamlNode, { kind: 'scalar' }> {
  return key.kind === 'scalar' && scalarType(key) === 'str';
}
