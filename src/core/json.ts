/** A value that JSON can hold, and so can cross a process, a pipe or a Temporal history unchanged. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

/** A plain JSON object. */
export type JsonObject = { [key: string]: JsonValue };

/** Whether `value` is an object made by a literal or by `JSON.parse`: no class instance, array or null. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Whether `value` survives JSON unchanged: strings, finite numbers, booleans, null, and arrays and plain objects of
 * these. `undefined`, NaN, bigint, dates, class instances and cycles do not.
 */
export function isJson(value: unknown, open: Set<object> = new Set()): value is JsonValue {
  if (value === null) return true;
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object':
      return isJsonContainer(value, open);
    default:
      return false;
  }
}

function isJsonContainer(value: object, open: Set<object>): boolean {
  if (open.has(value)) return false;
  const items = Array.isArray(value) ? value : isPlainObject(value) ? Object.values(value) : undefined;
  if (items === undefined) return false;
  open.add(value);
  const fits = items.every((item) => isJson(item, open));
  open.delete(value);
  return fits;
}

/** Freezes plain objects and arrays all the way down; class instances (a model, a date, a buffer) are left alone. */
export function freezeDeep<T>(value: T, met: Set<object> = new Set()): T {
  if (typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value) && !isPlainObject(value)) return value;
  if (Object.isFrozen(value)) {
    // Frozen by its maker, perhaps, and not all the way down; or met before, in a circle.
    if (met.has(value)) return value;
    met.add(value);
  }
  Object.freeze(value);
  for (const item of Object.values(value)) freezeDeep(item, met);
  return value;
}
