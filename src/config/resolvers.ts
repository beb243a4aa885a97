/** The functions that a `${name:…}` may call: one entry of the table each. */
import { closeMatches, type JsonValue, PipelineError, suggestion } from '../core/index.ts';
import { childOf, chosen, type Filled, known, NEUTRAL, textOf } from './filled.ts';
import { type Filling, isExempt, splitKey, unresolved } from './filling.ts';
import type { Call, Element } from './interpolation.ts';
import { frozenCopy } from './merge.ts';
import { type MapNode, type Place, placeText } from './node.ts';

interface Asking {
  readonly call: Call;
  readonly place: Place;
  readonly filling: Filling;
  /** The first argument as text. */
  readonly name: string;
  /** Fills the second argument; undefined when there is none. */
  readonly fallback: (() => Filled) | undefined;
  readonly lookUp: LookUp;
}

/** What is found by `keys` from `root`, filled. */
export type LookUp = (root: MapNode, keys: readonly string[], filling: Filling) => Filled | undefined;

type Resolver = (asking: Asking) => Filled;

const RESOLVERS: ReadonlyMap<string, Resolver> = new Map<string, Resolver>([
  ['globals', globals],
  ['runtime_params', runtimeParams],
  ['oc.env', environmentVariable],
]);

/** Fills a call. Throws `CONFIG_UNRESOLVED` or `PARAM_MISSING`. */
export function callResolver(
  call: Call,
  place: Place,
  filling: Filling,
  { fill, lookUp }: { fill: (element: Element) => Filled; lookUp: LookUp },
): Filled {
  const resolver = RESOLVERS.get(call.resolver);
  if (resolver === undefined) {
    throw unresolved(call, place, `calls "${call.resolver}".${suggestion(call.resolver, RESOLVERS.keys())}`);
  }
  const [first, second, ...more] = call.args;
  if (first === undefined || more.length > 0) {
    throw unresolved(call, place, `takes a name and, after a comma, a default. Put a text with a comma in quotes.`);
  }
  const name = fill(first);
  // A default that is not needed is not filled, so that it cannot fail.
  const fallback = second === undefined ? undefined : () => fill(second);
  return chosen(resolver({ call, place, filling, name: textOf(name), fallback, lookUp }), [name]);
}

function globals({ call, place, filling, name, fallback, lookUp }: Asking): Filled {
  if (name.startsWith('_')) throw unresolved(call, place, 'names a global with a leading "_"; those are private.');
  const found = lookUp(filling.globals, splitKey(name), filling);
  if (found !== undefined && found.value !== '???') return found;
  if (fallback !== undefined) return fallback();
  const hint = suggestion(name, filling.globals.entries.keys());
  throw unresolved(call, place, `names the global "${name}", which does not exist.${hint}`);
}

function runtimeParams({ place, filling, name, fallback }: Asking): Filled {
  const keys = splitKey(name);
  let given: JsonValue | undefined = filling.params;
  for (const key of keys) given = given === undefined ? undefined : childOf(given, key);
  if (given !== undefined) {
    const filled = known(frozenCopy(given));
    const param = { name: keys.join('.'), value: filled.value };
    const neutral = isExempt(filling.exempt, param.name) ? textOf(filled) : NEUTRAL;
    return { ...filled, asks: true, taints: [{ path: [], params: [param], via: 'value', neutral }] };
  }
  if (fallback !== undefined) return { ...fallback(), asks: true };
  const key = place.path.join('.');
  const close = closeMatches(name, Object.keys(filling.params));
  const hint = close.length === 0 ? '' : ` You gave "${close.join('", "')}".`;
  throw new PipelineError(
    'PARAM_MISSING',
    `The runtime param "${name}" was not given and has no default: "${key}" (${placeText(place)}) needs it. Give it with --params ${name}=… or in runtimeParams, or write a default: \${runtime_params:${name},…}.${hint}`,
    { details: { param: name, key, file: place.file, line: place.line } },
  );
}

function environmentVariable({ call, place, filling, name, fallback }: Asking): Filled {
  if (place.layer.group !== 'credentials') {
    throw unresolved(
      call,
      place,
      'reads the environment, which only credentials may. Move it there, or use a runtime param.',
    );
  }
  const value = Object.hasOwn(filling.environment, name) ? filling.environment[name] : undefined;
  if (value !== undefined) return known(value);
  if (fallback === undefined) throw unresolved(call, place, `names "${name}", which the environment does not have.`);
  const written = fallback();
  return written.value === null ? written : { ...written, value: textOf(written) };
}
