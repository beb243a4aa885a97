/** What can be said about a template without a run. */
import { isPipelineError, isPlainObject, type JsonValue, PipelineError, suggestion } from '../core/index.ts';
import { evaluate } from './evaluate.ts';
import type { ConfigNode } from './node.ts';
import { type ConfigTemplate, INSIDE, startFilling } from './template.ts';

/** A catalog entry as configured: holes that a run fills are shown as they are written. */
export interface EntryDescription {
  type?: string;
  filepath?: string;
  versioned?: boolean;
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
  const walk = (node: ConfigNode, above: string): string[] => {
    if (node.kind !== 'map') return names(filledAlone(template, node) ?? null, above);
    return [...node.entries].flatMap(([key, item]) => [`${above}${key}`, ...walk(item, `${above}${key}.`)]);
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
  const [type, filepath, versioned] = ['type', 'filepath', 'versioned'].map((key) => field(template, node, key));
  return {
    ...(typeof type === 'string' ? { type } : {}),
    ...(typeof filepath === 'string' ? { filepath } : {}),
    ...(typeof versioned === 'boolean' ? { versioned } : {}),
  };
}

function field(template: ConfigTemplate, node: ConfigNode, key: string): JsonValue | undefined {
  if (node.kind !== 'map') {
    const value = filledAlone(template, node);
    return isPlainObject(value) ? (value[key] as JsonValue) : undefined;
  }
  const child = node.entries.get(key);
  if (child === undefined) return undefined;
  if (child.kind === 'value') return child.value;
  if (child.kind === 'broken') return child.source;
  const constant = template[INSIDE].constants.get(child);
  return constant === undefined && child.kind === 'text' ? child.source : constant?.value;
}

function filledAlone(template: ConfigTemplate, node: ConfigNode): JsonValue | undefined {
  try {
    return evaluate(node, startFilling(template[INSIDE])).value;
  } catch (error) {
    if (isPipelineError(error)) return undefined;
    throw error;
  }
}
