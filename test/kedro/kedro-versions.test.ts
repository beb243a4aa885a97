/** The same behaviour under the oldest kedro, one between, and the newest: what private names and messages could change. */
import { describe, expect, it } from 'vitest';
import { addEvent, noProgress } from '../../src/core/index.ts';
import { failureOf } from '../contract/session/subject.ts';
import { inProject } from './projects.ts';
import { KEDRO_VERSIONS, pythonOf } from './pythons.ts';

const VERSION = '2001-01-01T00.00.00.000Z';

for (const version of KEDRO_VERSIONS) {
  const python = pythonOf(version);
  describe.skipIf(python === undefined)(`under kedro ${version}`, () => {
    const options = { python: python ?? '' };

    it('a run over files, its report, and a second with other params', async () => {
      await inProject('kedro', options, async ({ session, read }) => {
        expect((await session.run({ pipelines: ['shop'] })).outputs).toEqual({ total: 11.75 });
        const second = await session.run({ pipelines: ['shop'], runtimeParams: { rounding: 0, greeting: 'hi' } });
        expect(second.outputs).toEqual({ total: 12 });
        expect(await read('data/out/receipt.txt')).toMatch(/^hi\n/);
      });
    });

    it('versions: a used one is told, a retry finishes it, the newest is loaded', async () => {
      await inProject('kedro', options, async ({ session }) => {
        const request = { pipelines: ['train'], saveVersion: VERSION };
        await session.run(request);
        expect((await failureOf(session.run(request))).code).toBe('VERSION_EXISTS');
        await session.run({ ...request, runtimeParams: { weight: 5 } }, { resume: noProgress() });
        const runtimeData = { request: { x: 2 } };
        expect((await session.run({ pipelines: ['predict'], runtimeData })).outputs.answer).toBe(10);
        const loadVersions = { model: '2000-01-01T00.00.00.000Z' };
        const gone = await failureOf(session.run({ pipelines: ['predict'], runtimeData, loadVersions }));
        expect(gone).toMatchObject({ code: 'DATASET_NOT_SAVED_YET', message: expect.stringContaining(VERSION) });
      });
    });

    it('what is wrong is told by the same codes', async () => {
      await inProject('kedro', options, async ({ session }) => {
        const code = async (pipeline: string, request = {}) =>
          (await failureOf(session.run({ pipelines: [pipeline], ...request }))).code;
        expect(await code('broken')).toBe('PIPELINE_BROKEN');
        expect(await code('needs_odd')).toBe('DATASET_TYPE_UNKNOWN');
        expect(await code('needs_locked')).toBe('CREDENTIALS_NOT_FOUND');
        expect(await code('needs_missing')).toBe('DATASET_NOT_SAVED_YET');
        expect(await code('days')).toBe('PARAM_MISSING');
        expect(await code('days', { runtimeParams: { day: '../x' } })).toBe('PARAM_NOT_ALLOWED');
        expect(await code('absent')).toBe('PARAMETER_NOT_FOUND');
        expect(await code('wrong_shape')).toBe('NODE_OUTPUT_INVALID');
        expect(await code('halves')).toBe('DATASET_VALUE_INVALID');
        expect(await code('predict')).toBe('DATASET_NOT_FOUND');
        const { pipelines, datasets } = await session.describe();
        expect(pipelines.__default__).toMatchObject({ error: { code: 'PIPELINE_BROKEN' } });
        expect(datasets.odd).toMatchObject({ error: { code: 'DATASET_TYPE_UNKNOWN' } });
        expect(datasets.locked).toMatchObject({ error: { code: 'CREDENTIALS_NOT_FOUND' } });
      });
    });

    it('a retry skips what is saved, artifacts are warm, injected data serves', async () => {
      await inProject('kedro', options, async ({ session }) => {
        const progress = noProgress();
        const request = { pipelines: ['chain'], saveVersion: VERSION };
        const failing = { ...request, runtimeParams: { control: { failAt: 'fourth' } } };
        await failureOf(session.run(failing, { onEvent: (event) => addEvent(progress, event) }));
        const again = await session.run(request, { resume: progress });
        expect(again.nodes.filter(({ status }) => status === 'done').map(({ name }) => name)).toEqual(['fourth']);
        await session.preload(['table']);
        await session.run({ pipelines: ['artifacts'] });
        expect((await session.describe()).warm).toMatchObject([{ dataset: 'table', hits: 1 }]);
        const given = await session.run({ pipelines: ['artifacts'], runtimeData: { table: null } });
        expect(given.outputs).toEqual({ seen_table: null });
      });
    });
  });
}
