/** Values of parameters, as they are configured. */
import { isPlainObject, type JsonObject, type JsonValue, type NodeDescription } from '../core/index.ts';
import { isParameterName } from './ids.ts';

/** The value of `parameters`, `params:a` or `params:a.b`; null where it is not known. */
export function parameterValue(name: string, parameters: JsonObject): JsonValue {
  if (name === 'parameters') return parameters;
  const key = parameterKey(name);
  if (Object.hasOwn(parameters, key)) return parameters[key] ?? null;
  let value: JsonValue = parameters;
  for (const part of key.split('.')) {
    if (!isPlainObject(value) || !Object.hasOwn(value, part)) return null;
    value = (value as JsonObject)[part] ?? null;
  }
  return value;
}

/** The parameters that a node takes: all of them, or those it names. */
export function parametersOfNode({ inputs }: NodeDescription, parameters: JsonObject): JsonObject {
  const names = inputs.filter(isParameterName);
  const all = names.includes('parameters') ? parameters : {};
  const named = names.filter((name) => name !== 'parameters');
  return {
    ...all,
    ...Object.fromEntries(named.map((name) => [parameterKey(name), parameterValue(name, parameters)])),
  };
}

/** `params:a.b` → `a.b`. */
export function parameterKey(name: string): string {
  return name.replace(/^params:/i, '');
}
