import type { DatasetDefinition, DatasetType } from '../catalog/index.ts';
import type { SpaceOf } from './space.ts';

/** What is held against the contract. */
export interface DatasetSubject {
  /** Stands before the name of each test. */
  name: string;
  /** The entry as a catalog writes it, without its `filepath`. */
  definition: DatasetDefinition;
  /** Where the dataset keeps its value, relative to the project; leave it out when that is no single file. */
  file?: string;
  /** Two different values that come back as they are. */
  values: readonly [unknown, unknown];
  /** A value that cannot be stored, and the place inside it that the error names; '' is the value itself. */
  refused?: { value: unknown; path: string };
  /** Types of the project's own that the entry uses. */
  own?: readonly DatasetType[];
  /** For a dataset that can only be read: puts the content of `values[which]` in place. */
  put?: (project: string, which: 0 | 1) => Promise<void>;
  /** Where `file` is. Default: the project's folder. */
  space?: SpaceOf;
}
