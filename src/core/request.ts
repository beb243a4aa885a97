import { suggestion } from './close-matches.ts';
import type { LiveRun, RunRequest } from './contract.ts';
import { PipelineError } from './errors.ts';
import { freezeDeep, isJson, isPlainObject, type JsonObject, type JsonValue } from './json.ts';
import { checkSaveVersion } from './run-ids.ts';

type Shape = 'text' | 'flag' | 'names' | 'object' | 'texts';

const FIELDS = {
  runId: 'text',
  pipelines: 'names',
  runtimeParams: 'object',
  runtimeData: 'object',
  tags: 'names',
  fromNodes: 'names',
  toNodes: 'names',
  nodeNames: 'names',
  fromInputs: 'names',
  toOutputs: 'names',
  namespaces: 'names',
  loadVersions: 'texts',
  saveVersion: 'text',
  onlyMissingOutputs: 'flag',
  outputs: 'names',
} as const satisfies Record<keyof RunRequest, Shape>;

const SAID: Record<Shape, string> = {
  text: 'a text that is not empty',
  flag: 'true or false',
  names: 'a list of names',
  object: 'an object',
  texts: 'an object of texts',
};

/** The run's own copy of what stays in this process; the values themselves are the caller's. */
export function takeLive(given: LiveRun): LiveRun {
  return given.data === undefined ? { ...given } : { ...given, data: { ...given.data } };
}

/**
 * The run's own copy of a request: it may wait for its turn, its caller may reuse and change the one it has,
 * and a node may change its inputs.
 * Throws `REQUEST_INVALID` for an unknown field or a wrong shape, `VERSION_INVALID` for a save version that is no time.
 */
export function takeRequest(given: RunRequest): RunRequest {
  if (!isPlainObject(given)) throw new PipelineError('REQUEST_INVALID', 'A run request is an object.');
  const own: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const shape = (FIELDS as Record<string, Shape>)[field];
    if (shape === undefined)
      throw invalid(field, `The request has no field "${field}".${suggestion(field, Object.keys(FIELDS))}`);
    if (!fits(shape, value)) throw invalid(field, `The request's "${field}" must be ${SAID[shape]}.`);
    own[field] = shape === 'object' ? copyFields(field, value as Record<string, unknown>) : copyOf(value);
  }
  const request = own as RunRequest;
  if (request.saveVersion !== undefined) checkSaveVersion(request.saveVersion);
  freezeDeep(request.runtimeParams);
  return request;
}

function fits(shape: Shape, value: unknown): boolean {
  switch (shape) {
    case 'text':
      return typeof value === 'string' && value !== '';
    case 'flag':
      return typeof value === 'boolean';
    case 'names':
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
    case 'object':
      return isPlainObject(value);
    case 'texts':
      return isPlainObject(value) && Object.values(value).every((item) => typeof item === 'string');
    default: {
      const never: never = shape;
      return never;
    }
  }
}

function invalid(field: string, message: string): PipelineError {
  return new PipelineError('REQUEST_INVALID', message, { details: { field } });
}

function copyFields(field: string, values: Record<string, unknown>): JsonObject {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const copy = copyOf(value);
      if (copy === undefined)
        throw invalid(field, `The request's "${field}" has a value that is not JSON: "${name}"; live.data takes any.`);
      return [name, copy];
    }),
  );
}

/** A copy of a JSON value; undefined when it is none. */
function copyOf(value: unknown): JsonValue | undefined {
  if (typeof value === 'object' && value !== null) return isJson(value) ? structuredClone(value) : undefined;
  return isJson(value) ? value : undefined;
}
