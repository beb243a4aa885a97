import { expect, it } from 'vitest';
import { failureOf, type InCopy } from './subject.ts';

const FILE = 'data/raw/table.json';
const FIRST = { rows: [1, 2, 3], by: { name: 'first' } };

export function warming(inCopy: InCopy): void {
  it(
    'an artifact is loaded once and serves every run',
    inCopy(async ({ session, run, writeJson }) => {
      expect(await session.preload(['table', 'table'])).toMatchObject({ loaded: [{ dataset: 'table' }], kept: [] });
      await writeJson(FILE, 'changed');
      expect((await run('artifacts')).outputs).toEqual({ seen_table: FIRST });
      expect((await run('artifacts')).outputs).toEqual({ seen_table: FIRST });
      expect(await session.preload(['table'])).toEqual({ loaded: [], kept: ['table'], dropped: [] });
      const { warm } = await session.describe();
      expect(warm).toEqual([
        {
          dataset: 'table',
          type: 'json.JSONDataset',
          hits: 2,
          loadedAt: expect.stringMatching(/^\d{4}-.*Z$/),
          lastUsedAt: expect.stringMatching(/^\d{4}-.*Z$/),
          bytes: expect.any(Number),
          refresh: 'never',
          shared: expect.stringMatching(/^(?:frozen|copied)$/),
        },
      ]);
    }),
  );

  it(
    'an artifact that is null or false is warm like any other',
    inCopy(async ({ session, run, writeJson }) => {
      for (const value of [null, false]) {
        await writeJson(FILE, value);
        await session.preload(['table']);
        await writeJson(FILE, 'changed');
        expect((await run('artifacts')).outputs).toEqual({ seen_table: value });
        await session.releaseCache();
      }
    }),
  );

  it(
    'releaseCache forgets what it names, or everything, and says what',
    inCopy(async ({ session, run, writeJson }) => {
      await session.preload(['table', 'orders']);
      await writeJson(FILE, 'changed');
      expect(await session.releaseCache(['table', 'prices'])).toEqual({ released: ['table'] });
      expect((await run('artifacts')).outputs).toEqual({ seen_table: 'changed' });
      expect(await session.releaseCache()).toEqual({ released: ['orders'] });
      expect((await session.describe()).warm).toEqual([]);
    }),
  );

  it(
    'an artifact belongs to its filled definition: other params load another file',
    inCopy(async ({ session, run, readJson, writeJson }) => {
      await writeJson('data/days/a.json', 'warm a');
      await writeJson('data/days/b.json', 'b');
      await session.preload(['day_in'], { runtimeParams: { day: 'a' } });
      await writeJson('data/days/a.json', 'cold a');
      await run('days', { runtimeParams: { day: 'b' } });
      await run('days', { runtimeParams: { day: 'a', label: 'a param that the entry does not use' } });
      expect(await readJson('data/out/2015/b.json')).toEqual({ copied: 'b' });
      expect(await readJson('data/out/2015/a.json')).toEqual({ copied: 'warm a' });
      expect(await session.preload(['day_in'], { runtimeParams: { day: 'b' } })).toMatchObject({ kept: [] });
      expect((await session.describe()).warm).toHaveLength(2);
    }),
  );

  it(
    'describe says how each is refreshed and shared, how large it is, and not when it was used before it was',
    inCopy(async ({ session, writeJson }) => {
      await writeJson(FILE, { text: 'x'.repeat(100_000) });
      await session.preload(['table'], { refresh: 'when-changed', copyMode: 'assign' });
      const [table] = (await session.describe()).warm;
      expect(table).toMatchObject({ hits: 0, refresh: 'when-changed', shared: 'as is' });
      expect(table).not.toHaveProperty('lastUsedAt');
      expect(table?.bytes).toBeGreaterThan(90_000);
      expect(table?.bytes).toBeLessThan(300_000);
    }),
  );

  it(
    'refresh "when-changed" notices a changed file and a newer version',
    inCopy(async ({ session, reopen, run, writeJson }) => {
      await session.preload(['table'], { refresh: 'when-changed' });
      expect((await run('artifacts')).outputs).toEqual({ seen_table: FIRST });
      await writeJson(FILE, 'changed');
      expect((await run('artifacts')).outputs).toEqual({ seen_table: 'changed' });

      await run('train', { runtimeParams: { weight: 1 } });
      await session.preload(['model'], { refresh: 'when-changed' });
      const other = await reopen();
      await other.run({ pipelines: ['train'], runtimeParams: { weight: 4 } });
      expect((await run('predict', { runtimeData: { request: { x: 1 } } })).outputs.answer).toBe(4);
    }),
  );

  it(
    'a run that saves over an artifact is seen by the next',
    inCopy(async ({ session, run }) => {
      await session.preload(['table', 'orders']);
      await run('overwrite', { runtimeParams: { label: 'second' } });
      expect((await run('artifacts')).outputs).toEqual({ seen_table: { rows: [], by: { name: 'second' } } });
      expect((await session.describe()).warm.map(({ dataset }) => dataset).sort()).toEqual(['orders', 'table']);
    }),
  );

  it(
    'of savers and readers at once, a reader that starts after a save sees no older value',
    inCopy(async ({ session, run }) => {
      await session.preload(['table']);
      for (let round = 0; round < 30; round++) {
        const label = `round ${round}`;
        const before = [run('artifacts'), run('artifacts')];
        await run('overwrite', { runtimeParams: { label } });
        const after = await Promise.all([run('artifacts'), run('artifacts')]);
        for (const { outputs } of after) expect(outputs).toEqual({ seen_table: { rows: [], by: { name: label } } });
        await Promise.all(before);
      }
    }),
  );

  it(
    'a version that is asked for wins over the warm one',
    inCopy(async ({ session, run }) => {
      const { saveVersion } = await run('train', { runtimeParams: { weight: 1 } });
      await run('train', { runtimeParams: { weight: 2 } });
      await session.preload(['model']);
      const runtimeData = { request: { x: 1 } };
      expect((await run('predict', { runtimeData, loadVersions: { model: saveVersion } })).outputs.answer).toBe(1);
      expect((await run('predict', { runtimeData })).outputs.answer).toBe(2);
    }),
  );

  it(
    'given data wins over a warm artifact, for its run only',
    inCopy(async ({ session, run }) => {
      await session.preload(['table']);
      expect((await run('artifacts', { runtimeData: { table: 1 } })).outputs).toEqual({ seen_table: 1 });
      expect((await run('artifacts')).outputs).toEqual({ seen_table: FIRST });
    }),
  );

  it(
    'a node that changes what it is given harms no later run: artifacts, parameters, injected data',
    inCopy(async ({ session, run }) => {
      await session.preload(['table']);
      const given = { rows: [1], by: { name: 'mine' } };
      const request = { runtimeData: { given } };
      await run('vandal', request);
      await run('vandal', request);
      expect(given).toEqual({ rows: [1], by: { name: 'mine' } });
      expect((await run('artifacts')).outputs).toEqual({ seen_table: FIRST });
      expect((await run('echo')).outputs.seen_model).toEqual({
        depth: 3,
        name: 'oak',
        options: { fast: true, steps: 10 },
      });
    }),
  );

  it(
    'a name that the catalog does not have, and a file that is not there, are errors; nothing stays half warm',
    inCopy(async ({ session, writeJson, run }) => {
      expect(await failureOf(session.preload(['tabel']))).toMatchObject({
        code: 'DATASET_NOT_FOUND',
        message: expect.stringContaining('Did you mean "table"?'),
      });
      expect((await failureOf(session.preload(['missing']))).code).toBe('DATASET_NOT_SAVED_YET');
      expect((await failureOf(session.preload(['day_in']))).code).toBe('PARAM_MISSING');
      expect((await session.describe()).warm).toEqual([]);
      await writeJson('data/raw/missing.json', 'there now');
      expect(await session.preload(['missing'])).toMatchObject({ loaded: [{ dataset: 'missing' }] });
      expect((await run('needs_missing')).outputs).toEqual({ seen_missing: 'there now' });
    }),
  );
}
