/** Datasets in memory whose entry says how they are handed on. */
import { describe, expect, test } from 'vitest';
import { Connections, createRegistry } from '../../src/catalog/index.ts';
import { readConfig } from '../../src/config/index.ts';
import { projectCatalog } from '../../src/native/catalog.ts';
import { pipelineFile, withProject, withSession } from '../projects/tiny.ts';

/** A reader that changes what it gets, a maker that changes what it gave, and a reader that says what is left. */
const SPOILING = {
  'pipelines/spoil.ts': pipelineFile(
    `
    node(() => { const made = { list: [1], top: 1 }; held.made = made; return made; }, { outputs: 'value', name: 'make' }),
    node((value: Value) => { value.top = 2; value.list.push(2); return 'done'; }, { inputs: 'value', outputs: 'first', name: 'a_spoil' }),
    node((value: Value, _: string) => { held.made.top = 9; return [value.top, value.list.length]; }, { inputs: ['value', 'first'], outputs: 'seen', name: 'b_look' })`,
    `type Value = { list: number[]; top: number };\nconst held = {} as { made: Value };`,
  ),
};
const run = async (entry: string, more: Record<string, string> = {}) =>
  withSession({ 'conf/base/catalog.yml': entry, ...SPOILING, ...more }, async (session) => {
    const { outputs } = await session.run({ pipelines: ['spoil'] });
    return outputs.seen;
  });

describe('copy_mode', () => {
  test('without an entry and with assign every node has the value itself', async () => {
    expect(await run('')).toEqual([9, 2]);
    expect(await run('value:\n  type: MemoryDataset\n')).toEqual([9, 2]);
    expect(await run('value:\n  type: kedro.io.MemoryDataset\n  copy_mode: assign\n')).toEqual([9, 2]);
  });

  test('copy keeps the top level from other nodes, deepcopy all of it', async () => {
    expect(await run('value:\n  type: MemoryDataset\n  copy_mode: copy\n')).toEqual([1, 2]);
    expect(await run('value:\n  type: kedro.io.MemoryDataset\n  copy_mode: deepcopy\n')).toEqual([1, 1]);
  });

  test('may come from a factory, whose type may have a placeholder, and from a runtime param', async () => {
    expect(await run('"val{x}":\n  type: MemoryDataset\n  copy_mode: deepcopy\n')).toEqual([1, 1]);
    expect(await run('"{x}":\n  type: MemoryDataset\n  copy_mode: copy\n')).toEqual([1, 2]);
    expect(await run('value:\n  type: MemoryDataset\n  copy_mode: ${runtime_params:mode, deepcopy}\n')).toEqual([1, 1]);
  });

  test('holds for given data too', async () => {
    const files = {
      'conf/base/catalog.yml': 'value:\n  type: MemoryDataset\n  copy_mode: deepcopy\n',
      'pipelines/add.ts': pipelineFile(`
        node((value: number[]) => value.push(1), { inputs: 'value', outputs: 'a', name: 'a' }),
        node((value: number[], _: number) => value.length, { inputs: ['value', 'a'], outputs: 'b', name: 'b' })`),
    };
    await withSession(files, async (session) => {
      const value = [0];
      expect((await session.run({ runtimeData: { value } })).outputs).toEqual({ b: 1 });
      expect(value).toEqual([0]);
    });
  });

  test('a value that cannot be copied is an error that names dataset, node and way out', async () => {
    const files = {
      'conf/base/catalog.yml': 'model:\n  type: MemoryDataset\n  copy_mode: deepcopy\n',
      'pipelines/fit.ts': pipelineFile(
        `node(() => ({ inner: new Model() }), { outputs: 'model', name: 'fit' })`,
        'class Model { predict() { return 1; } }',
      ),
    };
    await withSession(files, async (session) => {
      await expect(session.run({})).rejects.toMatchObject({
        code: 'DATASET_VALUE_INVALID',
        message: expect.stringMatching(/"fit".*inner.*"model".*Model.*copy_mode: assign/),
        details: { dataset: 'model', node: 'fit' },
      });
    });
  });

  test.each(['copy_mode: deep', 'copy_mod: copy', 'copy_mode: 1'])(
    '%s is refused before the first node',
    async (odd) => {
      await withSession(
        { 'conf/base/catalog.yml': `value:\n  type: MemoryDataset\n  ${odd}\n`, ...SPOILING },
        async (s) => {
          await expect(s.run({ pipelines: ['spoil'] })).rejects.toMatchObject({ code: 'DATASET_INVALID' });
        },
      );
    },
  );

  test('concerns only entries that say something: the others cost a run nothing', async () => {
    const entries = {
      plain: '',
      said: '\n  copy_mode: assign\n  metadata:\n    owner: us',
      empty: '\n  copy_mode:',
      copied: '\n  copy_mode: copy',
      asking: '\n  copy_mode: ${runtime_params:mode, assign}',
      wrong: '\n  copy_mod: copy',
    };
    const text = Object.entries(entries).map(([name, more]) => `${name}:\n  type: MemoryDataset${more}\n`);
    await withProject({ 'conf/base/catalog.yml': text.join('') }, async (project) => {
      const tools = { project, connections: new Connections() };
      const catalog = projectCatalog(await readConfig({ project }), tools, createRegistry());
      const declared = [...Object.keys(entries), 'no_entry'].filter(catalog.isDeclared);
      expect(declared).toEqual(['copied', 'asking', 'wrong']);
    });
  });

  test('runs share nothing', async () => {
    const files = {
      'conf/base/catalog.yml': 'value:\n  type: MemoryDataset\n  copy_mode: copy\n',
      'pipelines/own.ts': pipelineFile(`
        node((mark: number) => [mark], { inputs: 'params:mark', outputs: 'value', name: 'a' }),
        node(async (value: number[]) => { await new Promise((go) => setImmediate(go)); return value[0]; }, { inputs: 'value', outputs: 'b', name: 'b' })`),
    };
    await withSession(files, async (session) => {
      const marks = Array.from({ length: 50 }, (_, i) => i);
      const reports = await Promise.all(marks.map((mark) => session.run({ runtimeParams: { mark } })));
      expect(reports.map((report) => report.outputs.b)).toEqual(marks);
    });
  });
});
