import { describe, expect, it } from 'vitest';
import {
  Connections,
  createRegistry,
  type DatasetDefinition,
  defineDataset,
  openDataset,
} from '../../src/catalog/index.ts';

const tools = { project: '/nowhere', connections: new Connections() };
const empty = (type: string, value: unknown) =>
  defineDataset({
    type,
    options: {},
    open: () => ({ load: async () => value, exists: async () => true, fingerprint: async () => '' }),
  });

describe('createRegistry', () => {
  it.each([
    ['pandas.CSVDataset', 'pandas.CSVDataset'],
    ['kedro_datasets.pandas.CSVDataset', 'pandas.CSVDataset'],
    ['kedro.io.MemoryDataset', 'MemoryDataset'],
    ['kedro_datasets.json.JSONDataset', 'json.JSONDataset'],
  ])('finds %s as %s', (written, name) => {
    expect(createRegistry().find(written, 'x').name).toBe(name);
  });

  it('names the dataset and what was meant when a type is not known', () => {
    expect(() => createRegistry().find('pandas.CSVDataSett', 'cars')).toThrow(
      expect.objectContaining({
        code: 'DATASET_TYPE_UNKNOWN',
        message: expect.stringMatching(/"cars".*Did you mean "pandas\.CSVDataset"/),
      }),
    );
  });

  it('lets a project’s own type replace a built-in one', async () => {
    const registry = createRegistry([empty('json.JSONDataset', 'mine')]);
    const dataset = openDataset('x', { type: 'json.JSONDataset' }, tools, registry);
    expect(await dataset.load()).toBe('mine');
    expect(registry.names.filter((name) => name === 'json.JSONDataset')).toHaveLength(1);
  });

  it('refuses two own types of one name', () => {
    expect(() => createRegistry([empty('my.Type', 1), empty('my.Type', 2)])).toThrow(
      expect.objectContaining({ code: 'DATASET_INVALID' }),
    );
  });
});

describe('openDataset', () => {
  it.each([[{}], [{ type: null }], [{ type: '' }], [{ type: ['a'] }]])(
    'refuses an entry without a type: %j',
    (entry) => {
      expect(() => openDataset('x', entry as unknown as DatasetDefinition, tools, createRegistry())).toThrow(
        expect.objectContaining({ code: 'DATASET_INVALID' }),
      );
    },
  );

  it('touches no disk: a project that is not there is no matter', () => {
    const dataset = openDataset('x', { type: 'pandas.CSVDataset', filepath: 'a.csv' }, tools, createRegistry());
    expect(dataset).toMatchObject({ type: 'pandas.CSVDataset', filepath: 'a.csv', versioned: false, readOnly: false });
  });
});
