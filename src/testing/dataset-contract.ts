import { type ContractCase, withBench } from './bench.ts';
import { everyDataset } from './every-dataset.ts';
import { fileDataset } from './file-dataset.ts';
import { readOnlyDataset, writableDataset } from './saving.ts';
import type { DatasetSubject } from './subject.ts';
import { versionedDataset } from './versioned-dataset.ts';

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
