import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { inProject } from './projects.ts';
import { mainPython } from './pythons.ts';

describe.skipIf(mainPython() === undefined)('runs at once', () => {
  it('1,000 with different params through three hosts: each has its own params, data and file', async () => {
    await inProject('kedro', { hosts: 3 }, async ({ session, folder }) => {
      await session.run({ pipelines: ['train'], runtimeParams: { weight: 1 } });
      const all = Array.from({ length: 1_000 }, (_, i) => i);
      const reports = await Promise.all(
        all.map((i) =>
          session.run({
            pipelines: ['overlap'],
            runId: `run ${i}`,
            runtimeParams: { slot: `s${i}`, label: `l${i}` },
            runtimeData: { numbers: [i] },
          }),
        ),
      );
      for (const [i, report] of reports.entries()) {
        expect(report.runId).toBe(`run ${i}`);
        expect(report.outputs.seen).toMatchObject({ slot: { label: `l${i}`, numbers: [i] }, all: { slot: `s${i}` } });
        expect(report.saved[1]).toMatchObject({ filepath: `data/slots/s${i}.json` });
      }
      expect(new Set(reports.map(({ saveVersion }) => saveVersion)).size).toBe(1_000);
      expect(folder).not.toBe('');
    });
  }, 120_000);

  it('what one host saves, another does not answer from its memory', async () => {
    await inProject('kedro', { hosts: 2 }, async ({ session, folder }) => {
      await mkdir(path.join(folder, 'data/raw'), { recursive: true });
      await writeFile(path.join(folder, 'data/raw/table.json'), '{"rows": [], "by": {"name": "first"}}');
      await session.preload(['table']);
      for (let round = 0; round < 20; round++) {
        await session.run({ pipelines: ['overwrite'], runtimeParams: { label: `round ${round}` } });
        const seen = await Promise.all([1, 2, 3, 4].map(() => session.run({ pipelines: ['artifacts'] })));
        for (const { outputs } of seen) expect(outputs.seen_table).toMatchObject({ by: { name: `round ${round}` } });
      }
    });
  });
});
