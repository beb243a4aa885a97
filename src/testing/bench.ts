/** What one test of the contract works with: a project folder of its own, and the dataset opened in it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connections, createRegistry, type Dataset, type DatasetDefinition, openDataset } from '../catalog/index.ts';
import { type FileSpace, inProject } from './space.ts';
import type { DatasetSubject } from './subject.ts';

export const V1 = '2026-01-01T00.00.00.000Z';
export const V2 = '2026-01-02T00.00.00.000Z';

/** Name that every dataset of the contract has. */
export const NAME = 'subject';

export interface DatasetBench {
  readonly subject: DatasetSubject;
  readonly project: string;
  readonly space: FileSpace;
  /** Where the dataset keeps its value; '' where that is no file. */
  readonly file: string;
  /** Opens the subject, with more options. */
  open(more?: Record<string, unknown>): Dataset;
  /** Brings one of the subject's values in place. */
  put(dataset: Dataset, which: 0 | 1): Promise<void>;
}

/** One test of the contract, by itself: it makes what it needs and leaves nothing. */
export interface ContractCase {
  name: string;
  run: (bench: DatasetBench) => Promise<void>;
}

/** Does `work` with a bench that is gone afterwards. */
export async function withBench(subject: DatasetSubject, work: (bench: DatasetBench) => Promise<void>): Promise<void> {
  const project = await mkdtemp(join(tmpdir(), 'dataset-contract-'));
  const connections = new Connections();
  const registry = createRegistry(subject.own ?? []);
  const space = (subject.space ?? inProject)(project);
  const entry = {
    ...(subject.space === undefined ? {} : space.entry),
    ...subject.definition,
    ...(subject.file === undefined ? {} : { filepath: space.filepathOf(subject.file) }),
  };
  try {
    await work({
      subject,
      project,
      space,
      file: subject.file ?? '',
      open: (more = {}) =>
        openDataset(NAME, { ...entry, ...more } as DatasetDefinition, { project, connections }, registry),
      put: (dataset, which) =>
        subject.put === undefined ? dataset.save(subject.values[which]) : subject.put(project, which),
    });
  } finally {
    await connections.close();
    await rm(project, { recursive: true, force: true });
  }
}
