/** References: `${a.b[0]}`, `${.sibling}`, and the paths that resolvers are given. */
import { closeMatches, type PipelineError, suggestion } from '../core/index.ts';
import type { FillTools } from './evaluate.ts';
import { type Filled, textOf, under } from './filled.ts';
import { type Filling, splitKey, unresolved } from './filling.ts';
import type { Reference } from './interpolation.ts';
import { indexOf, isIndex, namedKey } from './keys.ts';
import { type ConfigNode, isMissing, type MapNode, type OpenNode, opened, type Place, pathText } from './node.ts';
import { isContainer, type Target, valueTarget } from './target.ts';

/** What a path finds, or why it finds nothing. */
export type Selected =
  | { readonly kind: 'found'; readonly target: Target }
  /** No such key. */
  | { readonly kind: 'nothing' }
  /** The value is `???`. */
  | { readonly kind: 'missing' }
  /** A key before the last has a value that holds nothing. */
  | { readonly kind: 'scalar'; readonly key: string }
  /** A list was asked for a name. */
  | { readonly kind: 'name in a list'; readonly key: string };

/** Goes from `root` along `keys`, filling only what it must on the way. */
export function select(root: ConfigNode, keys: readonly string[], tools: FillTools): Selected {
  let at: Target = nodeTarget(opened(root), tools);
  for (const [index, key] of keys.entries()) {
    if (!isContainer(at)) return { kind: 'scalar', key: keys[index - 1] ?? '' };
    const child = childOf(at, key, tools);
    if (child === 'nothing') return { kind: 'nothing' };
    if (child === 'name in a list') return { kind: 'name in a list', key };
    if (child === 'missing') return { kind: 'missing' };
    at = { ...child, by: [...at.by, ...child.by], reads: at.reads || child.reads };
  }
  return { kind: 'found', target: at };
}

function childOf(at: Target, key: string, tools: FillTools): Target | 'nothing' | 'missing' | 'name in a list' {
  if (at.kind === 'value') {
    if (Array.isArray(at.filled.value) && !isIndex(key)) return 'name in a list';
    const filled = under(at.filled, key);
    if (filled === undefined) return 'nothing';
    return filled.value === '???' ? 'missing' : valueTarget(filled);
  }
  const { node } = at;
  let child: ConfigNode | undefined;
  if (node.kind === 'map') child = node.entries.get(namedKey(node.entries, key) ?? '\0');
  else if (node.kind === 'list') {
    if (!isIndex(key)) return 'name in a list';
    child = node.items.at(indexOf(key));
  }
  if (child === undefined) return 'nothing';
  const open = opened(child);
  return isMissing(open) ? 'missing' : nodeTarget(open, tools);
}

function nodeTarget(node: OpenNode, tools: FillTools): Target {
  switch (node.kind) {
    case 'text':
      return tools.targetOf(node);
    case 'overlay':
    case 'broken':
      return valueTarget(tools.evaluate(node));
    default:
      return { kind: 'node', node, by: [], reads: false };
  }
}

/** What a reference in a text at `place` finds. Throws `CONFIG_UNRESOLVED`. */
export function follow(reference: Reference, place: Place, filling: Filling, tools: FillTools): Target {
  const names: Filled[] = [];
  const { dots, keys } = readKeys(reference, place, names, tools);
  if (dots > place.path.length) throw unresolved(reference, place, 'has more dots than levels above it.');
  const path = [...(dots === 0 ? [] : place.path.slice(0, place.path.length - dots)), ...keys];
  const root = filling.roots.get(place.layer) ?? place.layer.root;
  const selected = select(root, path, tools);
  if (selected.kind !== 'found') throw notFound(reference, path, selected, root, place);
  const { target } = selected;
  if (target.kind === 'node' && isAbove(target.node, root, place)) {
    throw unresolved(reference, place, 'names what it is itself a part of, and so leads back to itself.');
  }
  return { ...target, by: [...target.by, ...names], reads: target.reads || place.layer.group === 'parameters' };
}

/** Where `name` leads from a text at `place`, as resolvers that take a path understand it. */
export function selectNamed(name: string, place: Place, filling: Filling, tools: FillTools): Selected {
  const dots = /^\.*/.exec(name)?.[0].length ?? 0;
  if (dots > place.path.length) return { kind: 'nothing' };
  const start = dots === 0 ? [] : place.path.slice(0, place.path.length - dots);
  const rest = name.slice(dots);
  const root = filling.roots.get(place.layer) ?? place.layer.root;
  const selected = select(root, rest === '' ? start : [...start, ...splitKey(rest)], tools);
  if (selected.kind !== 'found' || place.layer.group !== 'parameters') return selected;
  return { kind: 'found', target: { ...selected.target, reads: true } };
}

// A hole among the keys may bring several, and dots in front.
function readKeys(
  reference: Reference,
  place: Place,
  names: Filled[],
  tools: FillTools,
): { dots: number; keys: string[] } {
  let { dots } = reference;
  const keys: string[] = [];
  for (const key of reference.keys) {
    if (typeof key === 'string') {
      keys.push(key);
      continue;
    }
    const name = tools.fill(key.hole);
    const isWhole = typeof name.value === 'number' && !name.print?.repr.includes('.') && Number.isInteger(name.value);
    if (typeof name.value !== 'string' && !isWhole) {
      throw unresolved(reference, place, `has a key that is no text and no whole number: ${textOf(name)}.`);
    }
    names.push(name);
    const text = textOf(name);
    const leading = keys.length === 0 && !key.inBrackets ? (/^\.*/.exec(text)?.[0].length ?? 0) : 0;
    dots += leading;
    if (key.inBrackets) keys.push(...splitKey(`[${text}]`));
    else if (leading < text.length || leading === 0) keys.push(...splitKey(text.slice(leading)));
  }
  return { dots, keys };
}

function isAbove(node: OpenNode, root: MapNode, place: Place): boolean {
  let at: ConfigNode | undefined = root;
  for (const key of place.path) {
    if (at === node) return true;
    if (at === undefined) return false;
    const open: OpenNode = opened(at);
    if (open.kind === 'map') at = open.entries.get(key);
    else at = open.kind === 'list' ? open.items[Number(key)] : undefined;
    if (at !== undefined) at = opened(at);
  }
  return false;
}

function notFound(
  reference: Reference,
  path: readonly string[],
  selected: Exclude<Selected, { kind: 'found' }>,
  root: MapNode,
  place: Place,
): PipelineError {
  const { group, env } = place.layer;
  const name = pathText(path);
  switch (selected.kind) {
    case 'missing':
      return unresolved(
        reference,
        place,
        'names a value that is still "???": give it in an environment or as a param.',
      );
    case 'scalar':
      return unresolved(reference, place, `goes on after "${selected.key}", which holds no other values.`);
    case 'name in a list':
      return unresolved(reference, place, `asks a list for "${selected.key}"; a list has numbers from 0.`);
    default: {
      const hint = suggestion(name, path.length === 1 ? root.entries.keys() : dottedNames(root, name));
      return unresolved(
        reference,
        place,
        `names "${name}", which the ${group} of the environment "${env}" do not have.${hint}`,
      );
    }
  }
}

// Only close ones: a list of all nested names would bury the message.
function dottedNames(root: MapNode, name: string): string[] {
  const walk = (given: ConfigNode, above: string): string[] => {
    const node = given.kind === 'lazy' ? undefined : given;
    return node?.kind === 'map'
      ? [...node.entries].flatMap(([key, item]) => [`${above}${key}`, ...walk(item, `${above}${key}.`)])
      : [];
  };
  return closeMatches(name, walk(root, ''));
}
