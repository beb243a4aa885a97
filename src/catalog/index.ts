/** The data without the graph: filled catalog entries in, datasets out. */
export { Connections } from './connections.ts';
export { type CopyMode, copied } from './copy-mode.ts';
export type { CatalogTools, Dataset, DatasetDefinition, DatasetIo, DatasetType, SessionTools } from './dataset.ts';
export type { LoadPartition, Partitions } from './datasets/partitioned-dataset.ts';
export { defineDataset, type Storage, type StorageContext, type StorageMethods } from './define-dataset.ts';
export { type FactoryMatch, factoryMatcher, fillPlaceholders, isFactory, matchFactory } from './factories.ts';
export { hasPlaceholder } from './factory-patterns.ts';
export { invalidValue, notSavedYet } from './failures.ts';
export { defineFileDataset, type FileContext, type FileFormat, type FileWriteContext } from './file-dataset.ts';
export { importLibrary } from './import-library.ts';
export { type OptionRule, type OptionRules, type OptionValues, option } from './options.ts';
export { createRegistry, type DatasetRegistry, openDataset } from './registry.ts';
export {
  defineFileStore,
  type FileStore,
  type FileStoreContext,
  type FileStoreSettings,
  type FileWrite,
  type ListedFile,
  type StoredFile,
  type StoreFailure,
  type StoreMethods,
} from './stores/index.ts';
export type { Cell, Row } from './table.ts';
