import { describe, expect, it } from 'vitest';
import { inProject } from './projects.ts';
import { mainPython } from './pythons.ts';

const WHOLE = [{ n: [1, 2], name: ['a', 'b'] }, ['None', 'None', '{}'], [1, 2], ['n', 'None']];

describe.skipIf(mainPython() === undefined)('a table that a node changes in place', () => {
  it('is whole for the next node and the next run when it is an artifact', async () => {
    await inProject('kedro-tables', {}, async ({ session }) => {
      await session.preload(['sales']);
      for (let i = 0; i < 2; i++) {
        expect((await session.run({ pipelines: ['spoil_artifact'], outputs: ['seen'] })).outputs.seen).toEqual(WHOLE);
      }
    });
  });

  it('is whole for the next node when it is an intermediate, also where its maker has kept it', async () => {
    await inProject('kedro-tables', {}, async ({ session }) => {
      expect((await session.run({ pipelines: ['spoil_between'], outputs: ['seen'] })).outputs.seen).toEqual(WHOLE);
    });
  });
});
