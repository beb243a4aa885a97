/** Values that JavaScript cannot freeze: which of them can be copied, how, and how large they are. */
import { types } from 'node:util';

const WORD = 8;
const ENTRY_BYTES = 4 * WORD;
const SMALL_BYTES = 6 * WORD;

// An instance may hold on to half the process (a connection, say): after so many objects its size is what it is by then.
const MOST_MEASURED = 100_000;

const TYPED_ARRAY = Object.getPrototypeOf(Uint8Array) as object;

/** Whether `value` is a built-in thing that can be copied whole; not an instance of a class that extends one. */
export function isLeaf(value: object): boolean {
  if (types.isProxy(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (types.isMap(value)) return prototype === Map.prototype;
  if (types.isSet(value)) return prototype === Set.prototype;
  if (types.isDate(value)) return prototype === Date.prototype;
  if (types.isRegExp(value)) return prototype === RegExp.prototype;
  if (types.isArrayBuffer(value)) return prototype === ArrayBuffer.prototype;
  if (!ArrayBuffer.isView(value) || types.isSharedArrayBuffer(value.buffer)) return false;
  return types.isDataView(value) ? prototype === DataView.prototype : isBuiltInArray(value);
}

function isBuiltInArray(value: ArrayBufferView): boolean {
  return Buffer.isBuffer(value) || Object.getPrototypeOf(value.constructor) === TYPED_ARRAY;
}

/** A copy; of a map or a set an empty one. A view gets a buffer of its own, as long as what it shows. */
export function copyLeaf(value: object): object {
  if (types.isMap(value)) return new Map();
  if (types.isSet(value)) return new Set();
  if (types.isDate(value)) return new Date(value.getTime());
  if (types.isRegExp(value)) return new RegExp(value);
  if (types.isArrayBuffer(value)) return value.slice(0);
  if (Buffer.isBuffer(value)) return Buffer.from(value);
  if (types.isDataView(value)) {
    return new DataView(value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength));
  }
  const array = value as Uint8Array;
  return new (array.constructor as Uint8ArrayConstructor)(array);
}

/** Estimated bytes of one such value without what a map or set holds. */
export function leafBytes(value: object): number {
  if (types.isMap(value) || types.isSet(value)) return SMALL_BYTES + ENTRY_BYTES * value.size;
  if (types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value)) return SMALL_BYTES + value.byteLength;
  return SMALL_BYTES;
}

/** A header and a byte a letter, in whole words; letters beyond Latin 1 take two. */
export function stringBytes(text: string): number {
  return 2 * WORD + WORD * Math.ceil(text.length / WORD);
}

/** One field of an object: a word, and a box for a number that is no small whole one. */
export function fieldBytes(value: unknown): number {
  return typeof value === 'number' && !Number.isInteger(value) ? 3 * WORD : WORD;
}

/** Estimated bytes of anything by the fields that can be seen, accessors and private ones left out. Changes nothing. */
export function sizeOfInstance(root: unknown): number {
  const met = new Set<object>();
  const left: object[] = [];
  let bytes = 0;
  const take = (value: unknown) => {
    if (typeof value === 'string') bytes += stringBytes(value);
    if (typeof value !== 'object' || value === null || met.has(value) || met.size >= MOST_MEASURED) return;
    met.add(value);
    left.push(value);
  };
  take(root);
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    const slots = types.isProxy(value) || ArrayBuffer.isView(value) ? 0 : takeFields(value, take);
    bytes += leafBytes(value) + slots;
  }
  return bytes;
}

/** Calls `take` with what hangs on an object; returns the bytes of the slots that hold it. */
function takeFields(value: object, take: (item: unknown) => void): number {
  if (Array.isArray(value)) {
    for (const each of value) take(each);
    return WORD * value.length;
  }
  if (types.isMap(value)) {
    for (const [key, each] of value) {
      take(key);
      take(each);
    }
  }
  if (types.isSet(value)) for (const each of value) take(each);
  const fields = Object.values(Object.getOwnPropertyDescriptors(value));
  for (const field of fields) if ('value' in field) take(field.value);
  return fields.reduce((sum, { value }) => sum + fieldBytes(value), 0);
}
