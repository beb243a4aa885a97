/** Polars tables in and out, as Arrow and as rows. */
import { type Table, tableFromArrays, tableToIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../contract/session/subject.ts';
import { inProject } from './projects.ts';
import { pythonOf, SCIENCE } from './pythons.ts';

const python = pythonOf(SCIENCE);
const inFrames = (work: Parameters<typeof inProject>[2]) => inProject('kedro-polars', { python: python ?? '' }, work);

describe.skipIf(python === undefined)('polars', () => {
  it('an Arrow table, its bytes and rows that are given become the eager frame that the entry holds', async () => {
    await inFrames(async ({ session }) => {
      const table = tableFromArrays({ n: Int32Array.of(1, 2), name: ['a', null] });
      for (const sales of [table, tableToIPC(table, 'file'), tableToIPC(table, 'stream')]) {
        const { outputs } = await session.run({ pipelines: ['kinds'] }, { data: { sales } });
        expect(outputs).toEqual({ kind: 'polars.DataFrame', columns: ['n', 'name'] });
      }
      const runtimeData = {
        sales: [
          { n: 1, name: null },
          { n: 2.5, name: 'b' },
        ],
      };
      const { outputs } = await session.run({ pipelines: ['through'], runtimeData });
      expect(outputs.same).toEqual([
        { n: 1, name: null, twice: 2 },
        { n: 2.5, name: 'b', twice: 5 },
      ]);
    });
  });

  it('a frame comes back as rows, and as an Arrow table where live results are taken', async () => {
    await inFrames(async ({ session }) => {
      const results = new Map<string, unknown>();
      const { outputs } = await session.run({ pipelines: ['made'], runtimeParams: { rows: 2 } }, { results });
      const row = {
        group: 'x',
        day: '2026-01-31',
        time: '2026-01-31T06:00:00.000Z',
        price: 1.5,
        list: [1, 2],
        struct: { a: 1 },
      };
      expect(outputs.made).toEqual([
        { n: 0, name: null, x: null, ...row },
        { n: 1, name: 'a', x: 0.5, ...row },
      ]);
      const table = results.get('made') as Table;
      expect(table.schema.fields.map(({ name }) => name)).toEqual(Object.keys((outputs.made as object[])[0] ?? {}));
      expect([...(table.getChild('name') ?? [])]).toEqual([null, 'a']);
      expect(String(table.getChild('group')?.get(1))).toBe('x');
      expect(table.getChild('n')?.get(1)).toBe(1);
    });
  });

  it('one of 120,000 rows goes out and comes in again whole', async () => {
    await inFrames(async ({ session }) => {
      const results = new Map<string, unknown>();
      const request = { pipelines: ['made'], runtimeParams: { rows: 120_000 } };
      const report = await session.run(request, { results });
      expect(report.references.made).toEqual({ dataset: 'made', type: 'MemoryDataset' });
      const back = new Map<string, unknown>();
      const live = { data: { sales: results.get('made') }, results: back };
      await session.run({ pipelines: ['through'] }, live);
      const table = back.get('same') as Table;
      expect(table.numRows).toBe(120_000);
      expect(table.getChild('twice')?.get(119_999)).toBe(239_998);
    });
  });

  it('a LazyFrame between nodes stays lazy; one that is an output is collected', async () => {
    await inFrames(async ({ session }) => {
      expect((await session.run({ pipelines: ['between'] })).outputs).toEqual({ height: 2 });
      const results = new Map<string, unknown>();
      const report = await session.run({ pipelines: ['lazy'] }, { results });
      expect(report.outputs.made).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }]);
      expect((results.get('made') as Table).numRows).toBe(3);
    });
  });

  it('what kedro-datasets stores of it is a reference, and a table when it is asked for by name', async () => {
    await inFrames(async ({ session }) => {
      const report = await session.run({ pipelines: ['stored'], outputs: ['made_file', 'kind'] });
      expect(report.outputs).toMatchObject({ kind: 'polars.DataFrame', made_file: [{ n: 0 }, { n: 1 }, { n: 2 }] });
      expect(report.saved).toMatchObject([{ dataset: 'made_file', filepath: 'data/made.parquet' }]);
    });
  });

  it('bytes that are no Arrow are refused, and the dataset is named', async () => {
    await inFrames(async ({ session }) => {
      const run = session.run({ pipelines: ['kinds'] }, { data: { sales: Uint8Array.of(1, 2, 3) } });
      expect(await failureOf(run)).toMatchObject({
        code: 'REQUEST_INVALID',
        message: expect.stringContaining('"sales"'),
      });
    });
  });

  it('an artifact that a node changes in place is whole again for the next run', async () => {
    await inFrames(async ({ session }) => {
      await session.preload(['sales']);
      for (let i = 0; i < 2; i++)
        expect((await session.run({ pipelines: ['spoil'] })).outputs.names).toEqual(['a', 'b']);
    });
  });

  it('a LazyFrame that cannot be collected fails the run, and node and output are named', async () => {
    await inFrames(async ({ session }) => {
      expect(await failureOf(session.run({ pipelines: ['broken_lazy'] }))).toMatchObject({
        code: 'NODE_FAILED',
        message: expect.stringMatching(/"make".*"made".*no_such/s),
        details: { node: 'make', dataset: 'made' },
      });
    });
  });
});
