/** How values that stay in memory are handed on. */
import { isPlainObject, messageOf } from '../core/index.ts';
import { invalidValue } from './failures.ts';
import { oneOf } from './options.ts';

/**
 * `assign`: the value itself. `copy`: one level of an array, plain object, map, set, buffer or date. `deepcopy`: all of it,
 * by `structuredClone`.
 */
export type CopyMode = 'assign' | 'copy' | 'deepcopy';

/** The option of entries; absent and `null` are `assign`. */
export const copyModeOption = oneOf('assign', 'copy', 'deepcopy');

/** `value` as `mode` hands it on. Throws `DATASET_VALUE_INVALID` for what cannot be copied that way. */
export function copied(dataset: string, mode: CopyMode, value: unknown): unknown {
  if (mode === 'assign' || typeof value !== 'object' || value === null) {
    return mode === 'deepcopy' && typeof value === 'function' ? refuse(dataset, mode, '', 'a function') : value;
  }
  return mode === 'copy' ? shallow(dataset, value) : deep(dataset, value);
}

function shallow(dataset: string, value: object): unknown {
  if (Array.isArray(value)) return [...value];
  if (isPlainObject(value)) return { ...value };
  if (value instanceof Map) return new Map(value);
  if (value instanceof Set) return new Set(value);
  // The own `slice` of a Node buffer shares its memory.
  if (Buffer.isBuffer(value)) return Buffer.from(value);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof Date) return structuredClone(value);
  return refuse(dataset, 'copy', '', shown(value));
}

function deep(dataset: string, value: object): unknown {
  const odd = uncloneable(value, new Set());
  if (odd !== undefined) refuse(dataset, 'deepcopy', odd.path.reverse().join('').replace(/^\./, ''), odd.what);
  try {
    return structuredClone(value);
  } catch (error) {
    throw invalidValue(dataset, '', `${messageOf(error)}; use copy_mode: assign.`);
  }
}

const CLONEABLE: readonly object[] = [
  Date,
  RegExp,
  ArrayBuffer,
  DataView,
  ...[Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError],
  ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array],
  ...[Float32Array, Float64Array, BigInt64Array, BigUint64Array],
].map((type) => type.prototype);

interface Odd {
  /** From the inside out. */
  readonly path: string[];
  readonly what: string;
}

// structuredClone would hand on a class instance without its methods, and say nothing.
function uncloneable(value: unknown, met: Set<object>): Odd | undefined {
  if (typeof value === 'function' || typeof value === 'symbol') return { path: [], what: `a ${typeof value}` };
  if (typeof value !== 'object' || value === null || met.has(value)) return undefined;
  met.add(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Array.prototype) return inArray(value as unknown[], met);
  if (isPlainObject(value)) return inObject(value, met);
  if (prototype === Map.prototype) return inMap((value as Map<unknown, unknown>).entries(), met);
  if (prototype === Set.prototype) return inMap((value as Set<unknown>).entries(), met);
  return CLONEABLE.includes(prototype as object) ? undefined : { path: [], what: shown(value) };
}

function inArray(items: readonly unknown[], met: Set<object>): Odd | undefined {
  for (let i = 0; i < items.length; i++) {
    const odd = uncloneable(items[i], met);
    if (odd !== undefined) return { ...odd, path: [...odd.path, `[${i}]`] };
  }
  return undefined;
}

function inObject(value: Record<string, unknown>, met: Set<object>): Odd | undefined {
  for (const key of Object.keys(value)) {
    const odd = uncloneable(value[key], met);
    if (odd !== undefined) return { ...odd, path: [...odd.path, `.${key}`] };
  }
  return undefined;
}

function inMap(entries: Iterable<[unknown, unknown]>, met: Set<object>): Odd | undefined {
  for (const [key, item] of entries) {
    const odd = uncloneable(key, met) ?? uncloneable(item, met);
    if (odd !== undefined) return { ...odd, path: [...odd.path, `(${typeof key === 'string' ? key : typeof key})`] };
  }
  return undefined;
}

function refuse(dataset: string, mode: CopyMode, path: string, what: string): never {
  throw invalidValue(dataset, path, `${what} cannot be copied (copy_mode: ${mode}); use copy_mode: assign.`);
}

function shown(value: object): string {
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'an object without a class';
}
