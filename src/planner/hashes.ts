import type { JsonValue } from '../core/index.ts';

const OFFSET_BASIS = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/**
 * FNV-1a, 64 bits, as 16 hexadecimal digits, over the canonical JSON of `value`: keys sorted, no white space, every
 * character outside ASCII as `\uXXXX`. The same value gives the same hash in every process and in the workflow sandbox,
 * which has no crypto. It tells that something has drifted; it does not stop a person who wants to forge it.
 */
export function hashJson(value: JsonValue): string {
  return hashAscii(canonicalJson(value));
}

/** FNV-1a, 64 bits, as 16 hexadecimal digits, over ASCII text. */
export function hashAscii(text: string): string {
  let hash = OFFSET_BASIS;
  for (let i = 0; i < text.length; i++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * PRIME);
  }
  return hash.toString(16).padStart(16, '0');
}

function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([key, item]) => `${asciiText(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  return typeof value === 'string' ? asciiText(value) : JSON.stringify(value);
}

function asciiText(text: string): string {
  return JSON.stringify(text).replace(
    /[^\0-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
