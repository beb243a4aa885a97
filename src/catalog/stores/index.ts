/** Where files are kept: on this machine, in S3, or in a store that the project brings. */
export { defineFileStore, type FilesAt, openFiles, splitUrl } from './open-files.ts';
export type {
  BorrowedFile,
  FileStore,
  FileStoreContext,
  FileStoreSettings,
  Files,
  FileWrite,
  ListedFile,
  StoredFile,
  StoreFailure,
  StoreMethods,
} from './store.ts';
