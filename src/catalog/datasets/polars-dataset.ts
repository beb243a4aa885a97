/**
 * Polars' types for any file: `polars.EagerPolarsDataset` and `polars.LazyPolarsDataset` with `file_format: parquet`, `csv` or
 * `json`. A table either way; the other options are those of the format.
 */
import { PipelineError } from '../../core/index.ts';
import type { CatalogTools, DatasetDefinition, DatasetType } from '../dataset.ts';
import { polarsCsvDataset } from './csv-dataset.ts';
import { pandasJsonDataset } from './pandas-json-dataset.ts';
import { parquetDataset } from './parquet-dataset.ts';

const FORMATS: Readonly<Record<string, DatasetType>> = {
  parquet: parquetDataset,
  csv: polarsCsvDataset,
  json: pandasJsonDataset,
};

export const eagerPolarsDataset = polarsType('polars.EagerPolarsDataset');
export const lazyPolarsDataset = polarsType('polars.LazyPolarsDataset');

function polarsType(type: string): DatasetType {
  return Object.freeze({
    name: type,
    open(name: string, { file_format: given, ...rest }: DatasetDefinition, tools: CatalogTools) {
      const format = typeof given === 'string' ? FORMATS[given.toLowerCase()] : undefined;
      if (format === undefined) {
        const message = `The catalog entry "${name}" needs the option "file_format": parquet, csv or json.`;
        throw new PipelineError('DATASET_INVALID', message, { details: { dataset: name } });
      }
      const save_args =
        format === pandasJsonDataset ? { orient: 'records', ...(rest.save_args as object) } : rest.save_args;
      return Object.freeze({
        ...format.open(name, { ...rest, ...(save_args === undefined ? {} : { save_args }) }, tools),
        type,
      });
    },
  });
}
