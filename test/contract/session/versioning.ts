import { expect, it } from 'vitest';
import { failureOf, type InCopy } from './subject.ts';

const OLD = '2001-01-01T00.00.00.000Z';
const OLDER = '2000-01-01T00.00.00.000Z';

export function versioning(inCopy: InCopy): void {
  it(
    'versions are ordered by time whatever the run ids; the newest is loaded',
    inCopy(async ({ run, files }) => {
      const request = { x: 10 };
      const saved: string[] = [];
      for (const [runId, weight] of [
        ['zz', 1],
        ['a/b', 2],
        ['0', 3],
      ] as const) {
        saved.push((await run('train', { runId, runtimeParams: { weight } })).saveVersion);
        expect((await run('predict', { runtimeData: { request } })).outputs.answer).toBe(weight * 10);
      }
      expect(saved).toEqual([...saved].sort());
      expect(await files('data/models')).toEqual(saved.map((version) => `model.json/${version}/model.json`));
    }),
  );

  it(
    'runs that start at once save different versions',
    inCopy(async ({ run, files }) => {
      const reports = await Promise.all(Array.from({ length: 25 }, () => run('train')));
      const versions = reports.map(({ saveVersion }) => saveVersion);
      expect(new Set(versions).size).toBe(25);
      expect(await files('data/models')).toHaveLength(25);
    }),
  );

  it(
    'a save version that is given is used; one that is no time is refused',
    inCopy(async ({ run, has }) => {
      expect((await run('train', { saveVersion: OLD })).saveVersion).toBe(OLD);
      expect(has(`data/models/model.json/${OLD}/model.json`)).toBe(true);
      for (const saveVersion of ['v1', '2001-01-01', '../2001-01-01T00.00.00.000Z', `${OLD}/..`]) {
        expect((await failureOf(run('train', { saveVersion }))).code).toBe('VERSION_INVALID');
      }
    }),
  );

  it(
    'a version is never overwritten by another run',
    inCopy(async ({ run, readJson }) => {
      await run('train', { saveVersion: OLD, runtimeParams: { weight: 1 } });
      const error = await failureOf(run('train', { saveVersion: OLD, runtimeParams: { weight: 2 } }));
      expect(error).toMatchObject({ code: 'VERSION_EXISTS', retryable: false });
      expect(await readJson(`data/models/model.json/${OLD}/model.json`)).toEqual({ weight: 1 });
    }),
  );

  it(
    'of two runs at once with one save version, one is told',
    inCopy(async ({ run }) => {
      const runs = [1, 2].map((weight) => run('train', { saveVersion: OLD, runtimeParams: { weight } }));
      const ended = await Promise.allSettled(runs);
      expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(ended.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'VERSION_EXISTS' } });
    }),
  );

  it(
    'an older version is loaded when it is asked for, and the report says which was',
    inCopy(async ({ run }) => {
      await run('train', { saveVersion: OLDER, runtimeParams: { weight: 1 } });
      await run('train', { saveVersion: OLD, runtimeParams: { weight: 2 } });
      const runtimeData = { request: { x: 1 } };
      const outputs = ['answer', 'model'];
      const older = await run('predict', { runtimeData, outputs, loadVersions: { model: OLDER } });
      expect(older.outputs).toEqual({ answer: 1, model: { weight: 1 } });
      expect((await run('predict', { runtimeData })).outputs.answer).toBe(2);
    }),
  );

  it(
    'a version that is not there, of a dataset without versions, or of an unknown name is refused',
    inCopy(async ({ run, write }) => {
      await run('train', { saveVersion: OLD });
      const runtimeData = { request: { x: 1 } };
      expect(await failureOf(run('predict', { runtimeData, loadVersions: { model: OLDER } }))).toMatchObject({
        code: 'DATASET_NOT_SAVED_YET',
        message: expect.stringContaining(OLD),
      });
      expect((await failureOf(run('artifacts', { loadVersions: { table: OLD } }))).code).toBe('VERSION_INVALID');
      expect(await failureOf(run('predict', { runtimeData, loadVersions: { modle: OLD } }))).toMatchObject({
        code: 'DATASET_NOT_IN_PIPELINE',
        message: expect.stringContaining('"model"'),
      });
      await write('data/models/secret.json', '{"weight": 7}');
      const climbing = run('predict', { runtimeData, loadVersions: { model: '../secret.json' } });
      expect((await failureOf(climbing)).code).toBe('VERSION_INVALID');
    }),
  );

  it(
    'a run reads the version that it has just saved, although a newer one is there',
    inCopy(async ({ session, run }) => {
      await run('train', { runtimeParams: { weight: 9 } });
      const report = await session.run({
        pipelines: ['train', 'predict'],
        saveVersion: OLD,
        runtimeParams: { weight: 1 },
        runtimeData: { request: { x: 1 } },
      });
      expect(report.outputs).toEqual({ answer: 1 });
    }),
  );
}
