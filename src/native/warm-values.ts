/**
 * What becomes of an artifact's value, so that no run can change it for the next.
 *
 * 1. What can be frozen (plain objects, arrays) is frozen and shared.
 * 2. What can only be copied (maps, sets, dates, regular expressions, array buffers and their views) is copied each time it is
 *    handed out, and with it only the objects and arrays that lead to it: these copies are frozen as well.
 * 3. What can be neither (instances of classes, functions, shared memory) is shared as it is: only its author knows what a
 *    copy of it would be.
 */
import { types } from 'node:util';
import type { PreloadOptions, WarmArtifact } from '../core/index.ts';
import { isPlainObject } from '../core/index.ts';
import { copyLeaf, fieldBytes, isLeaf, leafBytes, sizeOfInstance, stringBytes } from './warm-leaves.ts';

/** A value that stays between runs. */
export interface WarmValue {
  /** Estimated. */
  readonly bytes: number;
  readonly shared: WarmArtifact['shared'];
  /** The value for one reader. */
  handOut(): unknown;
}

// What V8 takes, roughly: a header and the length of an array, a header and a few words of a small object, a word a field.
const WORD = 8;
const ARRAY_BYTES = 32;
const OBJECT_BYTES = 24;

// Longer arrays are not asked for properties beside their items (a CSV's `columns`): listing them all takes seconds.
const MOST_LISTED = 1_000_000;

/** Makes a value fit to be kept. With the copy mode `assign` it is left and handed out as it is. */
export function warmValue(value: unknown, copyMode: PreloadOptions['copyMode']): WarmValue {
  if (copyMode === 'assign') {
    const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
    return { bytes: sizeOfInstance(value), shared: isObject ? 'as is' : 'frozen', handOut: () => value };
  }
  const walk = new Walk();
  const isCopied = walk.visit(value);
  const shared = walk.hasInstance ? 'as is' : isCopied ? 'copied' : 'frozen';
  const handOut = isCopied ? () => new Copying(walk).copy(value) : () => value;
  return { bytes: walk.bytes, shared, handOut };
}

/** One walk over a value: freezes, measures and tells what has to be copied. */
class Walk {
  bytes = 0;
  hasInstance = false;
  isCircular = false;
  /** Objects that their maker had frozen and that hold something to be copied; other such objects are left unfrozen. */
  readonly frozenBefore = new Set<object>();
  readonly #met = new Set<object>();
  readonly #open = new Set<object>();

  /** Whether a reader of `value` must be given a copy of it. */
  visit(value: unknown): boolean {
    if (typeof value !== 'object' || value === null) {
      if (typeof value === 'string') this.bytes += stringBytes(value);
      if (typeof value === 'function') this.hasInstance = true;
      return false;
    }
    if (this.#met.has(value)) {
      const isOpen = this.#open.has(value);
      if (isOpen) this.isCircular = true;
      return isLeaf(value) || (!isOpen && isContainer(value) && isLeftOpen(value, this.frozenBefore));
    }
    this.#met.add(value);
    if (isContainer(value)) return this.#container(value);
    if (isLeaf(value)) return this.#leaf(value);
    this.hasInstance = true;
    this.bytes += sizeOfInstance(value);
    return false;
  }

  #container(value: object): boolean {
    this.#open.add(value);
    this.bytes += Array.isArray(value) ? ARRAY_BYTES + WORD * value.length : OBJECT_BYTES;
    let isCopied = false;
    eachItem(value, (item, isSlot) => {
      if (!isSlot) this.bytes += fieldBytes(item);
      if (this.visit(item)) isCopied = true;
    });
    this.#open.delete(value);
    // Unfrozen is the mark of what has to be copied: it is never handed out itself.
    if (!isCopied) Object.freeze(value);
    else if (Object.isFrozen(value)) this.frozenBefore.add(value);
    return isCopied;
  }

  #leaf(value: object): true {
    this.#open.add(value);
    this.bytes += leafBytes(value);
    if (types.isMap(value)) for (const pair of value) for (const each of pair) this.visit(each);
    if (types.isSet(value)) for (const each of value) this.visit(each);
    this.#open.delete(value);
    return true;
  }
}

/** One hand-out of a value: what is met twice in it is copied once. */
class Copying {
  readonly #walk: Walk;
  readonly #made = new Map<object, object>();

  constructor(walk: Walk) {
    this.#walk = walk;
  }

  copy(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const known = this.#made.get(value);
    if (known !== undefined) return known;
    if (isContainer(value)) {
      // In a circle, what was frozen before the circle closed may lead to what has to be copied.
      const isShared = !this.#walk.isCircular && !isLeftOpen(value, this.#walk.frozenBefore);
      return isShared ? value : this.#container(value);
    }
    if (!isLeaf(value)) return value;
    const made = copyLeaf(value);
    this.#made.set(value, made);
    if (types.isMap(value))
      for (const [key, each] of value) (made as Map<unknown, unknown>).set(this.copy(key), this.copy(each));
    if (types.isSet(value)) for (const each of value) (made as Set<unknown>).add(this.copy(each));
    return made;
  }

  #container(value: object): object {
    const made: object = Array.isArray(value) ? new Array(value.length) : {};
    const prototype = Object.getPrototypeOf(value);
    if (Object.getPrototypeOf(made) !== prototype) Object.setPrototypeOf(made, prototype);
    this.#made.set(value, made);
    eachItem(value, (item, _, key) => {
      // A definition, as assigning to "__proto__" would do something else.
      if (typeof key === 'number') (made as unknown[])[key] = this.copy(item);
      else Object.defineProperty(made, key, { value: this.copy(item), enumerable: true });
    });
    return Object.freeze(made);
  }
}

function isContainer(value: object): boolean {
  return (Array.isArray(value) || isPlainObject(value)) && !types.isProxy(value);
}

function isLeftOpen(value: object, frozenBefore: ReadonlySet<object>): boolean {
  return !Object.isFrozen(value) || frozenBefore.has(value);
}

/** Calls `take` with everything that hangs on an object or array; `isSlot`: an item that the array's length counts. */
function eachItem(value: object, take: (item: unknown, isSlot: boolean, key: string | symbol | number) => void): void {
  if (!Array.isArray(value)) {
    for (const key of Reflect.ownKeys(value)) take(value[key as keyof typeof value], false, key);
    return;
  }
  for (let i = 0; i < value.length; i++) if (i in value) take(value[i], true, i);
  if (value.length > MOST_LISTED) return;
  const keys = Reflect.ownKeys(value);
  // The items come first, then "length", then the rest.
  for (let i = keys.indexOf('length') + 1; i < keys.length; i++) {
    const key = keys[i] as keyof typeof value;
    take(value[key], false, key);
  }
}
