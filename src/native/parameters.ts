import { type JsonObject, type JsonValue, PipelineError, suggestion } from '../core/index.ts';
import type { RunPlan } from '../runner/index.ts';

/** Puts the parameters that a plan uses into its slots. Throws `PARAMETER_NOT_FOUND`. */
export function placeParameters(plan: RunPlan, values: unknown[], parameters: () => JsonObject): void {
  for (const slot of plan.slots) {
    if (slot.kind !== 'parameter' || values[slot.index] !== undefined) continue;
    values[slot.index] =
      slot.name === 'parameters' ? parameters() : parameterAt(parameters(), slot.name.slice('params:'.length));
  }
}

/** The parameter at a path of keys, `a.b.c`; a key that holds dots itself is found too. */
function parameterAt(parameters: JsonObject, path: string): JsonValue {
  if (Object.hasOwn(parameters, path)) return parameters[path] as JsonValue;
  let at: JsonValue = parameters;
  for (const key of path.split('.')) {
    const inside: JsonObject = isObject(at) ? at : {};
    if (!Object.hasOwn(inside, key)) throw notFound(path, key, Object.keys(inside));
    at = inside[key] as JsonValue;
  }
  return at;
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notFound(path: string, key: string, known: string[]): PipelineError {
  return new PipelineError(
    'PARAMETER_NOT_FOUND',
    `There is no parameter "${path}"; add it to parameters.yml or give it in runtimeParams.${suggestion(key, known)}`,
    {
      details: { parameter: path },
    },
  );
}
