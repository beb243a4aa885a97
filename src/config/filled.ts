/** What filling a node gives: the value, and what it took to get there. */
import { isPlainObject, type JsonValue } from '../core/index.ts';
import { indexOf, isIndex, keyRepr, keyText } from './keys.ts';
import { mergeValues } from './merge.ts';
import { type Print, pythonRepr } from './python.ts';

/** A runtime param that a run gave, under the name that the hole writes. */
export interface GivenParam {
  readonly name: string;
  readonly value: JsonValue;
}

/** That a value depends on runtime params. */
export interface Taint {
  /** Where below the value. */
  readonly path: readonly string[];
  readonly params: readonly GivenParam[];
  /** `value`: what was given is in the text. `choice`: it only chose which of the written values is used. */
  readonly via: 'value' | 'choice';
  /** The text with {@link NEUTRAL} in place of what was given, unless that param is exempt. */
  readonly neutral: string;
}

/** Stands for what was given. A path of it climbs nowhere; it is no drive letter either. */
export const NEUTRAL = 'given';

/** A filled node. `value` is frozen. */
export interface Filled {
  readonly value: JsonValue;
  /** How Python prints it, where `value` does not tell. */
  readonly print?: Print | undefined;
  /** Whether it asked for a runtime param, given or not: if so it may differ from run to run. */
  readonly asks: boolean;
  /** Whether it looked at other keys of its layer: if so, runtime params laid over that layer may change it. */
  readonly reads: boolean;
  readonly taints: readonly Taint[];
}

const NO_TAINTS: readonly Taint[] = Object.freeze([]);

/** A value that depends on nothing. */
export function known(value: JsonValue, print?: Print): Filled {
  return { value, print, asks: false, reads: false, taints: NO_TAINTS };
}

/** What it takes to fill several, with `paths[i]` in front of the i-th's taints. */
export function together(value: JsonValue, parts: readonly Filled[], keys?: readonly string[]): Filled {
  return {
    value,
    asks: parts.some((part) => part.asks),
    reads: parts.some((part) => part.reads),
    taints: collect(parts, keys),
  };
}

/** A list of several. */
export function listOf(parts: readonly Filled[]): Filled {
  const value = Object.freeze(parts.map((part) => part.value)) as JsonValue[];
  const whole = together(value, parts, [...parts.keys()].map(String));
  if (!parts.some(hasPrint)) return whole;
  const repr = `[${parts.map(reprOf).join(', ')}]`;
  return { ...whole, print: { repr, json: `[${parts.map(jsonOf).join(',')}]` } };
}

/** A mapping of several, by the ids of their keys. */
export function mapOf(entries: readonly (readonly [string, Filled])[]): Filled {
  const value = Object.freeze(Object.fromEntries(entries.map(([key, part]) => [keyText(key), part.value])));
  const parts = entries.map(([, part]) => part);
  const whole = together(
    value,
    parts,
    entries.map(([key]) => keyText(key)),
  );
  if (!parts.some(hasPrint) && entries.every(([key]) => keyText(key) === key)) return whole;
  const repr = `{${entries.map(([key, part]) => `${keyRepr(key)}: ${reprOf(part)}`).join(', ')}}`;
  const json = `{${entries.map(([key, part]) => `${JSON.stringify(keyText(key))}:${jsonOf(part)}`).join(',')}}`;
  return { ...whole, print: { repr, json } };
}

/** `above` laid over `below`, deep. Numbers whose digits JavaScript does not tell keep those of JavaScript. */
export function laidOver(below: Filled, above: Filled): Filled {
  const both = together(mergeValues(below.value, above.value), [below, above]);
  return { ...both, taints: both.taints.filter((t) => above.taints.includes(t) || !replaces(above.value, t.path)) };
}

/** A text made of several; `texts` says how each is written in it. */
export function joined(parts: readonly Filled[], texts: readonly string[]): Filled {
  const text = texts.join('');
  const all = parts.flatMap((part) => part.taints);
  if (all.length === 0) return together(text, parts);
  const neutral = parts.map((part, index) => neutralOf(part, texts[index] ?? '')).join('');
  const taints = (['value', 'choice'] as const)
    .map((via) => ({ via, params: paramsOf(all.filter((taint) => taint.via === via)) }))
    .filter(({ params }) => params.length > 0)
    .map(({ via, params }): Taint => ({ path: [], params, via, neutral }));
  return { ...together(text, parts), taints };
}

/** The value under `key`, or undefined when there is none. */
export function under(filled: Filled, key: string): Filled | undefined {
  const value = childOf(filled.value, key);
  if (value === undefined) return undefined;
  const taints = filled.taints
    .filter((taint) => taint.path.length === 0 || taint.path[0] === key)
    .map((taint) => ({ ...taint, path: taint.path.slice(1) }));
  return { value, asks: filled.asks, reads: filled.reads, taints };
}

/** `filled`, which a runtime param in `by` has chosen. */
export function chosen(filled: Filled, by: readonly Filled[]): Filled {
  if (by.every((part) => !part.asks && !part.reads && part.taints.length === 0)) return filled;
  const params = paramsOf(by.flatMap((part) => part.taints));
  const rest = together(filled.value, [filled, ...by.map((part) => ({ ...part, taints: NO_TAINTS }))]);
  const taints: Taint[] = [...filled.taints];
  if (params.length > 0) taints.push({ path: [], params, via: 'choice', neutral: '' });
  return { ...rest, print: filled.print, taints };
}

/** As it lands in a longer text. */
export function textOf(filled: Filled): string {
  return typeof filled.value === 'string' ? filled.value : reprOf(filled);
}

/** As JSON, with all digits of its numbers. */
export function jsonOf(filled: Filled): string {
  return filled.print?.json ?? JSON.stringify(filled.value);
}

/** A child of a filled value by key or index. */
export function childOf(value: JsonValue, key: string): JsonValue | undefined {
  if (Array.isArray(value)) return itemOf(value, key);
  return isPlainObject(value) && Object.hasOwn(value, key) ? (value[key] as JsonValue) : undefined;
}

function replaces(value: JsonValue, path: readonly string[]): boolean {
  if (!isPlainObject(value)) return true;
  const [key, ...rest] = path;
  const child = key === undefined ? undefined : childOf(value as JsonValue, key);
  return child !== undefined && replaces(child, rest);
}

function hasPrint(filled: Filled): boolean {
  return filled.print !== undefined;
}

function reprOf(filled: Filled): string {
  return filled.print?.repr ?? pythonRepr(filled.value);
}

function paramsOf(taints: readonly Taint[]): GivenParam[] {
  return [...new Map(taints.flatMap((taint) => taint.params).map((param) => [param.name, param])).values()];
}

/** An item by its index as text; -1 is the last. */
export function itemOf<T>(items: readonly T[], index: string): T | undefined {
  return isIndex(index) ? items.at(indexOf(index)) : undefined;
}

function neutralOf(filled: Filled, text: string): string {
  const given = filled.taints.filter((taint) => taint.via === 'value');
  if (given.length === 0) return text;
  return given.find((taint) => taint.path.length === 0)?.neutral ?? NEUTRAL;
}

function collect(parts: readonly Filled[], keys: readonly string[] | undefined): readonly Taint[] {
  if (parts.every((part) => part.taints.length === 0)) return NO_TAINTS;
  return parts.flatMap((part, index) => {
    const key = keys?.[index];
    return key === undefined ? part.taints : part.taints.map((taint) => ({ ...taint, path: [key, ...taint.path] }));
  });
}
