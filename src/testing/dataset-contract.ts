import type { DatasetDefinition, DatasetType } from '../catalog/index.ts';
import { type DatasetBench, withBench } from './bench.ts';
import { everyDataset } from './every-dataset.ts';
import { fileDataset } from './file-dataset.ts';
import { readOnlyDataset, writableDataset } from './saving.ts';
import type { SpaceOf } from './space.ts';
import { versionedDataset } from './versioned-dataset.ts';

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

/** One test of the contract, by itself: it makes what it needs and leaves nothing. */
export interface ContractCase {
  name: string;
  run: (bench: DatasetBench) => Promise<void>;
}

/** `test` of vitest, jest or node:test. */
export type TestFunction = (name: string, body: () => Promise<void>) => unknown;

/**
 * Registers, with `test`, every rule that a dataset type must keep: loading and saving, errors by code and with the dataset's
 * name, cancellation, fingerprints, whole-or-nothing saves, and for files their places and versions. Each test works in a
 * temporary folder of its own. Failures are assertions of `node:assert`.
 *
 * @example
 * ```ts
 * import { test } from 'vitest';
 * import { datasetContract } from 'kedro-temporal/testing';
 *
 * datasetContract({ name: 'toml', definition: { type: 'my.TomlDataset' }, file: 'data/settings.toml', values: [{ a: 1 }, { b: 2 }], own: [tomlDataset] }, test);
 * ```
 */
export function datasetContract(subject: DatasetSubject, test: TestFunction): void {
  for (const { name, run } of casesFor(subject)) {
    test(`${subject.name} ${name}`, () => withBench(subject, run));
  }
}

function casesFor({ put, file, refused, space }: DatasetSubject): ContractCase[] {
  const isFile = file !== undefined;
  const isWritable = put === undefined;
  return [
    ...everyDataset,
    ...(isWritable ? writableDataset(refused !== undefined) : readOnlyDataset),
    ...(isFile ? fileDataset(isWritable, space === undefined) : []),
    ...(isFile && isWritable ? versionedDataset : []),
  ];
}
