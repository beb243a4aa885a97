/** A pipeline that does not import, in registries of several kinds: the others run, and no sum of it runs without it. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../contract/session/subject.ts';
import { inProject } from './projects.ts';
import { KEDRO_VERSIONS, mainPython, pythonOf } from './pythons.ts';

const WHY = /broken.*No module named 'no_such_package'/;

const cases = KEDRO_VERSIONS.flatMap((version) =>
  (version === '1.7.0' ? ['silent', 'loud', 'by_hand'] : ['silent', 'by_hand']).map((REGISTRY) => ({
    version,
    REGISTRY,
  })),
);

describe('__default__ with a part that does not import', () => {
  for (const { version, REGISTRY } of cases) {
    const python = pythonOf(version) ?? (version === '1.7.0' ? mainPython() : undefined);
    it.skipIf(python === undefined)(
      `fails and says why, the rest runs: kedro ${version}, registry "${REGISTRY}"`,
      async () => {
        await inProject('kedro-broken', { python: python ?? '', environment: { REGISTRY } }, async ({ session }) => {
          for (const request of [{}, { pipelines: ['__default__'] }, { pipelines: ['good', '__default__'] }]) {
            expect(await failureOf(session.run(request))).toMatchObject({
              code: 'PIPELINE_BROKEN',
              retryable: false,
              message: expect.stringMatching(WHY),
            });
          }
          expect((await session.run({ pipelines: ['good', 'other'] })).outputs).toEqual({ good: 3, other: 3 });
          expect((await failureOf(session.run({ pipelines: ['broken'] }))).message).toMatch(WHY);
          const { pipelines } = await session.describe();
          expect(pipelines).toMatchObject({
            __default__: { error: { code: 'PIPELINE_BROKEN', message: expect.stringMatching(WHY) } },
            broken: { error: { code: 'PIPELINE_BROKEN' } },
            good: { outputs: ['good'] },
          });
        });
      },
    );
  }

  const newest = mainPython();
  it.skipIf(newest === undefined).each([
    ['more', '__default__', 'another is registered after the sum'],
    ['everything', 'everything', 'it is not the only sum of all'],
    ['part', 'part', 'it is a sum of some'],
    ['strict', 'all', 'the registry fails as a whole'],
    ['tagged', 'daily', 'it keeps by a tag only some of its nodes'],
    ['stubborn', '__default__', 'the registry cannot be asked what it sums'],
    ['stubborn', 'again', 'the registry cannot be asked, and it might hold it'],
  ])('registry "%s": "%s" does not run, although %s', async (REGISTRY, name) => {
    await inProject('kedro-broken', { environment: { REGISTRY } }, async ({ session }) => {
      const error = await failureOf(session.run({ pipelines: [name] }));
      expect(error).toMatchObject({ code: 'PIPELINE_BROKEN', message: expect.stringMatching(WHY) });
      expect((await session.run({ pipelines: ['good'] })).outputs).toEqual({ good: 3 });
    });
  });

  it.skipIf(newest === undefined)(
    'a folder without create_pipeline (tools, say) breaks nothing, as in Kedro',
    async () => {
      await inProject('kedro-broken', { environment: { REGISTRY: 'silent' } }, async ({ folder, session }) => {
        await session.close();
        const pipelines = path.join(folder, 'src/halfway/pipelines');
        await mkdir(path.join(pipelines, 'tools'));
        await writeFile(path.join(pipelines, 'tools/__init__.py'), '');
        await inProject(folder, { environment: { REGISTRY: 'more' } }, async ({ session }) => {
          expect((await failureOf(session.run({}))).message).toMatch(WHY);
          expect((await session.describe()).pipelines).not.toHaveProperty('tools');
        });
        await writeFile(
          path.join(pipelines, 'broken/__init__.py'),
          'from halfway.pipelines.good import create_pipeline\n',
        );
        await inProject(folder, { environment: { REGISTRY: 'silent' } }, async ({ session }) => {
          expect((await session.run({})).outputs).toEqual({ good: 3, other: 3 });
        });
      });
    },
  );

  it.skipIf(newest === undefined).each(['chosen', 'picked', 'strict'])(
    'registry "%s": runs, for the project has chosen one that does not need it',
    async (REGISTRY) => {
      await inProject('kedro-broken', { environment: { REGISTRY } }, async ({ session }) => {
        expect((await session.run({})).outputs).toEqual({ good: 3 });
      });
    },
  );

  it.skipIf(newest === undefined)('is empty, and an error, where the registry sums nothing up', async () => {
    await inProject('kedro-broken', { environment: { REGISTRY: 'plain' } }, async ({ session }) => {
      expect((await failureOf(session.run({}))).code).toBe('PIPELINE_EMPTY');
      expect((await session.run({ pipelines: ['other'] })).outputs).toEqual({ other: 3 });
    });
  });
});
