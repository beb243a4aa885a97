/** Fills a template for one run. Pure: same template and options, same result; what no param can change is one object. */
import { isPipelineError, type JsonObject, type JsonValue } from '../core/index.ts';
import { fillCatalogEntry } from './entry.ts';
import { contentOf, evaluate, targetOf } from './evaluate.ts';
import type { Filling } from './filling.ts';
import { mergeLayers } from './merge.ts';
import { type Layer, type MapNode, mapNode } from './node.ts';
import { layParams, type Peek } from './overlay.ts';
import { paramsTree } from './params.ts';
import { type ConfigTemplate, type FillOptions, INSIDE, type StartOptions, startFilling } from './template.ts';

/**
 * The parameters, with `runtimeParams` laid over them deep before the holes are filled, so that `${a}` sees a given `a`; of
 * `only` those keys of the top level that are there, whatever is wrong with the others. Deep-frozen. Throws `CONFIG_SYNTAX`,
 * `CONFIG_UNRESOLVED` or `PARAM_MISSING`.
 */
export function fillParameters(
  template: ConfigTemplate,
  options: FillOptions = {},
  only?: ReadonlySet<string>,
): JsonObject {
  const { root, filling } = parametersOf(template, options);
  if (only === undefined) return evaluate(root, filling).value as JsonObject;
  const filled: [string, JsonValue][] = [];
  for (const key of only) {
    const node = root.entries.get(key);
    if (node !== undefined) filled.push([key, evaluate(node, filling).value]);
  }
  return Object.freeze(Object.fromEntries(filled));
}

/** The merged parameters with params laid over, and a filling in which each layer sees its own. */
export function parametersOf(
  template: ConfigTemplate,
  options: StartOptions,
): { root: MapNode; layers: readonly MapNode[]; filling: Filling } {
  const data = template[INSIDE];
  const { base, env, strategy, root } = data.groups.parameters;
  const params = paramsTree(options.runtimeParams);
  if (params.entries.size === 0) {
    return { root, layers: [base.root, env.root], filling: startFilling(data, options) };
  }
  const peek = (layer: Layer): Peek => {
    return (text, current) => {
      const filling = startFilling(data, options, [[layer, current]]);
      try {
        const target = targetOf(text, filling);
        return { target, value: () => contentOf(target, filling).value };
      } catch (error) {
        if (isPipelineError(error)) return undefined;
        throw error;
      }
    };
  };
  const [overBase, overEnv] = [layParams(base, params, peek(base)), layParams(env, params, peek(env))];
  // Only what the environment's files name replaces the base's: else a param given for `m.a` would drop the base's `m.b`.
  const own = mapNode(new Map([...overEnv.entries].filter(([key]) => env.root.entries.has(key))));
  const filling = startFilling(data, options, [
    [base, overBase],
    [env, overEnv],
  ]);
  return { root: mergeLayers(overBase, own, strategy), layers: [overBase, overEnv], filling };
}

/**
 * One catalog entry with its holes filled and `credentials: name` replaced by the credentials of that name. Deep-frozen.
 * A broken neighbour does not matter. Throws `DATASET_NOT_FOUND`, `DATASET_INVALID`, `CONFIG_SYNTAX`, `CONFIG_UNRESOLVED`,
 * `PARAM_MISSING`, `PARAM_NOT_ALLOWED` or `CREDENTIALS_NOT_FOUND`.
 */
export function fillEntry(template: ConfigTemplate, name: string, options: FillOptions = {}): JsonObject {
  const data = template[INSIDE];
  const constant = data.entries.get(name);
  if (constant !== undefined) return constant;
  const { catalog, credentials } = data.groups;
  const entry = fillCatalogEntry(name, catalog.root, credentials.root, startFilling(data, options));
  if (!entry.asks) data.entries.set(name, entry.value);
  return entry.value;
}

/** The globals, private keys left out. Deep-frozen. Throws `CONFIG_SYNTAX`, `CONFIG_UNRESOLVED` or `PARAM_MISSING`. */
export function fillGlobals(template: ConfigTemplate, options: FillOptions = {}): JsonObject {
  const data = template[INSIDE];
  return evaluate(data.groups.globals.root, startFilling(data, options)).value as JsonObject;
}
