/** Kedro's own starter and a project of nothing, unchanged, where `../shared` has them. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { inProject } from './projects.ts';
import { mainPython, pythonOf, SCIENCE } from './pythons.ts';

const SHARED = path.resolve(import.meta.dirname, '../../../shared/projects');
const isThere = (name: string) => mainPython() !== undefined && existsSync(path.join(SHARED, name));

describe.skipIf(!isThere('noop'))('shared project noop', () => {
  it('runs, also with a path made from runtime params', async () => {
    await inProject(path.join(SHARED, 'noop'), {}, async ({ session, read }) => {
      expect((await session.run({ runtimeParams: { step: 5 } })).outputs).toEqual({ v10: 15 });
      await session.run({ pipelines: ['tagged'], runtimeParams: { tag: 'x' } });
      expect(JSON.parse(await read('data/x/result.json'))).toEqual({ value: 11, tag: 'x' });
    });
  });
});

const science = pythonOf(SCIENCE);

describe.skipIf(!isThere('spaceflights') || science === undefined)('shared project spaceflights', () => {
  it('processes, trains and evaluates', async () => {
    await inProject(path.join(SHARED, 'spaceflights'), { python: science ?? '' }, async ({ session }) => {
      await session.run({ pipelines: ['data_processing'] });
      const report = await session.run({
        pipelines: ['data_science'],
        runtimeParams: { model_options: { random_state: 7 } },
      });
      expect(report.nodes.length).toBeGreaterThan(2);
      expect(report.saved.map(({ dataset }) => dataset)).toContain('regressor');
    });
  }, 120_000);
});
