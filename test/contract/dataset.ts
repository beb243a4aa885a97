/** The contract of datasets as vitest's tests, and a project folder for tests that go beyond it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'vitest';
import {
  Connections,
  createRegistry,
  type Dataset,
  type DatasetDefinition,
  type DatasetType,
  openDataset,
} from '../../src/catalog/index.ts';
import {
  datasetContract as contract,
  type DatasetSubject,
  type FileSpace,
  inProject,
  type SpaceOf,
} from '../../src/testing/index.ts';

export { type DatasetSubject, type FileSpace, filesUnder, type SpaceOf } from '../../src/testing/index.ts';

/** A project folder that is gone after the test. */
export interface Bench {
  project: string;
  connections: Connections;
  space: FileSpace;
  open(definition: DatasetDefinition, name?: string): Dataset;
}

/** Gives each test of the current `describe` a project folder of its own. */
export function withProject(own: readonly DatasetType[] = [], spaceOf: SpaceOf = inProject): Bench {
  const bench = { project: '', connections: new Connections() } as Bench;
  const registry = createRegistry(own);
  bench.open = (definition, name = 'subject') =>
    openDataset(name, definition, { project: bench.project, connections: bench.connections }, registry);
  beforeEach(async () => {
    bench.project = await mkdtemp(join(tmpdir(), 'catalog-'));
    bench.connections = new Connections();
    bench.space = spaceOf(bench.project);
  });
  afterEach(async () => {
    await bench.connections.close();
    await rm(bench.project, { recursive: true, force: true });
  });
  return bench;
}

export function datasetContract(subject: DatasetSubject): void {
  describe('the dataset contract', () => contract(subject, it));
}
