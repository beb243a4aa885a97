/** What `versioned: true` means: Kedro's layout, the newest by time, no version twice. */
import assert from 'node:assert/strict';
import { isPipelineError } from '../core/index.ts';
import { type ContractCase, type DatasetBench, V1, V2 } from './bench.ts';
import { holds, isOneOf, refuses } from './checks.ts';

const versioned = (bench: DatasetBench) => bench.open({ versioned: true });
const pathOf = ({ file }: DatasetBench, version: string) => `${file}/${version}/${file.split('/').at(-1)}`;

const laidOut: ContractCase[] = [
  {
    name: 'lays versions out as Kedro does, and loads the newest or the one asked for',
    async run(bench) {
      const { values } = bench.subject;
      const dataset = versioned(bench);
      assert.equal(dataset.versioned, true);
      await dataset.save(values[1], { version: V2 });
      await dataset.save(values[0], { version: V1 });
      assert.deepEqual(await bench.space.files(), [pathOf(bench, V1), pathOf(bench, V2)]);
      assert.equal(await dataset.newestVersion(), V2);
      holds(await dataset.load(), values[1]);
      holds(await dataset.load({ version: V1 }), values[0]);
    },
  },
  {
    name: 'knows which versions exist, and says so when one does not',
    async run(bench) {
      const dataset = versioned(bench);
      assert.equal(await dataset.exists(), false);
      assert.equal(await dataset.newestVersion(), undefined);
      await refuses(() => dataset.load(), { code: 'DATASET_NOT_SAVED_YET' });
      await dataset.save(bench.subject.values[0], { version: V1 });
      assert.equal(await dataset.exists(), true);
      assert.equal(await dataset.exists({ version: V1 }), true);
      assert.equal(await dataset.exists({ version: V2 }), false);
      await refuses(() => dataset.load({ version: V2 }), { code: 'DATASET_NOT_SAVED_YET', says: V1 });
    },
  },
  {
    name: 'does not take a version whose file is missing for the newest',
    async run(bench) {
      const dataset = versioned(bench);
      await dataset.save(bench.subject.values[0], { version: V1 });
      await bench.space.write(`${bench.file}/${V2}/.half.tmp`, 'half');
      assert.equal(await dataset.newestVersion(), V1);
      holds(await dataset.load(), bench.subject.values[0]);
    },
  },
  {
    name: 'has a fingerprint that changes with a newer version, and with the version’s own file',
    async run(bench) {
      const dataset = versioned(bench);
      await dataset.save(bench.subject.values[0], { version: V1 });
      const first = await dataset.fingerprint();
      await dataset.save(bench.subject.values[0], { version: V2 });
      assert.notEqual(await dataset.fingerprint(), first);
      assert.equal(await dataset.fingerprint({ version: V1 }), first);
      await bench.space.change(pathOf(bench, V1));
      assert.notEqual(await dataset.fingerprint({ version: V1 }), first);
    },
  },
];

const once: ContractCase[] = [
  {
    name: 'refuses to save a version twice, unless it is the same run that tries again',
    async run(bench) {
      const { values } = bench.subject;
      const dataset = versioned(bench);
      await dataset.save(values[0], { version: V1 });
      await refuses(() => dataset.save(values[1], { version: V1 }), { code: 'VERSION_EXISTS' });
      holds(await dataset.load(), values[0]);
      await dataset.save(values[1], { version: V1, overwrite: true });
      holds(await dataset.load(), values[1]);
      assert.deepEqual(await bench.space.files(), [pathOf(bench, V1)]);
    },
  },
  {
    name: 'lets one of many that save the same version at once win, and tells the others',
    async run(bench) {
      const { values } = bench.subject;
      const dataset = versioned(bench);
      const saves = await Promise.allSettled(
        Array.from({ length: 6 }, (_, i) => dataset.save(values[(i % 2) as 0 | 1], { version: V1 })),
      );
      const codes = saves.map((save) => {
        if (save.status === 'fulfilled') return 'saved';
        return isPipelineError(save.reason) ? save.reason.code : String(save.reason);
      });
      assert.deepEqual(codes.sort(), [...Array(5).fill('VERSION_EXISTS'), 'saved']);
      isOneOf(await dataset.load(), values);
      assert.deepEqual(await bench.space.files(), [pathOf(bench, V1)]);
    },
  },
  {
    name: 'needs a version to save, one that sorts by time and cannot leave its folder',
    async run(bench) {
      const dataset = versioned(bench);
      for (const io of [{}, { version: 'latest' }, { version: '../x' }]) {
        await refuses(() => dataset.save(bench.subject.values[0], io), { code: 'VERSION_INVALID' });
      }
      for (const version of ['../..', '.', '', 'a/b']) {
        await refuses(() => dataset.load({ version }), { code: 'VERSION_INVALID' });
      }
    },
  },
];

export const versionedDataset: ContractCase[] = [...laidOut, ...once];
