/** Two ways to one dataset, `table@a` and `table@b`: two entries of the catalog, one dataset in the graph. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { pipelineFile, withSession } from '../projects/tiny.ts';

const entries = (more = '') => `
"table@text":
  type: text.TextDataset
  filepath: data/table.json
${more}
"table@json":
  type: json.JSONDataset
  filepath: data/table.json
${more}`;

const PIPELINE = {
  // The reader stands first: only the graph knows that it comes second.
  'pipelines/both.ts': pipelineFile(`
    node((table: number[]) => table.length, { inputs: 'table@json', outputs: 'size', name: 'read' }),
    node((text: string) => text, { inputs: 'params:text', outputs: 'table@text', name: 'write' })`),
  'pipelines/read.ts': pipelineFile(
    `node((table: number[]) => table.length, { inputs: 'table@json', outputs: 'size', name: 'read_only' })`,
  ),
  'conf/base/parameters.yml': `text: "[1, 2, 3]"\n`,
};
const FILES = { 'conf/base/catalog.yml': entries(), ...PIPELINE };
const VERSIONED = { 'conf/base/catalog.yml': entries('  versioned: true'), ...PIPELINE };

describe('a dataset that is read in another way than it is written', () => {
  test('goes through storage, in the order of the graph', async () => {
    await withSession(FILES, async (session, folder) => {
      const report = await session.run({ pipelines: ['both'] });
      expect(report.outputs).toEqual({ size: 3 });
      expect(report.nodes.map((node) => node.name)).toEqual(['write', 'read']);
      expect(report.saved.map((ref) => [ref.dataset, ref.type])).toEqual([['table@text', 'text.TextDataset']]);
      expect(await readFile(path.join(folder, 'data/table.json'), 'utf8')).toBe('[1, 2, 3]');
    });
  });

  test('is read in the version that the run has saved, whatever newer one there is', async () => {
    await withSession(VERSIONED, async (session) => {
      await session.run({
        pipelines: ['both'],
        saveVersion: '2030-01-01T00.00.00.000Z',
        runtimeParams: { text: '[]' },
      });
      const { outputs } = await session.run({ pipelines: ['both'], saveVersion: '2029-01-01T00.00.00.000Z' });
      expect(outputs.size).toBe(3);
      expect((await session.run({ pipelines: ['read'] })).outputs.size).toBe(0);
    });
  });

  test('is read in the version that the request names for that way', async () => {
    await withSession(VERSIONED, async (session) => {
      const version = '2029-01-01T00.00.00.000Z';
      await session.run({ pipelines: ['both'], saveVersion: version });
      await session.run({ pipelines: ['both'], runtimeParams: { text: '[]' } });
      const read = await session.run({ pipelines: ['read'], loadVersions: { 'table@json': version } });
      expect(read.outputs.size).toBe(3);
      const of = (name: string) => session.run({ pipelines: ['both'], loadVersions: { [name]: version } });
      await expect(of('table')).rejects.toMatchObject({ code: 'DATASET_NOT_IN_PIPELINE' });
    });
  });

  test('is stale as an artifact when it was saved in the other way', async () => {
    await withSession(FILES, async (session) => {
      await session.run({ pipelines: ['both'] });
      await session.preload(['table@json']);
      expect((await session.run({ pipelines: ['read'] })).outputs.size).toBe(3);
      expect((await session.run({ pipelines: ['both'], runtimeParams: { text: '[1]' } })).outputs.size).toBe(1);
      expect((await session.run({ pipelines: ['read'] })).outputs.size).toBe(1);
    });
  });

  test('counts as there when what is written is there', async () => {
    await withSession(FILES, async (session) => {
      await session.run({ pipelines: ['both'] });
      const report = await session.run({ pipelines: ['both'], onlyMissingOutputs: true });
      expect(report.nodes.map((node) => [node.name, node.status])).toEqual([
        ['write', 'skipped'],
        ['read', 'done'],
      ]);
      expect(await session.checkOutputs({ pipelines: ['both'] })).toEqual({ there: ['table@text'], missing: [] });
    });
  });

  test('is not written again by the retry of a run that has saved it', async () => {
    await withSession(VERSIONED, async (session) => {
      const saveVersion = '2029-01-01T00.00.00.000Z';
      await session.run({ pipelines: ['both'], saveVersion });
      const resume = { total: 2, done: ['write'], saved: ['table@text'] };
      const report = await session.run({ pipelines: ['both'], saveVersion }, { resume });
      expect(report.nodes.map((node) => node.status)).toEqual(['skipped', 'done']);
      expect(report.outputs.size).toBe(3);
    });
  });
});

describe('ways that no storage connects', () => {
  const only = (kept: string) =>
    Object.values(FILES['conf/base/catalog.yml'].split('\n\n')).find((text) => text.includes(kept)) ?? '';

  test.each([
    ['the one that is written', '@json', 'table@text'],
    ['the one that is read', '@text', 'table@json'],
    ['both', 'nothing', 'table@text'],
  ])('are refused before the first node, by name, when the catalog lacks %s', async (_, kept, missing) => {
    const files = { ...FILES, 'conf/base/catalog.yml': only(kept) };
    await withSession(files, async (session) => {
      const running = session.run({ pipelines: ['both'] });
      await expect(running).rejects.toMatchObject({
        code: 'DATASET_NOT_FOUND',
        message: expect.stringContaining(`does not store "${missing}"`),
      });
    });
  });

  test('given data counts for its own way only', async () => {
    await withSession(FILES, async (session) => {
      const run = (runtimeData: Record<string, unknown>) =>
        session.run({ pipelines: ['both'], runtimeData: runtimeData as never });
      expect((await run({ 'table@json': [1, 2] })).outputs.size).toBe(2);
      await expect(run({ 'table@text': '[]' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
      await expect(run({ table: [] })).rejects.toMatchObject({ code: 'DATASET_NOT_IN_PIPELINE' });
    });
  });

  test('a name has one @ only', async () => {
    const files = { 'conf/base/catalog.yml': '"a@b@c":\n  type: text.TextDataset\n  filepath: a.txt\n' };
    await withSession(files, async (session) => {
      const { datasets } = await session.describe();
      expect(datasets['a@b@c']).toMatchObject({ error: { code: 'DATASET_INVALID' } });
    });
  });
});
