import type { DatasetType } from '../dataset.ts';
import { apiDataset } from './api-dataset.ts';
import { bytesDataset, matplotlibDataset, pillowImageDataset } from './bytes-dataset.ts';
import { cachedDataset } from './cached-dataset.ts';
import { pandasCsvDataset, polarsCsvDataset } from './csv-dataset.ts';
import { duckdbTableDataset, ibisTableDataset } from './duckdb-table-dataset.ts';
import { excelDataset } from './excel-dataset.ts';
import { jsonDataset } from './json-dataset.ts';
import { memoryDataset } from './memory-dataset.ts';
import { pandasJsonDataset } from './pandas-json-dataset.ts';
import { parquetDataset } from './parquet-dataset.ts';
import { partitionedDataset } from './partitioned-dataset.ts';
import { eagerPolarsDataset, lazyPolarsDataset } from './polars-dataset.ts';
import { queryDataset } from './query-dataset.ts';
import { sqlQueryDataset } from './sql-query-dataset.ts';
import { sqlTableDataset } from './sql-table-dataset.ts';
import { textDataset } from './text-dataset.ts';
import { yamlDataset } from './yaml-dataset.ts';

/** Every dataset type that comes with the package. */
export const builtInTypes: readonly DatasetType[] = Object.freeze([
  memoryDataset,
  cachedDataset,
  jsonDataset,
  yamlDataset,
  textDataset,
  bytesDataset,
  pillowImageDataset,
  matplotlibDataset,
  pandasCsvDataset,
  polarsCsvDataset,
  parquetDataset,
  pandasJsonDataset,
  excelDataset,
  eagerPolarsDataset,
  lazyPolarsDataset,
  queryDataset,
  duckdbTableDataset,
  ibisTableDataset,
  apiDataset,
  partitionedDataset,
  sqlTableDataset,
  sqlQueryDataset,
]);
