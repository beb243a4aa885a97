/** Fills nodes: follows references, calls resolvers, keeps what cannot change, and knows what each value depends on. */
import type { PipelineError } from '../core/index.ts';
import type { Element } from './arguments.ts';
import { chosen, type Filled, joined, known, laidOver, listOf, mapOf } from './filled.ts';
import { type Filling, unresolved } from './filling.ts';
import type { Hole, Part } from './interpolation.ts';
import { type ConfigNode, type OpenNode, opened, type Place, pathText, type TextNode } from './node.ts';
import { follow } from './references.ts';
import { callResolver } from './resolvers.ts';
import { type Target, targetText, valueTarget } from './target.ts';

/** Fills `node`. Throws `CONFIG_SYNTAX`, `CONFIG_UNRESOLVED` or `PARAM_MISSING`. */
export function evaluate(given: ConfigNode, filling: Filling): Filled {
  const node = opened(given);
  if (node.kind === 'value') return known(node.value, node.print);
  const constant = filling.constants.get(node);
  if (constant !== undefined && !(constant.reads && filling.roots.size > 0)) return constant;
  const before = filling.memo.get(node);
  if (before !== undefined) return before;
  const filled = fillNode(node, filling);
  // What no param can change is the same for every run that follows.
  const isConstant = !filled.asks && !(filled.reads && filling.roots.size > 0);
  (isConstant ? filling.constants : filling.memo).set(node, filled);
  return filled;
}

/** What `target` is worth. */
export function contentOf(target: Target, filling: Filling): Filled {
  const filled = target.kind === 'node' ? evaluate(target.node, filling) : target.filled;
  const whole = chosen(filled, target.by);
  return target.reads && !whole.reads ? { ...whole, reads: true } : whole;
}

/** What a text stands for: what its only hole finds, or a text of all its parts. */
export function targetOf(node: TextNode, filling: Filling): Target {
  const before = filling.targets.get(node);
  if (before !== undefined) return before;
  const target = inside(node, filling, () => {
    const [only, ...more] = node.parts;
    if (only !== undefined && typeof only !== 'string' && more.length === 0) return fillHole(only, node.place, filling);
    const text = fillParts(node.parts, node.place, filling);
    if (text.value === '???') throw unresolved(node, node.place, 'becomes "???", which stands for a missing value.');
    return valueTarget(text);
  });
  filling.targets.set(node, target);
  return target;
}

function fillNode(node: Exclude<OpenNode, { kind: 'value' }>, filling: Filling): Filled {
  switch (node.kind) {
    case 'map':
      return inside(node, filling, () =>
        mapOf([...node.entries].map(([key, item]) => [key, evaluate(item, filling)] as const)),
      );
    case 'list':
      return inside(node, filling, () => listOf(node.items.map((item) => evaluate(item, filling))));
    case 'overlay':
      return laidOver(evaluate(node.under, filling), evaluate(node.over, filling));
    case 'broken':
      throw unresolved(node, node.place, `cannot be read: ${node.reason}.`);
    case 'text':
      return contentOf(targetOf(node, filling), filling);
    default: {
      const never: never = node;
      return never;
    }
  }
}

function inside<T>(node: OpenNode, filling: Filling, fill: () => T): T {
  if (filling.open.has(node)) throw circle(node, filling);
  filling.open.add(node);
  try {
    return fill();
  } finally {
    filling.open.delete(node);
  }
}

function fillParts(parts: readonly Part[], place: Place, filling: Filling): Filled {
  const texts: string[] = [];
  const filled = parts.map((part) => {
    if (typeof part === 'string') {
      texts.push(part);
      return known(part);
    }
    const target = fillHole(part, place, filling);
    // A list or mapping of the tree is printed as it is written, so what is wrong in it does not matter here.
    const isWritten = target.kind === 'node' && target.node.kind !== 'value';
    const content = isWritten ? chosen(known(null), target.by) : contentOf(target, filling);
    texts.push(targetText(target, content));
    return isWritten && target.reads ? { ...content, reads: true } : content;
  });
  return joined(filled, texts);
}

function fillHole(hole: Hole, place: Place, filling: Filling): Target {
  const tools = {
    fill: (inner: Hole) => contentOf(fillHole(inner, place, filling), filling),
    argument: (element: Element) => fillElement(element, place, filling),
    targetOf: (node: TextNode) => targetOf(node, filling),
    evaluate: (node: ConfigNode) => evaluate(node, filling),
    contentOf: (target: Target) => contentOf(target, filling),
  };
  return hole.kind === 'reference' ? follow(hole, place, filling, tools) : callResolver(hole, place, filling, tools);
}

/** What filling a hole needs of this file, which needs it in turn. */
export interface FillTools {
  fill(hole: Hole): Filled;
  argument(element: Element): Target;
  targetOf(node: TextNode): Target;
  evaluate(node: ConfigNode): Filled;
  contentOf(target: Target): Filled;
}

function fillElement(element: Element, place: Place, filling: Filling): Target {
  switch (element.kind) {
    case 'literal':
      return valueTarget(known(element.scalar.value, element.scalar.print));
    case 'hole':
      return fillHole(element.hole, place, filling);
    case 'text':
      return valueTarget(fillParts(element.parts, place, filling));
    case 'list':
      return valueTarget(listOf(element.items.map((item) => contentOf(fillElement(item, place, filling), filling))), {
        isSealed: true,
      });
    case 'map': {
      const entries = element.entries.map(([key, item]) => {
        return [key, contentOf(fillElement(item, place, filling), filling)] as const;
      });
      return valueTarget(mapOf([...new Map(entries)]), { isSealed: true });
    }
    default: {
      const never: never = element;
      return never;
    }
  }
}

function circle(node: OpenNode, filling: Filling): PipelineError {
  const open = [...filling.open];
  const texts = open.slice(open.indexOf(node)).filter((each) => each.kind === 'text');
  const way = texts.map((text) => pathText(text.place.path));
  const [first = textIn(node)] = texts;
  if (first === undefined) throw new Error('a circle without a text');
  const names = texts.length === 0 ? [pathText(first.place.path)] : [...way, way[0]];
  const leads = names.map((name) => `"${name}"`).join(' -> ');
  return unresolved(first, first.place, `leads back to itself: ${leads}.`);
}

// A mapping or list that is inside itself is so by a text in it.
function textIn(given: ConfigNode): TextNode | undefined {
  const node = opened(given);
  if (node.kind === 'text') return node;
  const children = node.kind === 'map' ? [...node.entries.values()] : node.kind === 'list' ? node.items : [];
  for (const child of children) {
    const found = textIn(child);
    if (found !== undefined) return found;
  }
  return undefined;
}
