/** Fills a template for one run. Pure: same template and options, same result; what no param can change is one object. */
import type { JsonObject } from '../core/index.ts';
import { fillCatalogEntry } from './entry.ts';
import { evaluate } from './evaluate.ts';
import { mergeLayers, mergeParams } from './merge.ts';
import { mapNode } from './node.ts';
import { type ConfigTemplate, type FillOptions, INSIDE, startFilling } from './template.ts';

/**
 * The parameters, with `runtimeParams` laid over them deep before the holes are filled, so that `${a}` sees a given `a`.
 * Deep-frozen. Throws `CONFIG_UNRESOLVED` or `PARAM_MISSING`.
 */
export function fillParameters(template: ConfigTemplate, options: FillOptions = {}): JsonObject {
  const data = template[INSIDE];
  const { base, env, strategy, root } = data.groups.parameters;
  const params = options.runtimeParams ?? {};
  if (Object.keys(params).length === 0) return evaluate(root, startFilling(data, options)).value as JsonObject;
  const [overBase, overEnv] = [mergeParams(base.root, params), mergeParams(env.root, params)];
  // Only what the environment's files name replaces the base's: else a param given for `m.a` would drop the base's `m.b`.
  const own = mapNode(new Map([...overEnv.entries].filter(([key]) => env.root.entries.has(key))));
  const roots = new Map([
    [base, overBase],
    [env, overEnv],
  ]);
  return evaluate(mergeLayers(overBase, own, strategy), startFilling(data, options, roots)).value as JsonObject;
}

/**
 * One catalog entry with its holes filled and `credentials: name` replaced by the credentials of that name. Deep-frozen.
 * A broken neighbour does not matter. Throws `DATASET_NOT_FOUND`, `DATASET_INVALID`, `CONFIG_UNRESOLVED`,
 * `PARAM_MISSING`, `PARAM_NOT_ALLOWED` or `CREDENTIALS_NOT_FOUND`.
 */
export function fillEntry(template: ConfigTemplate, name: string, options: FillOptions = {}): JsonObject {
  const data = template[INSIDE];
  const constant = data.entries.get(name);
  if (constant !== undefined) return constant;
  const { catalog, credentials } = data.groups;
  return fillCatalogEntry(name, catalog.root, credentials.root, startFilling(data, options)).value;
}

/** The globals, private keys left out. Deep-frozen. Throws `CONFIG_UNRESOLVED` or `PARAM_MISSING`. */
export function fillGlobals(template: ConfigTemplate, options: FillOptions = {}): JsonObject {
  const data = template[INSIDE];
  return evaluate(data.groups.globals.root, startFilling(data, options)).value as JsonObject;
}
