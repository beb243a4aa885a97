/** The dataset types of a project: the built-in ones and its own. */
import { PipelineError, suggestion } from '../core/index.ts';
import type { CatalogTools, Dataset, DatasetDefinition, DatasetType, SessionTools } from './dataset.ts';
import { builtInTypes } from './datasets/index.ts';

/** Finds a dataset type by what a catalog entry calls it. */
export interface DatasetRegistry {
  /** The types' own names. */
  readonly names: readonly string[];
  /** Throws `DATASET_TYPE_UNKNOWN`. `dataset` is the entry's name, for the message. */
  find(type: string, dataset: string): DatasetType;
}

/** Kedro finds a type under these packages too, so a catalog may say them or leave them out. */
const PACKAGES = /^(?:kedro_datasets|kedro\.io)\./;

/** The built-in types plus `own`; an own type replaces a built-in one of its name. Throws `DATASET_INVALID` for a name that `own` has twice. */
export function createRegistry(own: readonly DatasetType[] = []): DatasetRegistry {
  const types = new Map(builtInTypes.map((type) => [type.name, type]));
  const seen = new Set<string>();
  for (const type of own) {
    if (seen.has(type.name)) {
      throw new PipelineError('DATASET_INVALID', `The project defines the dataset type "${type.name}" twice.`);
    }
    seen.add(type.name);
    types.set(type.name, type);
  }
  const names = Object.freeze([...types.keys()]);
  return Object.freeze({
    names,
    find: (type: string, dataset: string) => {
      const found = types.get(type) ?? types.get(type.replace(PACKAGES, ''));
      if (found !== undefined) return found;
      throw new PipelineError(
        'DATASET_TYPE_UNKNOWN',
        `The catalog entry "${dataset}" has the type "${type}", which is not known.${suggestion(type.replace(PACKAGES, ''), names)}`,
        { details: { dataset, type } },
      );
    },
  });
}

/**
 * Opens one filled catalog entry. Checks its options; touches no disk and no network, imports no heavy library. Throws
 * `DATASET_INVALID`, `DATASET_TYPE_UNKNOWN`.
 */
export function openDataset(
  name: string,
  definition: DatasetDefinition,
  tools: SessionTools,
  registry: DatasetRegistry,
): Dataset {
  if (typeof definition.type !== 'string' || definition.type === '') {
    throw new PipelineError(
      'DATASET_INVALID',
      `The catalog entry "${name}" needs the option "type", such as "json.JSONDataset".`,
      { details: { dataset: name } },
    );
  }
  const lent: CatalogTools = { ...tools, open: (inner, nested) => openDataset(inner, nested, tools, registry) };
  return registry.find(definition.type, name).open(name, definition, lent);
}
