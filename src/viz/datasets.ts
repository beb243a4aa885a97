/** What the catalog says of a dataset, in kedro-viz's words. */
import { factoryMatcher, fillPlaceholders, isFactory } from '../catalog/index.ts';
import { type Broken, type DatasetDescription, isPipelineError, type ProjectDescription } from '../core/index.ts';

const IN_MEMORY: DatasetDescription = { type: 'MemoryDataset' };

/** Finds the catalog's entry for a name, by a factory too; what it does not have is in memory. */
export function datasetFinder({
  datasets,
}: Pick<ProjectDescription, 'datasets'>): (name: string) => DatasetDescription | Broken {
  const match = factoryMatcher(Object.keys(datasets).filter(isFactory));
  return (name) => {
    const own = Object.hasOwn(datasets, name) ? datasets[name] : undefined;
    if (own !== undefined) return own;
    try {
      const found = match(name);
      const factory = found === undefined ? undefined : datasets[found.pattern];
      if (found === undefined || factory === undefined) return IN_MEMORY;
      if ('error' in factory) return factory;
      return { ...factory, ...fillPlaceholders(texts(factory), found.placeholders) };
    } catch (error) {
      if (!isPipelineError(error)) throw error;
      return { error: { code: error.code, message: error.message } };
    }
  };
}

/**
 * A type of the catalog as kedro-viz writes it, by which its page chooses the icon: the last two parts of the module, and
 * the class. `pandas.CSVDataset` is `pandas.csv_dataset.CSVDataset`; a type with a module of its own keeps it.
 */
export function shownType(type: string): string {
  const parts = type.replace(/^kedro_datasets\.|^kedro\.(?=io\.)/, '').split('.');
  const name = parts.pop() ?? type;
  const module = parts.slice(-2);
  if (module.length === 2) return [...module, name].join('.');
  return [...(module.length === 0 ? ['io'] : module), moduleOf(name), name].join('.');
}

/** `GBQTableDataset` → `gbq_table_dataset`. */
function moduleOf(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, (_, low = '', high = '', last = '') =>
      last === '' ? `${low}_${high}` : `${last}_`,
    )
    .toLowerCase();
}

function texts({ type, filepath }: DatasetDescription): { type: string; filepath?: string } {
  return { type, ...(filepath === undefined ? {} : { filepath }) };
}
