/** What every dataset does, whatever it stores and where. */
import assert from 'node:assert/strict';
import { type ContractCase, NAME, V1 } from './bench.ts';
import { endsWith, holds, refuses } from './checks.ts';

export const everyDataset: ContractCase[] = [
  {
    name: 'loads what is there, as often as asked',
    async run({ subject, open, put }) {
      const dataset = open();
      await put(dataset, 0);
      holds(await dataset.load(), subject.values[0]);
      holds(await dataset.load(), subject.values[0]);
      await put(dataset, 1);
      holds(await dataset.load(), subject.values[1]);
    },
  },
  {
    name: 'says DATASET_NOT_SAVED_YET, with its name, when nothing is there',
    async run({ open }) {
      await refuses(() => open().load(), { code: 'DATASET_NOT_SAVED_YET', retryable: false, says: `"${NAME}"` });
      await refuses(() => open().fingerprint(), { code: 'DATASET_NOT_SAVED_YET' });
    },
  },
  {
    name: 'exists when there is something to load',
    async run({ open, put }) {
      const dataset = open();
      assert.equal(await dataset.exists(), false);
      await put(dataset, 0);
      assert.equal(await dataset.exists(), true);
    },
  },
  {
    name: 'has a fingerprint that stays while the content does, and changes with it',
    async run({ open, put }) {
      const dataset = open();
      await put(dataset, 0);
      const first = await dataset.fingerprint();
      assert.equal(await dataset.fingerprint(), first);
      await put(dataset, 1);
      assert.notEqual(await dataset.fingerprint(), first);
    },
  },
  {
    name: 'refuses an option it does not know, and says what was meant',
    run: ({ open }) =>
      refuses(() => open({ metdata: {} }), { code: 'DATASET_INVALID', says: 'Did you mean "metadata"' }),
  },
  {
    name: 'takes metadata and credentials, and the full name that Kedro would find it under',
    async run({ subject, space, open, put }) {
      const { type } = subject.definition;
      const full = type === 'MemoryDataset' ? `kedro.io.${type}` : `kedro_datasets.${type}`;
      const own = subject.definition.credentials === undefined ? space.entry : {};
      const dataset = open({ metadata: { owner: 'us' }, ...own, type: full });
      assert.equal(dataset.type, open().type);
      await put(dataset, 0);
      holds(await dataset.load(), subject.values[0]);
    },
  },
  {
    name: 'ends with the signal’s reason when it is cancelled before it begins',
    async run({ open, put }) {
      const dataset = open();
      await put(dataset, 0);
      const reason = new Error('stop');
      await endsWith(() => dataset.load({ signal: AbortSignal.abort(reason) }), reason);
    },
  },
  {
    name: 'refuses a version when it has none',
    async run({ open, put }) {
      const dataset = open();
      await put(dataset, 0);
      await refuses(() => dataset.load({ version: V1 }), { code: 'VERSION_INVALID' });
      assert.equal(await dataset.newestVersion(), undefined);
      assert.equal(dataset.versioned, false);
    },
  },
];
