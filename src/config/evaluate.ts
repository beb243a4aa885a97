/** Fills nodes: follows references, calls resolvers, keeps what cannot change, and knows what each value depends on. */
import { closeMatches, type PipelineError, suggestion } from '../core/index.ts';
import { chosen, type Filled, itemOf, joined, known, laidOver, listOf, mapOf, textOf, under } from './filled.ts';
import { type Filling, splitKey, unresolved } from './filling.ts';
import type { Call, Element, Part, Reference } from './interpolation.ts';
import type { ConfigNode, MapNode, Place, TextNode } from './node.ts';
import { callResolver } from './resolvers.ts';

/** Fills `node`. Throws `CONFIG_UNRESOLVED` or `PARAM_MISSING`. */
export function evaluate(node: ConfigNode, filling: Filling): Filled {
  if (node.kind === 'value') return known(node.value, node.text);
  const constant = filling.constants.get(node);
  if (constant !== undefined && !(constant.reads && filling.roots.size > 0)) return constant;
  const before = filling.memo.get(node);
  if (before !== undefined) return before;
  const filled = fillNode(node, filling);
  filling.memo.set(node, filled);
  return filled;
}

/** What is found by `keys` from `root`: a node, something filled, or undefined. Fills only what it must on the way. */
export function lookUp(root: MapNode, keys: readonly string[], filling: Filling): Filled | undefined {
  let at: ConfigNode = root;
  for (const [index, key] of keys.entries()) {
    if (at.kind === 'map' || at.kind === 'list') {
      const next: ConfigNode | undefined = at.kind === 'map' ? at.entries.get(key) : itemOf(at.items, key);
      if (next === undefined) return undefined;
      at = next;
      continue;
    }
    let filled: Filled | undefined = evaluate(at, filling);
    for (const rest of keys.slice(index)) {
      if (filled !== undefined) filled = under(filled, rest);
    }
    return filled;
  }
  return evaluate(at, filling);
}

function fillNode(node: Exclude<ConfigNode, { kind: 'value' }>, filling: Filling): Filled {
  switch (node.kind) {
    case 'map':
      return mapOf([...node.entries].map(([key, item]) => [key, evaluate(item, filling)]));
    case 'list':
      return listOf(node.items.map((item) => evaluate(item, filling)));
    case 'overlay':
      return laidOver(evaluate(node.under, filling), evaluate(node.over, filling));
    case 'broken':
      throw unresolved(node, node.place, `cannot be read: ${node.reason}.`);
    case 'text':
      return fillText(node, filling);
    default: {
      const never: never = node;
      return never;
    }
  }
}

function fillText(node: TextNode, filling: Filling): Filled {
  if (filling.open.has(node)) throw circle(node, filling);
  filling.open.add(node);
  try {
    return fillParts(node.parts, node.place, filling);
  } finally {
    filling.open.delete(node);
  }
}

function fillParts(parts: readonly Part[], place: Place, filling: Filling): Filled {
  const filled = parts.map((part) => fillPart(part, place, filling));
  const [only] = filled;
  return only !== undefined && filled.length === 1 ? only : joined(filled);
}

function fillPart(part: Part, place: Place, filling: Filling): Filled {
  if (typeof part === 'string') return known(part);
  return part.kind === 'reference' ? follow(part, place, filling) : fillCall(part, place, filling);
}

function fillCall(call: Call, place: Place, filling: Filling): Filled {
  return callResolver(call, place, filling, { fill: (element) => fillElement(element, place, filling), lookUp });
}

function fillElement(element: Element, place: Place, filling: Filling): Filled {
  switch (element.kind) {
    case 'literal':
      return known(element.value, element.text);
    case 'parts':
      return fillParts(element.parts, place, filling);
    case 'list':
      return listOf(element.items.map((item) => fillElement(item, place, filling)));
    case 'map':
      return mapOf(element.entries.map(([key, item]) => [key, fillElement(item, place, filling)]));
    default: {
      const never: never = element;
      return never;
    }
  }
}

function follow(reference: Reference, place: Place, filling: Filling): Filled {
  const names: Filled[] = [];
  const keys = reference.keys.flatMap((key) => {
    if (typeof key === 'string') return [key];
    const name = fillPart(key, place, filling);
    names.push(name);
    return splitKey(textOf(name));
  });
  if (reference.dots > place.path.length) throw unresolved(reference, place, 'has more dots than levels above it.');
  const start = reference.dots === 0 ? [] : place.path.slice(0, place.path.length - reference.dots);
  const root = filling.roots.get(place.layer) ?? place.layer.root;
  const found = lookUp(root, [...start, ...keys], filling);
  if (found === undefined) throw notFound(reference, [...start, ...keys], root, place);
  if (found.value === '???') {
    throw unresolved(reference, place, 'names a value that is still "???": give it in an environment or as a param.');
  }
  return { ...chosen(found, names), reads: true };
}

function notFound(reference: Reference, keys: readonly string[], root: MapNode, place: Place): PipelineError {
  const { group, env } = place.layer;
  const name = keys.join('.');
  const hint = suggestion(name, keys.length === 1 ? root.entries.keys() : dottedNames(root, name));
  return unresolved(
    reference,
    place,
    `names "${name}", which the ${group} of the environment "${env}" do not have.${hint}`,
  );
}

// Only close ones: a list of all nested names would bury the message.
function dottedNames(root: MapNode, name: string): string[] {
  const walk = (node: ConfigNode, above: string): string[] =>
    node.kind === 'map'
      ? [...node.entries].flatMap(([key, item]) => [`${above}${key}`, ...walk(item, `${above}${key}.`)])
      : [];
  return closeMatches(name, walk(root, ''));
}

function circle(node: TextNode, filling: Filling): PipelineError {
  const names: string[] = [];
  for (const open of filling.open) {
    if (open === node || names.length > 0) names.push(open.kind === 'text' ? open.place.path.join('.') : '');
  }
  names.push(node.place.path.join('.'));
  return unresolved(node, node.place, `leads back to itself: ${names.map((name) => `"${name}"`).join(' -> ')}.`);
}
