/**
 * Keys of mappings. YAML's may be numbers and booleans, and `1` is not `"1"`; a node's entries keep both in one map of
 * strings: a key that is no text has a mark in front.
 */
import { pythonRepr, type Scalar } from './python.ts';

const MARK = '\0';

/** The id of a key; a text is its own. */
export function keyId({ value, print }: Scalar): string {
  if (typeof value === 'string') return value;
  return `${MARK}${print?.repr ?? pythonRepr(value)}`;
}

/** Whether the key is a number or boolean. */
export function isTyped(id: string): boolean {
  return id.startsWith(MARK);
}

/** The key as JSON has it. */
export function keyText(id: string): string {
  if (!isTyped(id)) return id;
  const text = id.slice(1);
  if (text === 'None') return 'null';
  return text === 'True' || text === 'False' ? text.toLowerCase() : text;
}

/** The key as Python prints it in a longer name. */
export function keyName(id: string): string {
  return isTyped(id) ? id.slice(1) : id;
}

/** The key as Python prints it in a mapping. */
export function keyRepr(id: string): string {
  return isTyped(id) ? id.slice(1) : pythonRepr(id);
}

/** The id under which `entries` has a key that Python holds to be the same: `1`, `1.0` and `true` are one. */
export function sameKey(entries: ReadonlyMap<string, unknown>, id: string): string | undefined {
  if (entries.has(id) || !isTyped(id)) return entries.has(id) ? id : undefined;
  const wanted = numberOf(id);
  for (const other of entries.keys()) if (isTyped(other) && numberOf(other) === wanted) return other;
  return undefined;
}

/** The id that a name in a path finds: the text, else the whole number. */
export function namedKey(entries: ReadonlyMap<string, unknown>, name: string): string | undefined {
  if (entries.has(name)) return name;
  if (!isIndex(name)) return undefined;
  const id = `${MARK}${indexOf(name)}`;
  return entries.has(id) ? id : undefined;
}

/** A whole number and a text of the same digits in one mapping: OmegaConf refuses them. */
export function conflictingKey(entries: ReadonlyMap<string, unknown>): string | undefined {
  for (const id of entries.keys()) {
    if (isTyped(id) && /^-?\d+$/.test(id.slice(1)) && entries.has(id.slice(1))) return id.slice(1);
  }
  return undefined;
}

/** Whether Python's `int` reads `text`. */
export function isIndex(text: string): boolean {
  return /^\s*[-+]?\d+(?:_\d+)*\s*$/.test(text);
}

/** The number that `isIndex` text says. */
export function indexOf(text: string): number {
  return Number(text.replaceAll('_', ''));
}

function numberOf(id: string): number {
  const text = id.slice(1);
  if (text === 'True' || text === 'False') return text === 'True' ? 1 : 0;
  if (text.endsWith('inf')) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}
