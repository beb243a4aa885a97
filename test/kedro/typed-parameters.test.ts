/** Parameters whose types the node functions say: kedro 1.3 and later makes dataclasses and pydantic models of them. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/index.ts';
import { failureOf } from '../contract/session/subject.ts';
import { judged } from './judge.ts';
import { inProject, OWN_CONTEXT } from './projects.ts';
import { KEDRO_VERSIONS, mainPython, pythonOf, SCIENCE } from './pythons.ts';

const newest = mainPython();
const science = pythonOf(SCIENCE);
const options = (given: object) => ({ model: { options: given as { depth: number } } });

for (const version of KEDRO_VERSIONS) {
  const python = pythonOf(version) ?? (version === '1.7.0' ? newest : undefined);
  it.skipIf(python === undefined)(
    `dataclasses under kedro ${version}: what the nodes get is what Kedro gives`,
    async () => {
      const steps = [
        { request: { pipelines: ['options'] } },
        { request: { pipelines: ['options'], runtimeParams: options({ depth: 5 }) } },
        { request: { pipelines: ['maybe'] } },
        { request: { pipelines: ['maybe'], runtimeParams: { maybe: { depth: 1 } } } },
        { request: { pipelines: ['untyped'] } },
        { request: { pipelines: ['field'], runtimeParams: options({ depth: 4, name: 'ash' }) } },
      ];
      const { kedro, ours } = await judged('kedro-typed', { python: python ?? '' }, steps);
      expect(ours).toEqual(kedro);
      const type = version < '1.3' ? 'dict' : 'Options';
      expect(ours[0]?.outputs?.seen).toMatchObject({ type });
    },
  );
}

describe.skipIf(newest === undefined)('typed parameters', () => {
  it('a value that does not fit is refused before the first node, and the path and the reason are named', async () => {
    await inProject('kedro-typed', {}, async ({ session }) => {
      for (const [given, reason] of [
        [{ depth: -1 }, 'negative'],
        [{ colour: 'red' }, 'colour'],
        ['none', 'dict'],
      ] as const) {
        const events: RunEvent[] = [];
        const runtimeParams = { model: { options: given } };
        const run = session.run({ pipelines: ['options'], runtimeParams }, { onEvent: (event) => events.push(event) });
        expect(await failureOf(run)).toMatchObject({
          code: 'REQUEST_INVALID',
          retryable: false,
          message: expect.stringMatching(new RegExp(`model\\.options.*${reason}`, 's')),
        });
        expect(events.filter(({ type }) => type === 'node-started')).toEqual([]);
      }
    });
  });

  it('a value that does not fit is the same error where the project has a context of its own', async () => {
    await inProject('kedro-typed', {}, async ({ folder, session }) => {
      await session.close();
      await writeFile(path.join(folder, 'src/typed/settings.py'), OWN_CONTEXT);
      await inProject(folder, {}, async (own) => {
        const run = own.session.run({ pipelines: ['options'], runtimeParams: options({ depth: -1 }) });
        expect(await failureOf(run)).toMatchObject({
          code: 'REQUEST_INVALID',
          message: expect.stringMatching(/model\.options.*negative/s),
        });
      });
    });
  });

  it('a value that does not fit hurts no pipeline that takes it as it is, and no later run', async () => {
    await inProject('kedro-typed', {}, async ({ session }) => {
      const wrong = options({ depth: -1 });
      await failureOf(session.run({ pipelines: ['options'], runtimeParams: wrong }));
      const untyped = await session.run({ pipelines: ['untyped'], runtimeParams: wrong });
      expect(untyped.outputs.seen).toEqual({ type: 'dict', value: { depth: -1, name: 'oak' } });
      const { seen } = (await session.run({ pipelines: ['options'] })).outputs;
      expect(seen).toEqual({ type: 'Options', depth: 3, name: 'oak' });
    });
  });

  it('one that a node changes is whole again in the next run', async () => {
    await inProject('kedro-typed', {}, async ({ session }) => {
      for (let i = 0; i < 2; i++) expect((await session.run({ pipelines: ['spoil'] })).outputs).toEqual({ spoilt: 4 });
    });
  });

  it('one that a node hands on is no JSON, and is named', async () => {
    await inProject('kedro-typed', {}, async ({ session }) => {
      expect((await session.run({ pipelines: ['itself'] })).references.itself).toMatchObject({ type: 'MemoryDataset' });
      expect(await failureOf(session.run({ pipelines: ['itself'], outputs: ['itself'] }))).toMatchObject({
        code: 'OUTPUT_NOT_JSON',
        message: expect.stringMatching(/"itself".*typed\.models\.Options/),
      });
    });
  });
});

describe.skipIf(science === undefined)('pydantic models', () => {
  it('are made, with their defaults and what is inside; what does not fit is named down to its field', async () => {
    await inProject('kedro-typed', { python: science ?? '' }, async ({ session }) => {
      const { seen } = (await session.run({ pipelines: ['limits'], runtimeParams: { limits: { low: '7' } } })).outputs;
      const steps = [
        { type: 'Step', at: 0.5 },
        { type: 'Step', at: 1 },
      ];
      expect(seen).toEqual({ type: 'Limits', low: 7, high: 10, steps });
      const runtimeParams = { limits: { low: 'seven', steps: [{ at: 'here' }] } };
      expect(await failureOf(session.run({ pipelines: ['limits'], runtimeParams }))).toMatchObject({
        code: 'REQUEST_INVALID',
        message: expect.stringMatching(/'limits'.*low.*steps\.0\.at/s),
      });
    });
  });
});
