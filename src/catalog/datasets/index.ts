import type { DatasetType } from '../dataset.ts';
import { pandasCsvDataset, polarsCsvDataset } from './csv-dataset.ts';
import { jsonDataset } from './json-dataset.ts';
import { memoryDataset } from './memory-dataset.ts';
import { parquetDataset } from './parquet-dataset.ts';
import { queryDataset } from './query-dataset.ts';
import { textDataset } from './text-dataset.ts';

/** Every dataset type that comes with the package. */
export const builtInTypes: readonly DatasetType[] = Object.freeze([
  memoryDataset,
  jsonDataset,
  textDataset,
  pandasCsvDataset,
  polarsCsvDataset,
  parquetDataset,
  queryDataset,
]);
