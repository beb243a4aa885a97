/** What can be said about a template without a run. */
import { isPipelineError, isPlainObject, type JsonValue, PipelineError, suggestion } from '../core/index.ts';
import { evaluate } from './evaluate.ts';
import type { Filled } from './filled.ts';
import { keyText } from './keys.ts';
import { type ConfigNode, opened } from './node.ts';
import { type ConfigTemplate, INSIDE, startFilling } from './template.ts';

/** A catalog entry as configured: holes that a run fills are shown as they are written. */
export interface EntryDescription {
  type?: string;
  filepath?: string;
  versioned?: boolean;
  /** `metadata: { kedro-viz: { layer } }`. */
  layer?: string;
}

/** Names of all parameters, nested ones with dots: `a`, `a.b`. */
export function parameterNames(template: ConfigTemplate): string[] {
  const { groups } = template[INSIDE];
  const names = (value: JsonValue, above: string): string[] =>
    isPlainObject(value)
      ? Object.entries(value).flatMap(([key, item]) => [
          `${above}${key}`,
          ...names(item as JsonValue, `${above}${key}.`),
        ])
      : [];
  const walk = (given: ConfigNode, above: string): string[] => {
    const node = openedAlone(given);
    if (node?.kind !== 'map') return names(filledAlone(template, given)?.value ?? null, above);
    return [...node.entries].flatMap(([id, item]) => {
      const name = `${above}${keyText(id)}`;
      return [name, ...walk(item, `${name}.`)];
    });
  };
  return walk(groups.parameters.root, '');
}

/** The entry `name`. Throws `DATASET_NOT_FOUND`. */
export function describeEntry(template: ConfigTemplate, name: string): EntryDescription {
  const { entries } = template[INSIDE].groups.catalog.root;
  const node = entries.get(name);
  if (node === undefined) {
    throw new PipelineError(
      'DATASET_NOT_FOUND',
      `The catalog has no dataset "${name}".${suggestion(name, entries.keys())}`,
      { details: { dataset: name } },
    );
  }
  const [type, own, versioned, metadata] = ['type', 'filepath', 'versioned', 'metadata'].map((key) =>
    field(template, node, key),
  );
  const shown = isPlainObject(metadata) ? metadata['kedro-viz'] : undefined;
  const layer = isPlainObject(shown) ? shown.layer : undefined;
  // A wrapper, such as CachedDataset, is where the dataset inside is.
  const entry = openedAlone(node);
  const inner = entry?.kind === 'map' ? entry.entries.get('dataset') : undefined;
  const filepath = own ?? (inner === undefined ? undefined : field(template, inner, 'filepath'));
  return {
    ...(typeof type === 'string' ? { type } : {}),
    ...(typeof filepath === 'string' ? { filepath } : {}),
    ...(typeof versioned === 'boolean' ? { versioned } : {}),
    ...(typeof layer === 'string' ? { layer } : {}),
  };
}

function field(template: ConfigTemplate, given: ConfigNode, key: string): JsonValue | undefined {
  const node = openedAlone(given);
  if (node?.kind !== 'map') {
    const value = filledAlone(template, given)?.value;
    return isPlainObject(value) ? (value[key] as JsonValue) : undefined;
  }
  const child = node.entries.get(key);
  if (child === undefined) return undefined;
  if (child.kind === 'value') return child.value;
  if (child.kind === 'broken') return child.source;
  const filled = filledAlone(template, child);
  const isKnown = filled !== undefined && !filled.asks;
  return !isKnown && child.kind === 'text' ? child.source : filled?.value;
}

// What cannot be read or filled is shown by whoever opens it.
function openedAlone(node: ConfigNode): ReturnType<typeof opened> | undefined {
  return alone(() => opened(node));
}

function filledAlone(template: ConfigTemplate, node: ConfigNode): Filled | undefined {
  return alone(() => evaluate(node, startFilling(template[INSIDE])));
}

function alone<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (isPipelineError(error)) return undefined;
    throw error;
  }
}
