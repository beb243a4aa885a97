/** A file store that a project brings: a map in memory, as small as a store can be. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Connections, createRegistry, defineFileStore, openDataset, option } from '../../../src/catalog/index.ts';

const shelf = new Map<string, Buffer>();
let isBroken = false;

const shelfStore = defineFileStore({
  scheme: 'shelf',
  aliases: ['board'],
  options: { room: option.text(), lamp: option.flag() },
  open: ({ options }) => {
    const at = (file: string) => `${options.room ?? 'hall'}/${file}`;
    const printOf = (content: Buffer) => createHash('sha256').update(content).digest('hex');
    return {
      download: async (from, file) => {
        if (isBroken) throw new Error('the shelf fell down');
        const content = shelf.get(at(from));
        if (content !== undefined) await writeFile(file, content);
        return content !== undefined;
      },
      upload: async (file, to, { exclusive }) => {
        const content = await readFile(file);
        if (exclusive && shelf.has(at(to))) return false;
        shelf.set(at(to), content);
        return true;
      },
      stat: async (file) => {
        const content = shelf.get(at(file));
        return content && { fingerprint: printOf(content), size: content.length };
      },
      list: async function* (folder) {
        for (const [name, content] of shelf) {
          if (!name.startsWith(`${at(folder)}/`)) continue;
          yield { path: name.slice(at('').length), fingerprint: printOf(content) };
        }
      },
      remove: async (file) => void shelf.delete(at(file)),
      failure: () => ({ retryable: false, hint: 'Call a carpenter.' }),
    };
  },
});

describe('a file store of one’s own', () => {
  beforeEach(() => {
    shelf.clear();
    isBroken = false;
  });
  const tools = { project: path.sep, connections: new Connections(), fileStores: [shelfStore] };
  const open = (more: object = {}) =>
    openDataset(
      'subject',
      { type: 'json.JSONDataset', filepath: 'shelf://top/a.json', ...more },
      tools,
      createRegistry(),
    );

  it('keeps files of every format, with versions and partitions', async () => {
    await open().save([1]);
    expect(await open().load()).toEqual([1]);
    const version = '2026-01-01T00.00.00.000Z';
    const versioned = open({ versioned: true, filepath: 'shelf://top//v.json' });
    await versioned.save(2, { version });
    await expect(versioned.save(3, { version })).rejects.toMatchObject({ code: 'VERSION_EXISTS' });
    expect(await versioned.newestVersion()).toBe(version);
    expect(await versioned.load()).toBe(2);
    const parts = { type: 'partitions.PartitionedDataset', path: 'board://parts', dataset: 'json.JSONDataset' };
    const partitioned = openDataset('parts', parts, tools, createRegistry());
    await partitioned.save({ a: 1, b: 2 });
    expect(Object.keys((await partitioned.load()) as object)).toEqual(['a', 'b']);
    expect([...shelf.keys()].sort()).toEqual([
      'hall/parts/a',
      'hall/parts/b',
      'hall/top/a.json',
      `hall/top/v.json/${version}/v.json`,
    ]);
  });

  it('gets its options from credentials and fs_args, checked; credentials win', async () => {
    await open({ fs_args: { room: 'kitchen', lamp: true }, credentials: { room: 'cellar' } }).save(1);
    expect([...shelf.keys()]).toEqual(['cellar/top/a.json']);
    expect(() => open({ credentials: { rom: 'x' } })).toThrow(expect.objectContaining({ code: 'DATASET_INVALID' }));
    expect(() => open({ fs_args: { lamp: 1 } })).toThrow(/true or false/);
  });

  it('tells in its own words what an error means', async () => {
    isBroken = true;
    await expect(open().load()).rejects.toMatchObject({
      code: 'DATASET_LOAD_FAILED',
      retryable: false,
      message:
        'The dataset "subject" could not be loaded from shelf://top/a.json: the shelf fell down. Call a carpenter.',
    });
  });

  it('is named where a scheme is unknown', () => {
    expect(() => open({ filepath: 'shelv://top/a.json' })).toThrow(
      expect.objectContaining({
        code: 'DATASET_INVALID',
        message: expect.stringMatching(/file:\/\/, shelf:\/\/, board:\/\/, s3:\/\/.*Did you mean "shelf"/),
      }),
    );
  });

  it('may replace a built-in one', async () => {
    const own = defineFileStore({ scheme: 's3', open: shelfStore.open });
    const dataset = openDataset(
      'subject',
      { type: 'json.JSONDataset', filepath: 's3://top/a.json' },
      { ...tools, fileStores: [own] },
      createRegistry(),
    );
    await dataset.save(1);
    expect(shelf.size).toBe(1);
  });
});
