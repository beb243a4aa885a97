import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type DatasetDefinition,
  defineDataset,
  defineFileDataset,
  importLibrary,
  invalidValue,
  option,
} from '../../src/catalog/index.ts';
import { datasetContract, filesUnder, withProject } from '../contract/dataset.ts';

/** One number per line. */
const numbers = defineFileDataset({
  type: 'my.NumbersDataset',
  loadArgs: { at_most: option.integer(1, 1000) },
  saveArgs: { order: option.oneOf('up', 'down') },
  async read(file, { args }) {
    const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
    if (lines.some((line) => Number.isNaN(Number(line)))) throw new SyntaxError('a line is no number');
    return lines.map(Number).slice(0, args.at_most);
  },
  async write(file, value, { args, dataset, target }) {
    if (!Array.isArray(value)) throw invalidValue(dataset, '', 'it must be a list of numbers.');
    await writeFile(file, '1\n2\n');
    if (target.endsWith('.bad')) throw new Error('the pen broke midway');
    const sorted = args.order === undefined ? value : value.toSorted((a, b) => (args.order === 'up' ? a - b : b - a));
    await writeFile(file, sorted.map((n) => `${n}\n`).join(''));
  },
});

datasetContract({
  name: 'a file type of one’s own',
  definition: { type: 'my.NumbersDataset' },
  file: 'numbers.txt',
  values: [[1, 2], []],
  refused: { value: 'x', path: '' },
  own: [numbers],
});

datasetContract({
  name: 'a type whose parser makes objects without a prototype',
  definition: { type: 'my.BareDataset' },
  file: 'bare.json',
  values: [{ a: [{ b: 1 }] }, {}],
  own: [
    defineFileDataset({
      type: 'my.BareDataset',
      read: async (file) =>
        JSON.parse(await readFile(file, 'utf8'), (_, value) =>
          Object.prototype.toString.call(value) === '[object Object]'
            ? Object.assign(Object.create(null), value)
            : value,
        ),
      write: (file, value) => writeFile(file, JSON.stringify(value)),
    }),
  ],
});

const shelf = new Map<string, unknown>();
const shelves = defineDataset({
  type: 'my.ShelfDataset',
  options: { place: option.required(option.text()) },
  open: ({ options: { place }, connections }) => {
    const opened = () =>
      connections.use(
        'shelf',
        async () => shelf,
        async () => shelf.clear(),
      );
    return {
      place,
      load: async () => {
        const things = await opened();
        if (!things.has(place)) throw new Error('the shelf is empty');
        return things.get(place);
      },
      save: async (value) => void (await opened()).set(place, value),
      exists: async () => (await opened()).has(place),
      fingerprint: async () => JSON.stringify((await opened()).get(place)),
      retryable: () => false,
    };
  },
});

describe('defineFileDataset', () => {
  const bench = withProject([numbers]);
  const open = (filepath: string, more = {}) => bench.open({ type: 'my.NumbersDataset', filepath, ...more });

  it('hands its own arguments to read and write', async () => {
    const dataset = open('n.txt', { load_args: { at_most: 2 }, save_args: { order: 'down' } });
    await dataset.save([1, 3, 2]);
    expect(await dataset.load()).toEqual([3, 2]);
  });

  it('keeps the old content, and leaves nothing else, when writing fails midway', async () => {
    await writeFile(join(bench.project, 'n.bad'), '7\n');
    await expect(open('n.bad').save([1])).rejects.toMatchObject({
      code: 'DATASET_SAVE_FAILED',
      retryable: true,
      message: expect.stringContaining('the pen broke midway'),
    });
    expect(await open('n.bad').load()).toEqual([7]);
    expect(await filesUnder(bench.project)).toEqual(['n.bad']);
  });

  it('takes a SyntaxError for content that stays wrong', async () => {
    await writeFile(join(bench.project, 'n.txt'), 'x\n');
    await expect(open('n.txt').load()).rejects.toMatchObject({ code: 'DATASET_LOAD_FAILED', retryable: false });
  });

  it('makes a read-only type when there is no write', async () => {
    const type = defineFileDataset({ type: 'my.ReadOnly', read: (file) => readFile(file, 'utf8') });
    const tools = { ...bench, open: (name: string, definition: DatasetDefinition) => bench.open(definition, name) };
    const dataset = type.open('x', { type: 'my.ReadOnly', filepath: 'a' }, tools);
    expect(dataset.readOnly).toBe(true);
    await expect(dataset.save('a')).rejects.toMatchObject({ code: 'DATASET_READ_ONLY' });
  });
});

describe('defineDataset', () => {
  const bench = withProject([shelves]);

  it('connects when it is first used, through the session’s connections', async () => {
    const dataset = bench.open({ type: 'my.ShelfDataset', place: 'top' });
    expect(await dataset.exists()).toBe(false);
    await dataset.save({ a: 1 });
    expect(await dataset.load()).toEqual({ a: 1 });
    await bench.connections.close();
    expect(shelf.size).toBe(0);
  });

  it('wraps what the storage throws, with its own word on trying again', async () => {
    await expect(bench.open({ type: 'my.ShelfDataset', place: 'low' }).load()).rejects.toMatchObject({
      code: 'DATASET_LOAD_FAILED',
      retryable: false,
      message: expect.stringMatching(/"subject".*low.*the shelf is empty/),
    });
  });

  it('names a required option that is missing', () => {
    expect(() => bench.open({ type: 'my.ShelfDataset' })).toThrow(
      expect.objectContaining({ code: 'DATASET_INVALID', message: expect.stringContaining('"place"') }),
    );
  });
});

describe('importLibrary', () => {
  it('says how to install a package that is missing', async () => {
    const name: string = 'a-package-that-nobody-has';
    await expect(importLibrary('cars', name, () => import(name))).rejects.toMatchObject({
      code: 'DATASET_LIBRARY_MISSING',
      message: expect.stringContaining('npm install a-package-that-nobody-has'),
    });
  });

  it('does not take a package that is broken for one that is missing', async () => {
    const broken = async () => {
      throw new Error('wrong glibc');
    };
    await expect(importLibrary('cars', 'x', broken)).rejects.toThrow('wrong glibc');
  });
});
