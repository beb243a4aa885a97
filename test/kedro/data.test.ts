import { type Table, tableFromArrays, tableToIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../contract/session/subject.ts';
import { inProject } from './projects.ts';
import { mainPython } from './pythons.ts';

describe.skipIf(mainPython() === undefined)('tables', () => {
  it('rows and Arrow become what the catalog entry holds; JSON of other datasets stays JSON', async () => {
    await inProject('kedro-tables', {}, async ({ session }) => {
      const rows = [{ n: 1, name: 'a' }];
      const kinds = async (live: Record<string, unknown>) =>
        (await session.run({ pipelines: ['kinds'] }, { data: { free: 1, ...live } })).outputs;
      expect(await kinds({ sales: rows, free: rows })).toEqual({
        kind: 'pandas.DataFrame',
        free_kind: 'builtins.list',
      });
      const table = tableFromArrays({ n: [1, 2] });
      expect(await kinds({ sales: table, free: tableToIPC(table, 'file') })).toEqual({
        kind: 'pandas.DataFrame',
        free_kind: 'pandas.DataFrame',
      });
      const factory = await session.run({ pipelines: ['factory'], runtimeData: { any_file: [{ n: 1 }] } });
      expect(factory.outputs.kind).toBe('pandas.DataFrame');
    });
  });

  it('come back as rows, and as an Arrow table where live results are taken', async () => {
    await inProject('kedro-tables', {}, async ({ session }) => {
      const results = new Map<string, unknown>();
      const { outputs } = await session.run({ pipelines: ['made'] }, { results });
      expect(outputs.made).toEqual([
        { n: 0, x: null, name: 'a', day: '2026-01-31T00:00:00.000Z' },
        { n: 1, x: 0.5, name: 'a', day: '2026-02-01T00:00:00.000Z' },
        { n: 2, x: 0.5, name: 'a', day: '2026-02-02T00:00:00.000Z' },
      ]);
      const table = results.get('made') as Table;
      expect(table.numRows).toBe(3);
      expect(table.getChild('name')?.get(2)).toBe('a');
    });
  });

  it('of more than 10,000 rows stay a reference, need live results when named, and go through a file', async () => {
    await inProject('kedro-tables', {}, async ({ session }) => {
      const request = { pipelines: ['made'], runtimeParams: { rows: 400_000 } };
      expect((await session.run(request)).references.made).toEqual({ dataset: 'made', type: 'MemoryDataset' });
      expect(await failureOf(session.run({ ...request, outputs: ['made'] }))).toMatchObject({
        code: 'OUTPUT_NOT_JSON',
        message: expect.stringContaining('made'),
      });
      const results = new Map<string, unknown>();
      await session.run({ ...request, outputs: ['made'] }, { results });
      const table = results.get('made') as Table;
      expect(table.numRows).toBe(400_000);
      const back = new Map<string, unknown>();
      await session.run({ pipelines: ['through'] }, { data: { free: table }, results: back });
      expect((back.get('same') as Table).numRows).toBe(400_000);
    });
  });

  it('numbers, dates and gaps of Python libraries have one JSON form', async () => {
    await inProject('kedro-tables', {}, async ({ session }) => {
      expect((await session.run({ pipelines: ['values'] })).outputs.values).toEqual({
        int: 3,
        float: 0.5,
        bool: true,
        nan: null,
        inf: null,
        day: '2026-01-31',
        time: '2026-01-31T05:00:00.000Z',
        micros: '2026-01-31T06:00:00.123456Z',
        nanos: '2026-01-31T06:00:00.123456789Z',
        nat: null,
        decimal: 1.5,
        array: [
          [1, 2],
          [3, 4],
        ],
        series: [1.5, null],
        tuple: [1, 'a'],
      });
      const error = await failureOf(session.run({ pipelines: ['big'], outputs: ['big'] }));
      expect(error).toMatchObject({ code: 'OUTPUT_NOT_JSON', message: expect.stringContaining('2**53') });
    });
  });

  it('a value that is neither JSON nor a table is refused before it is sent, by name', async () => {
    await inProject('kedro-tables', {}, async ({ session }) => {
      const run = session.run({ pipelines: ['through'] }, { data: { free: new Map() } });
      expect(await failureOf(run)).toMatchObject({
        code: 'REQUEST_INVALID',
        message: expect.stringContaining('"free"'),
      });
    });
  });
});

describe.skipIf(mainPython() === undefined)('artifacts', () => {
  it('a frame that a node changes is whole again for the next run', async () => {
    await inProject('kedro-tables', {}, async ({ session }) => {
      await session.preload(['sales']);
      await session.run({ pipelines: ['spoil'] });
      expect((await session.run({ pipelines: ['spoil'] })).outputs.sum).toBe(-2);
      const report = await session.run({ pipelines: ['__default__'], outputs: ['sales'] });
      expect(report.outputs.sales).toEqual([
        { n: 1, name: 'a' },
        { n: 2, name: 'b' },
      ]);
    });
  });

  it('a model inside is never copied, the containers around it are', async () => {
    await inProject('kedro-tables', {}, async ({ session }) => {
      await session.preload(['model']);
      for (let i = 0; i < 2; i++) {
        expect((await session.run({ pipelines: ['model'] })).outputs.used).toEqual([1, 'tables.Model']);
      }
    });
  });
});
