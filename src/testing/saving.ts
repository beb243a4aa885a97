/** What saving does: all or nothing, whoever saves beside. */
import assert from 'node:assert/strict';
import { type ContractCase, NAME } from './bench.ts';
import { endsWith, holds, isOneOf, refuses } from './checks.ts';

export const readOnlyDataset: ContractCase[] = [
  {
    name: 'refuses to be saved',
    async run({ open }) {
      assert.equal(open().readOnly, true);
      await refuses(() => open().save([]), { code: 'DATASET_READ_ONLY' });
    },
  },
];

const saving: ContractCase[] = [
  {
    name: 'leaves one whole value when many save at once',
    async run({ subject, space, open }) {
      const dataset = open();
      await Promise.all(Array.from({ length: 12 }, (_, i) => dataset.save(subject.values[(i % 2) as 0 | 1])));
      isOneOf(await dataset.load(), subject.values);
      assert.deepEqual(
        (await space.files()).filter((file) => file.endsWith('.tmp')),
        [],
      );
    },
  },
  {
    name: 'keeps the old content when a save is cancelled',
    async run({ subject, space, open }) {
      const dataset = open();
      await dataset.save(subject.values[0]);
      const before = await space.files();
      const reason = new Error('stop');
      await endsWith(() => dataset.save(subject.values[1], { signal: AbortSignal.abort(reason) }), reason);
      holds(await dataset.load(), subject.values[0]);
      assert.deepEqual(await space.files(), before);
    },
  },
  {
    name: 'is not read-only',
    run: async ({ open }) => assert.equal(open().readOnly, false),
  },
];

const refusing: ContractCase = {
  name: 'refuses a value it cannot hold, names the place inside it, and keeps the old content',
  async run({ subject, space, open }) {
    const dataset = open();
    await dataset.save(subject.values[0]);
    const before = await space.files();
    await refuses(() => dataset.save(subject.refused?.value), {
      code: 'DATASET_VALUE_INVALID',
      retryable: false,
      says: `"${NAME}"`,
      details: { dataset: NAME, path: subject.refused?.path },
    });
    holds(await dataset.load(), subject.values[0]);
    assert.deepEqual(await space.files(), before);
  },
};

export function writableDataset(hasRefused: boolean): ContractCase[] {
  return hasRefused ? [...saving, refusing] : saving;
}
