/** What a text stands for before its value is filled: a place in a tree, or a value. */
import { type Filled, textOf } from './filled.ts';
import { keyRepr } from './keys.ts';
import { type ConfigNode, type ListNode, type MapNode, opened, type ValueNode } from './node.ts';
import { pythonRepr } from './python.ts';

/** A node of a tree, or a value that is filled already. */
export type Target = {
  /** What decided that it is this one. */
  readonly by: readonly Filled[];
  /** Whether runtime params laid over its layer may change it. */
  readonly reads: boolean;
} & (
  | { readonly kind: 'node'; readonly node: MapNode | ListNode | ValueNode }
  /** `isSealed`: a list or mapping that a call has made, which a reference cannot go into. */
  | { readonly kind: 'value'; readonly filled: Filled; readonly isSealed: boolean }
);

/** The target that a value is. */
export function valueTarget(filled: Filled, { isSealed = false } = {}): Target {
  return { kind: 'value', filled, isSealed, by: NOTHING, reads: false };
}

const NOTHING: readonly Filled[] = [];

/** Whether a reference may go on into it. */
export function isContainer(target: Target): boolean {
  if (target.kind === 'node') return target.node.kind !== 'value';
  return !target.isSealed && typeof target.filled.value === 'object' && target.filled.value !== null;
}

/** A target that is a list or mapping of the tree, as it lands in a longer text: its own texts are not filled there. */
export function rawText(node: ConfigNode): string {
  const open = opened(node);
  switch (open.kind) {
    case 'map':
      return `{${[...open.entries].map(([key, item]) => `${keyRepr(key)}: ${rawText(item)}`).join(', ')}}`;
    case 'list':
      return `[${open.items.map(rawText).join(', ')}]`;
    case 'value':
      return open.print?.repr ?? pythonRepr(open.value);
    case 'overlay':
      return rawText(open.over);
    default:
      return pythonRepr(open.source);
  }
}

/** How `target`, whose value is `filled`, lands in a longer text. */
export function targetText(target: Target, filled: Filled): string {
  return target.kind === 'node' && target.node.kind !== 'value' ? rawText(target.node) : textOf(filled);
}
