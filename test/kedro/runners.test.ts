import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/index.ts';
import { shortEvents } from '../contract/session/subject.ts';
import { inProject } from './projects.ts';
import { mainPython } from './pythons.ts';

describe.skipIf(mainPython() === undefined)('runners', () => {
  it.each([{ runner: 'SequentialRunner' }, { runner: 'SequentialRunner', isAsync: true }, { runner: 'ThreadRunner' }])(
    '%j runs, saves and answers',
    async (options) => {
      await inProject('kedro-hooks', options, async ({ session, read }) => {
        const report = await session.run({ runtimeParams: { size: 5, folder: 'x' }, outputs: ['length', 'text'] });
        expect(report.outputs).toEqual({ length: 5, text: 'xxxxx' });
        expect(report.nodes.map(({ name }) => name)).toEqual(['repeat', 'shout', 'measure']);
        expect(await read('data/x/made.txt')).toBe('XXXXX');
      });
    },
  );

  it('a ParallelRunner runs and saves; what it had in memory is a reference', async () => {
    await inProject('kedro-hooks', { runner: 'kedro.runner.ParallelRunner' }, async ({ session, read }) => {
      const report = await session.run({ runtimeParams: { size: 5, folder: 'x' } });
      expect(report.references).toEqual({ length: { dataset: 'length', type: 'MemoryDataset' } });
      expect(report.saved).toEqual([
        { dataset: 'made', type: 'hooked.datasets.TextFile', filepath: 'data/x/made.txt' },
      ]);
      expect(await read('data/x/made.txt')).toBe('XXXXX');
    });
  });

  it('a ThreadRunner tells its events', async () => {
    await inProject('kedro-hooks', { runner: 'ThreadRunner' }, async ({ session }) => {
      const events: RunEvent[] = [];
      await session.run({}, { onEvent: (event) => events.push(event), signal: new AbortController().signal });
      expect(shortEvents(events).slice(1)).toEqual([
        'node-started repeat',
        'node-finished repeat',
        'node-started shout',
        'dataset-saved made',
        'node-finished shout',
        'node-started measure',
        'dataset-loaded made',
        'node-finished measure',
      ]);
    });
  });
});
