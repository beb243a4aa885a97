/** One catalog entry, filled: the holes, the guard, the credentials. */
import { isPlainObject, type JsonObject, type JsonValue, PipelineError, suggestion } from '../core/index.ts';
import { evaluate } from './evaluate.ts';
import type { Filling } from './filling.ts';
import { guardEntry } from './guard.ts';
import type { MapNode } from './node.ts';

/** A filled entry, and whether runtime params may change it. */
export interface FilledEntry {
  readonly value: JsonObject;
  readonly asks: boolean;
}

/**
 * Fills the entry `name` of `catalog`. Throws `DATASET_NOT_FOUND`, `DATASET_INVALID`, `CONFIG_UNRESOLVED`,
 * `PARAM_MISSING`, `PARAM_NOT_ALLOWED` or `CREDENTIALS_NOT_FOUND`.
 */
export function fillCatalogEntry(name: string, catalog: MapNode, credentials: MapNode, filling: Filling): FilledEntry {
  const node = catalog.entries.get(name);
  if (node === undefined) {
    throw new PipelineError(
      'DATASET_NOT_FOUND',
      `The catalog has no dataset "${name}".${suggestion(name, catalog.entries.keys())}`,
      { details: { dataset: name } },
    );
  }
  const filled = evaluate(node, filling);
  if (!isPlainObject(filled.value)) {
    throw new PipelineError('DATASET_INVALID', `The catalog entry "${name}" must be a mapping with a "type".`, {
      details: { dataset: name },
    });
  }
  guardEntry(name, filled, filling.exempt);
  let asks = filled.asks;
  const fetch = (wanted: string): JsonValue => {
    const found = credentials.entries.get(wanted);
    if (found === undefined) throw noCredentials(name, wanted, credentials);
    const secret = evaluate(found, filling);
    guardEntry(name, secret, filling.exempt);
    asks ||= secret.asks;
    return secret.value;
  };
  return { value: withCredentials(filled.value as JsonObject, fetch), asks };
}

// As in Kedro: at any depth of mappings, not inside lists; credentials that are written in place stay.
function withCredentials(entry: JsonObject, fetch: (wanted: string) => JsonValue): JsonObject {
  const filled = Object.entries(entry).map(([key, value]): [string, JsonValue] => {
    if (key === 'credentials' && typeof value === 'string') return [key, fetch(value)];
    return [key, isPlainObject(value) ? withCredentials(value as JsonObject, fetch) : value];
  });
  const changed = filled.some(([key, value]) => value !== entry[key]);
  return changed ? Object.freeze(Object.fromEntries(filled)) : entry;
}

function noCredentials(dataset: string, wanted: string, credentials: MapNode): PipelineError {
  return new PipelineError(
    'CREDENTIALS_NOT_FOUND',
    `The dataset "${dataset}" names the credentials "${wanted}", which no credentials file of the environment has.${suggestion(wanted, credentials.entries.keys())}`,
    { details: { dataset, credentials: wanted } },
  );
}
