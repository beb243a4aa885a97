/** Run ids of any character, not in the order of time, with versioned outputs: the newest is the newest, and a retry ends. */
import { describe, expect, it } from 'vitest';
import { noProgress } from '../../src/core/index.ts';
import { failureOf } from '../contract/session/subject.ts';
import { inProject, until } from './projects.ts';
import { KEDRO_VERSIONS, mainPython, pythonOf } from './pythons.ts';

const IDS = [
  'zz',
  'a/b',
  '../../up',
  '..',
  '0001-01-01T00.00.00.000Z',
  '9999-12-31T23.59.59.999Z',
  'with spaces ',
  'quotes " \' ` $(x)',
  'π 実行 🚂',
  'two\nlines\tand\0nothing',
  'x'.repeat(2_000),
  'Zz',
];

const runtimeData = { request: { x: 10 } };

for (const version of KEDRO_VERSIONS) {
  const python = pythonOf(version) ?? (version === '1.7.0' ? mainPython() : undefined);
  describe.skipIf(python === undefined)(`run ids under kedro ${version}`, () => {
    it('of any character, in no order of time: each run’s version is its own, and the newest is loaded', async () => {
      await inProject('kedro', { python: python ?? '' }, async ({ session }) => {
        const versions: string[] = [];
        for (const [i, runId] of IDS.entries()) {
          const trained = await session.run({ pipelines: ['train'], runId, runtimeParams: { weight: i } });
          expect(trained.runId).toBe(runId);
          versions.push(trained.saveVersion);
          const { outputs } = await session.run({ pipelines: ['predict'], runId, runtimeData });
          expect(outputs.answer).toBe(i * 10);
        }
        expect(versions).toEqual([...versions].sort());
        expect(versions.every((each) => !IDS.includes(each))).toBe(true);
        for (const [i, model] of versions.entries()) {
          const { outputs } = await session.run({ pipelines: ['predict'], runtimeData, loadVersions: { model } });
          expect(outputs.answer).toBe(i * 10);
        }
      });
    });
  });
}

describe.skipIf(mainPython() === undefined)('a run id', () => {
  it('that is tried again keeps its version: the newest stays the newest, and the retry is one version, not two', async () => {
    await inProject('kedro', {}, async ({ session }) => {
      const first = { pipelines: ['train'], runId: 'zz', runtimeParams: { weight: 1 } };
      const { saveVersion } = await session.run(first);
      const second = await session.run({ pipelines: ['train'], runId: 'aa', runtimeParams: { weight: 2 } });
      const again = { ...first, saveVersion, runtimeParams: { weight: 3 } };
      expect((await failureOf(session.run(again))).code).toBe('VERSION_EXISTS');
      await session.run(again, { resume: noProgress() });
      const answer = async (loadVersions?: Record<string, string>) =>
        (await session.run({ pipelines: ['predict'], runtimeData, ...(loadVersions && { loadVersions }) })).outputs
          .answer;
      expect(await answer()).toBe(20);
      expect(await answer({ model: saveVersion })).toBe(30);
      expect(await answer({ model: second.saveVersion })).toBe(20);
    });
  });

  it('that is used for two runs without a retry is two versions', async () => {
    await inProject('kedro', {}, async ({ session }) => {
      const train = (weight: number) => session.run({ pipelines: ['train'], runId: 'same', runtimeParams: { weight } });
      const [a, b] = [await train(1), await train(2)];
      expect(b.saveVersion > a.saveVersion).toBe(true);
      expect((await session.run({ pipelines: ['predict'], runtimeData })).outputs.answer).toBe(20);
    });
  });

  it('leads its lines in the log as it is', async () => {
    await inProject('kedro-hooks', {}, async ({ session, logs }) => {
      for (const runId of IDS) await session.run({ pipelines: ['say'], runId, runtimeParams: { word: 'hello' } });
      const whose = () => new Set(logs.filter(({ line }) => line === 'printed hello').map(({ runId }) => runId));
      await until(() => whose().size === IDS.length);
      expect([...whose()]).toEqual(IDS);
    });
  });
});
