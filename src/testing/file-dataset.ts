/** What a dataset in one file does. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContractCase } from './bench.ts';
import { holds, refuses } from './checks.ts';

const reading: ContractCase[] = [
  {
    name: 'opens without looking for its file, and shows the filepath as configured',
    async run({ space, file, open }) {
      const filepath = space.filepathOf(`no/such/folder/${file}`);
      assert.equal(open({ filepath }).filepath, filepath);
    },
  },
  {
    name: 'needs a filepath, in a store that is known',
    async run({ file, open }) {
      await refuses(() => open({ filepath: null }), { code: 'DATASET_INVALID' });
      await refuses(() => open({ filepath: `stone://tablet/${file}` }), { code: 'DATASET_INVALID', says: 'stone://' });
    },
  },
  {
    name: 'refuses load_args and save_args it does not know',
    async run({ open }) {
      for (const place of ['load_args', 'save_args']) {
        await refuses(() => open({ [place]: { no_such_argument: 1 } }), { code: 'DATASET_INVALID', says: place });
      }
    },
  },
  {
    name: 'names the file that is missing',
    run: ({ file, open }) => refuses(() => open().load(), { code: 'DATASET_NOT_SAVED_YET', says: file }),
  },
  {
    name: 'says what is wrong when a folder is where the file should be',
    async run({ space, file, open }) {
      await space.write(`${file}/inside`, 'x');
      await refuses(() => open().load(), { code: 'DATASET_LOAD_FAILED', retryable: false, says: 'versioned' });
      assert.equal(await open().exists(), false);
    },
  },
];

const writing: ContractCase[] = [
  {
    name: 'makes the folders it needs, and leaves nothing else there',
    async run({ subject, space, file, open }) {
      const dataset = open({ filepath: space.filepathOf(`a/b/${file}`) });
      await dataset.save(subject.values[0]);
      holds(await dataset.load(), subject.values[0]);
      assert.deepEqual(await space.files(), [`a/b/${file}`]);
    },
  },
  {
    name: 'works in a folder whose name looks like a pattern',
    async run({ subject, space, file, open }) {
      const dataset = open({ filepath: space.filepathOf(`it's [a] *?{x}/${file}`) });
      await dataset.save(subject.values[0]);
      holds(await dataset.load(), subject.values[0]);
    },
  },
];

const onDisk: ContractCase[] = [
  {
    name: 'says DATASET_SAVE_FAILED, to be tried again, when the disk refuses, and leaves nothing',
    async run({ subject, space, project, file, open }) {
      await writeFile(join(project, 'in-the-way'), '');
      const dataset = open({ filepath: `in-the-way/${file}` });
      await refuses(() => dataset.save(subject.values[0]), { code: 'DATASET_SAVE_FAILED', retryable: true });
      assert.deepEqual(await space.files(), ['in-the-way']);
    },
  },
];

export function fileDataset(isWritable: boolean, isOnDisk: boolean): ContractCase[] {
  if (!isWritable) return reading;
  return isOnDisk ? [...reading, ...writing, ...onDisk] : [...reading, ...writing];
}
