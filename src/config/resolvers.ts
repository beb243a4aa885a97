/** The functions that a `${name:…}` may call: one entry of the table each, and the project's own. */
import { closeMatches, type JsonValue, PipelineError, suggestion } from '../core/index.ts';
import { type Asking, type BuiltIn, chosenBy, nameArgument } from './asking.ts';
import type { FillTools } from './evaluate.ts';
import { type Filled, known, NEUTRAL, type Taint, textOf, together } from './filled.ts';
import { type Filling, isExempt, splitKey, unresolved } from './filling.ts';
import type { Call } from './interpolation.ts';
import { frozenCopy } from './merge.ts';
import { type Place, pathText, placeText } from './node.ts';
import { OC_RESOLVERS } from './oc-resolvers.ts';
import { select } from './references.ts';
import { type Target, valueTarget } from './target.ts';

const RESOLVERS: ReadonlyMap<string, BuiltIn> = new Map<string, BuiltIn>([
  ['globals', { least: 1, most: 2, resolve: globals }],
  ['runtime_params', { least: 1, most: 2, resolve: runtimeParams }],
  ...OC_RESOLVERS,
]);

/** Names that a project's own resolver cannot have. `oc.env` it can: then that one is called, in every group. */
export function isReserved(name: string): boolean {
  return RESOLVERS.has(name) && name !== 'oc.env';
}

/** Fills a call. Every argument is filled first, also a default that is not needed. Throws `CONFIG_UNRESOLVED` or `PARAM_MISSING`. */
export function callResolver(call: Call, place: Place, filling: Filling, tools: FillTools): Target {
  const names = call.resolver.map((part) => (typeof part === 'string' ? known(part) : tools.fill(part)));
  const name = names.map((part) => nameOf(part, call, place)).join('.');
  const own = Object.hasOwn(filling.resolvers, name) && !isReserved(name) ? filling.resolvers[name] : undefined;
  const builtIn = RESOLVERS.get(name);
  if (own === undefined && builtIn === undefined) {
    const all = [...RESOLVERS.keys(), ...Object.keys(filling.resolvers)];
    throw unresolved(call, place, `calls "${name}".${suggestion(name, all)}`);
  }
  const asking: Asking = { call, place, filling, tools, args: call.args.map((element) => tools.argument(element)) };
  const found = own === undefined ? ask(builtIn as BuiltIn, asking) : callOwn(name, own, asking);
  if (found.kind === 'value' && found.filled.value === '???') {
    throw unresolved(call, place, 'gives "???", which stands for a missing value.');
  }
  // What an argument asked for matters even where it was not used: without it the call would have failed.
  const asked = asking.args.flatMap((arg) => (arg.kind === 'value' ? [arg.filled, ...arg.by] : arg.by));
  return { ...found, by: [...found.by, ...names, ...asked.map((filled) => ({ ...filled, taints: [] }))] };
}

function nameOf(part: Filled, call: Call, place: Place): string {
  if (typeof part.value === 'string') return part.value;
  throw unresolved(call, place, `has ${textOf(part)} for the name of a resolver.`);
}

function ask(builtIn: BuiltIn, asking: Asking): Target {
  const { call, place, args } = asking;
  if (args.length < builtIn.least || args.length > builtIn.most) {
    const takes = builtIn.most === 1 ? 'one argument' : 'a name and, after a comma, a default';
    throw unresolved(call, place, `takes ${takes}. Put a text with a comma in quotes.`);
  }
  return builtIn.resolve(asking);
}

function globals(asking: Asking): Target {
  const { call, place, filling, args, tools } = asking;
  const name = nameArgument(asking);
  if (place.layer.group === 'globals') throw unresolved(call, place, 'cannot stand in globals; write ${name} there.');
  if (name.value.startsWith('_')) {
    throw unresolved(call, place, 'names a global with a leading "_"; those are private.');
  }
  const selected = select(filling.globals, splitName(name.value), tools);
  if (selected.kind === 'found') return chosenBy(valueTarget(tools.contentOf(selected.target)), name);
  if (selected.kind === 'name in a list') {
    throw unresolved(call, place, `asks a list for "${selected.key}"; a list has numbers from 0.`);
  }
  const [, fallback] = args;
  if (fallback !== undefined) return chosenBy(fallback, name);
  const hint = suggestion(name.value, filling.globals.entries.keys());
  throw unresolved(call, place, `names the global "${name.value}", which does not exist.${hint}`);
}

function splitName(name: string): string[] {
  const path = name.startsWith('.') ? name.slice(1) : name;
  return path === '' ? [] : splitKey(path);
}

function runtimeParams(asking: Asking): Target {
  const { call, place, filling, args, tools } = asking;
  const name = nameArgument(asking);
  const keys = splitName(name.value);
  const selected = select(filling.params, keys, tools);
  if (selected.kind === 'name in a list') {
    throw unresolved(call, place, `asks a list for "${selected.key}"; a list has numbers from 0.`);
  }
  if (selected.kind === 'found') {
    const filled = tools.contentOf(selected.target);
    const param = { name: keys.join('.'), value: filled.value };
    const neutral = isExempt(filling.exempt, param.name) ? textOf(filled) : NEUTRAL;
    const taints: Taint[] = [{ path: [], params: [param], via: 'value', neutral }];
    return chosenBy(valueTarget({ ...filled, asks: true, taints }), name);
  }
  const [, fallback] = args;
  const asked = { ...known(null), asks: true };
  if (fallback !== undefined) return chosenBy({ ...fallback, by: [...fallback.by, asked] }, name);
  throw paramMissing(name.value, asking);
}

function paramMissing(name: string, { place, filling }: Asking): PipelineError {
  const key = pathText(place.path);
  const close = closeMatches(name, filling.params.entries.keys());
  const hint = close.length === 0 ? '' : ` You gave "${close.join('", "')}".`;
  return new PipelineError(
    'PARAM_MISSING',
    `The runtime param "${name}" was not given and has no default: "${key}" (${placeText(place)}) needs it. Give it with --params ${name}=… or in runtimeParams, or write a default: \${runtime_params:${name},…}.${hint}`,
    { details: { param: name, key, file: place.file, line: place.line } },
  );
}

/** A resolver of the project's own. Its result is asked for again in each run: it may know what the time is. */
function callOwn(
  name: string,
  own: (...args: JsonValue[]) => unknown,
  { call, place, tools, ...asking }: Asking,
): Target {
  const args = asking.args.map((arg) => tools.contentOf(arg));
  let result: unknown;
  try {
    result = own(...args.map((arg) => arg.value));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw unresolved(call, place, `failed: the project's resolver "${name}" says: ${why}`, cause);
  }
  if (!isJson(result)) {
    const what = result instanceof Promise ? 'a promise; it must not be async' : 'what is no JSON value';
    throw unresolved(call, place, `cannot be used: the project's resolver "${name}" returned ${what}.`);
  }
  const value = frozenCopy(result);
  // What was given may be in it, in whatever form: it counts as given whole.
  const params = args.flatMap((arg) => arg.taints).flatMap((taint) => taint.params);
  const taints: Taint[] = params.length === 0 ? [] : [{ path: [], params, via: 'value', neutral: NEUTRAL }];
  const filled = { ...together(value, args), asks: true, taints };
  return valueTarget(filled, { isSealed: typeof value === 'object' && value !== null });
}

function isJson(value: unknown): value is JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return true;
  if (Array.isArray(value)) return value.every(isJson);
  if (typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(isJson);
}
