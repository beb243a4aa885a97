/** What the files of an export are, without a kedro-viz. */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NodeDescription, ProjectDescription } from '../../src/core/index.ts';
import { vizFiles, writeViz } from '../../src/viz/index.ts';

const BROKEN = { error: { code: 'PIPELINE_BROKEN', message: 'its file does not import.' } };

function projectOf(pipelines: Record<string, NodeDescription[] | typeof BROKEN>): ProjectDescription {
  const described = Object.entries(pipelines).map(([name, nodes]) => [
    name,
    'error' in nodes ? nodes : { nodes, inputs: [], outputs: [], parameters: [] },
  ]);
  return {
    sessionId: 's',
    engine: 'native',
    project: '/shop',
    env: 'local',
    pipelines: Object.fromEntries(described),
    datasets: {
      a: { type: 'pandas.CSVDataset', filepath: 'data/a.csv', layer: 'raw' },
      b: { type: 'own.module.Thing', layer: 'made' },
      c: { type: 'pandas.GBQTableDataset', layer: 'raw' },
      '{name}_note': { type: 'text.TextDataset', filepath: 'notes/{name}.txt' },
    },
    parameters: [],
    warm: [],
  };
}

function nodeOf(
  name: string,
  inputs: string[],
  outputs: string[],
  more: Partial<NodeDescription> = {},
): NodeDescription {
  return { name, inputs, outputs, tags: [], function: 'work', ...more };
}

const SHOP = projectOf({ __default__: [nodeOf('first', ['a'], ['b']), nodeOf('second', ['b'], ['day_note'])] });

interface Picture {
  nodes: { id: string; name: string; dataset_type?: string; full_name?: string }[];
  layers: string[];
  edges: { source: string; target: string }[];
}

function pictureOf(project: ProjectDescription, file = 'api/main'): Picture {
  return vizFiles(project).files[file] as unknown as Picture;
}

describe('the files of an export', () => {
  it('say a type as kedro-viz does, also of a dataset that a factory makes', () => {
    const project = projectOf({ p: [nodeOf('n', ['a', 'c'], ['b', 'day_note', 'free'])] });
    const types = Object.fromEntries(pictureOf(project).nodes.map(({ name, dataset_type }) => [name, dataset_type]));
    expect(types).toEqual({
      n: undefined,
      a: 'pandas.csv_dataset.CSVDataset',
      b: 'own.module.Thing',
      c: 'pandas.gbq_table_dataset.GBQTableDataset',
      day_note: 'text.text_dataset.TextDataset',
      free: 'io.memory_dataset.MemoryDataset',
    });
    const { files } = vizFiles(project);
    const note = pictureOf(project).nodes.find(({ name }) => name === 'day_note');
    expect(files[`api/nodes/${note?.id}`]).toMatchObject({ filepath: 'notes/day.txt' });
  });

  it('show a node without a name by its function’s', () => {
    const nodes = [
      nodeOf('work__0123abcd', ['a'], ['b']),
      nodeOf('n.s.work([b]) -> [c]', ['b'], ['c'], { namespace: 'n.s' }),
      nodeOf('partial(work)__0123abcd', ['c'], []),
    ];
    const shown = pictureOf(projectOf({ p: nodes })).nodes.filter(({ full_name }) => full_name !== undefined);
    expect(shown.map(({ name }) => name)).toEqual(['work', 'work', '<partial>']);
  });

  it('sort layers as data flows, and have none where that goes round', () => {
    expect(pictureOf(SHOP).layers).toEqual(['raw', 'made']);
    const round = projectOf({ p: [nodeOf('first', ['a'], ['b']), nodeOf('second', ['b'], ['c'])] });
    expect(pictureOf(round).layers).toEqual([]);
  });

  it('show the first pipeline where there is no default, and leave out what cannot be shown', () => {
    const project = projectOf({ odd: BROKEN, '../up': [nodeOf('n', ['a'], ['b'])], fine: [nodeOf('n', ['a'], ['b'])] });
    const { pipelines, leftOut, files } = vizFiles(project);
    expect(pipelines).toEqual(['fine']);
    expect(leftOut).toMatchObject({ odd: BROKEN.error, '../up': { code: 'REQUEST_INVALID' } });
    expect(files['api/main']).toEqual(files['api/pipelines/fine']);
  });

  it('are refused with the reason where there is nothing to show', () => {
    expect(() => vizFiles(SHOP, { pipeline: '__defualt__' })).toThrow(
      /no pipeline "__defualt__". Did you mean "__default__"/,
    );
    expect(() => vizFiles(projectOf({ odd: BROKEN }))).toThrow(/odd: its file does not import/);
    expect(() => vizFiles(projectOf({}))).toThrow(/no pipeline to show/);
  });
});

describe('the folder of an export', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'viz-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });
  const { files } = vizFiles(SHOP);
  const VERSION = JSON.stringify(files['api/version']);

  it('is new, empty, or an earlier export that is replaced whole', async () => {
    const target = path.join(folder, 'deep/viz');
    await writeViz(target, { ...files, 'api/nodes/gone': {} });
    await writeViz(target, files);
    expect((await readdir(path.join(target, 'api/nodes'))).sort()).not.toContain('gone');
    expect(await readdir(path.join(folder, 'deep'))).toEqual(['viz']);
    await mkdir(path.join(folder, 'empty'));
    await writeViz(path.join(folder, 'empty'), files);
    expect(await readdir(path.join(folder, 'empty'))).toEqual(['api']);
  });

  it('is behind a link, which stays', async () => {
    await mkdir(path.join(folder, 'real'));
    await symlink(path.join(folder, 'real'), path.join(folder, 'link'));
    await writeViz(path.join(folder, 'link'), files);
    expect(await readdir(path.join(folder, 'real'))).toEqual(['api']);
  });

  it('is refused when it holds anything else, and is left as it was', async () => {
    await writeFile(path.join(folder, 'mine.txt'), 'mine');
    await expect(writeViz(folder, files)).rejects.toThrow(/holds something that is no kedro-viz export: name another/);
    await expect(writeViz(path.join(folder, 'mine.txt'), files)).rejects.toThrow(/is a file/);
    await mkdir(path.join(folder, 'other/api'), { recursive: true });
    await expect(writeViz(path.join(folder, 'other'), files)).rejects.toThrow(/no kedro-viz export/);
    expect((await readdir(folder)).sort()).toEqual(['mine.txt', 'other']);
  });

  it.each<[string, Record<string, string>]>([
    ['a folder api/main', { 'api/main/server.go': 'mine' }],
    ['files of those names that are no answers', { 'api/main': 'mine', 'api/version': 'mine' }],
    ['a file beside those of an export', { 'api/main': '{}', 'api/version': VERSION, 'api/handlers.py': 'mine' }],
    ['a folder below those of an export', { 'api/main': '{}', 'api/version': VERSION, 'api/nodes/mine/a.py': 'mine' }],
  ])('is refused when it is somebody else’s: %s', async (_, own) => {
    const target = path.join(folder, 'theirs');
    for (const [file, text] of Object.entries(own)) {
      await mkdir(path.dirname(path.join(target, file)), { recursive: true });
      await writeFile(path.join(target, file), text);
    }
    await expect(writeViz(target, files)).rejects.toThrow(/no kedro-viz export/);
    for (const [file, text] of Object.entries(own))
      expect(await readFile(path.join(target, file), 'utf8'), file).toBe(text);
  });
});
