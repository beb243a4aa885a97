/** Places in a tree of parameters: keys from the root down; none is the root itself. */
import { isPlainObject } from '../core/index.ts';

/** Where the parameter of that dotted name is, or would be. A key that holds dots itself is found too. */
export function keysOf(tree: unknown, name: string): readonly string[] {
  if (name === '') return [];
  return isPlainObject(tree) && Object.hasOwn(tree, name) ? [name] : name.split('.');
}

/** What is there; undefined where nothing is. */
export function valueAt(tree: unknown, keys: readonly string[]): unknown {
  let at = tree;
  for (const key of keys) at = isPlainObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return at;
}

/**
 * A copy of `tree` with `value` there, frozen like it; what is beside is shared. Where something else than a mapping is in the
 * way, `tree` itself: nothing can be below it.
 */
export function withValueAt(tree: unknown, keys: readonly string[], value: unknown): unknown {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  if (tree !== undefined && !isPlainObject(tree)) return tree;
  const below = tree !== undefined && Object.hasOwn(tree, key) ? tree[key] : undefined;
  return Object.freeze({ ...tree, [key]: withValueAt(below, rest, value) });
}
