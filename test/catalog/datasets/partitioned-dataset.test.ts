import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DatasetDefinition, defineFileDataset, type Partitions } from '../../../src/catalog/index.ts';
import { isJson } from '../../../src/core/index.ts';
import { type SpaceOf, withProject } from '../../contract/dataset.ts';
import { hasS3, type S3Server, startS3 } from '../../s3/server.ts';
import { s3Space } from '../../s3/space.ts';

const read: string[] = [];

/** Notes what is read. */
const noted = defineFileDataset({
  type: 'my.NotedDataset',
  read: async (file) => read.push(file),
  write: async (file, value) => {
    if (value === 'bad') throw new Error('the pen broke');
    await writeFile(file, String(value));
  },
});

function rules(spaceOf?: SpaceOf): void {
  const bench = withProject([noted], spaceOf);
  const open = (more: Partial<DatasetDefinition> = {}) =>
    bench.open({
      type: 'partitions.PartitionedDataset',
      path: bench.space.filepathOf('days'),
      dataset: 'json.JSONDataset',
      filename_suffix: '.json',
      ...(spaceOf === undefined ? {} : bench.space.entry),
      ...more,
    });
  const load = async (more?: Partial<DatasetDefinition>) => (await open(more).load()) as Partitions;
  const loadAll = async (more?: Partial<DatasetDefinition>) =>
    Promise.all(Object.entries(await load(more)).map(async ([id, get]) => [id, await get()]));

  it('saves values under their ids and gives loaders, sorted by id', async () => {
    await open().save({ 'b/2026-02': { n: 2 }, a: 1, 'b/2026-01': null });
    expect(await bench.space.files()).toEqual(['days/a.json', 'days/b/2026-01.json', 'days/b/2026-02.json']);
    expect(await loadAll()).toEqual([
      ['a', 1],
      ['b/2026-01', null],
      ['b/2026-02', { n: 2 }],
    ]);
  });

  it('takes a Map, and what loading gives', async () => {
    await open().save(new Map([['x', 1]]));
    await open({ path: bench.space.filepathOf('copy') }).save(await load());
    expect(await loadAll({ path: bench.space.filepathOf('copy') })).toEqual([['x', 1]]);
  });

  it('reads nothing before it is asked, and then that partition, each time', async () => {
    await open({ dataset: { type: 'my.NotedDataset' } }).save({ a: 1, b: 2 });
    read.length = 0;
    const { b } = await load({ dataset: { type: 'my.NotedDataset' } });
    expect(read).toEqual([]);
    await b?.();
    await b?.();
    expect(read).toHaveLength(2);
    for (const file of read) expect(file).toMatch(/\/b\.json$/);
  });

  it('makes lazy values one at a time, each after the one before is saved', async () => {
    const seen: string[][] = [];
    const value = (id: string) => async () => {
      seen.push(await bench.space.files());
      return id;
    };
    await open().save({ c: value('c'), a: value('a'), b: () => 'b' });
    expect(seen).toEqual([[], ['days/a.json', 'days/b.json']]);
    expect(await loadAll()).toEqual([
      ['a', 'a'],
      ['b', 'b'],
      ['c', 'c'],
    ]);
    await expect(open({ save_lazily: false }).save({ a: () => 1 })).rejects.toMatchObject({
      code: 'DATASET_VALUE_INVALID',
    });
  });

  it('says which partition could not be made', async () => {
    const broken = () => {
      throw new Error('no rain gauge');
    };
    await expect(open().save({ a: 1, may: broken })).rejects.toMatchObject({
      code: 'DATASET_SAVE_FAILED',
      message: expect.stringMatching(/"may".*"subject".*no rain gauge/),
    });
  });

  it('has nothing to load, and does not exist, without a partition of its suffix', async () => {
    await bench.space.write('days/readme.txt', 'x');
    await bench.space.write('days-after/a.json', '1');
    expect(await open().exists()).toBe(false);
    for (const fails of [() => open().load(), () => open().fingerprint()]) {
      await expect(fails()).rejects.toMatchObject({
        code: 'DATASET_NOT_SAVED_YET',
        message: expect.stringMatching(/"subject".*no partitions found.*days.*"\.json"/),
      });
    }
    await open().save({});
    expect(await open().exists()).toBe(false);
    await open().save({ a: 1 });
    expect(await open().exists()).toBe(true);
  });

  it('keeps what is there, or with overwrite only what is new, removed after all is saved', async () => {
    await open().save({ a: 1, 'old/b': 2 });
    await bench.space.write('days/readme.txt', 'x');
    await open().save({ c: 3 });
    expect(Object.keys(await load())).toEqual(['a', 'c', 'old/b']);
    const overwrite = { overwrite: true, dataset: 'my.NotedDataset' };
    await expect(open(overwrite).save({ a: 1, d: 'bad' })).rejects.toMatchObject({ code: 'DATASET_SAVE_FAILED' });
    expect(Object.keys(await load())).toEqual(['a', 'c', 'old/b']);
    await open(overwrite).save({ c: 4, d: 5 });
    expect(await loadAll()).toEqual([
      ['c', 4],
      ['d', 5],
    ]);
    expect(await bench.space.files()).toContain('days/readme.txt');
  });

  it('stops between partitions when it is cancelled, with nothing removed', async () => {
    await open().save({ old: 1 });
    const stop = new AbortController();
    const saving = open({ overwrite: true }).save(
      { a: 1, b: () => stop.abort(new Error('stop')), c: 3 },
      { signal: stop.signal },
    );
    await expect(saving).rejects.toThrow('stop');
    expect(Object.keys(await load())).toEqual(['a', 'old']);
    await expect(open().load({ signal: stop.signal })).rejects.toThrow('stop');
  });

  it('has a fingerprint that changes when a partition comes, goes or changes', async () => {
    await open().save({ a: 1 });
    const first = await open().fingerprint();
    expect(await open().fingerprint()).toBe(first);
    await open().save({ b: 1 });
    const second = await open().fingerprint();
    expect(second).not.toBe(first);
    await bench.space.change('days/a.json');
    expect(await open().fingerprint()).not.toBe(second);
  });

  it('looks as deep as maxdepth says', async () => {
    await open().save({ a: 1, 'b/c': 2, 'b/d/e': 3 });
    expect(Object.keys(await load({ load_args: { maxdepth: 2 } }))).toEqual(['a', 'b/c']);
  });

  it.each(['../x', 'a/../../x', '/x', 'a//b', '', './a', '..\\x', 'C:\\x', 'a\0'])(
    'refuses the id %j, before anything is saved',
    async (id) => {
      await expect(open().save({ a: 1, [id]: 2 })).rejects.toMatchObject({ code: 'DATASET_VALUE_INVALID' });
      expect(await bench.space.files()).toEqual([]);
    },
  );

  it.each([[1], [null], [[1]], ['x']])('refuses to save %j', async (value) => {
    await expect(open().save(value)).rejects.toMatchObject({ code: 'DATASET_VALUE_INVALID' });
  });
}

describe('partitions.PartitionedDataset in a folder', () => {
  rules();
  const bench = withProject([defineFileDataset({ type: 'my.ReadOnlyDataset', read: async () => 1 })]);
  const definition = { type: 'partitions.PartitionedDataset', path: 'days', dataset: 'json.JSONDataset' };

  it('passes over what a save has not finished, and follows links to files', async () => {
    await mkdir(join(bench.project, 'days'), { recursive: true });
    await writeFile(join(bench.project, 'days/.a.json.00000000.1.00.tmp'), '1');
    await writeFile(join(bench.project, 'elsewhere.json'), '7');
    await symlink(join(bench.project, 'elsewhere.json'), join(bench.project, 'days/link.json'));
    await symlink(join(bench.project, 'nowhere'), join(bench.project, 'days/dangling.json'));
    const loaded = (await bench.open(definition).load()) as Partitions;
    expect(Object.keys(loaded)).toEqual(['link.json']);
    expect(await loaded['link.json']?.()).toBe(7);
  });

  it('gives loaders that no run returns as JSON', async () => {
    await bench.open(definition).save({ a: 1 });
    expect(isJson(await bench.open(definition).load())).toBe(false);
  });

  it.each([
    [{ dataset: { type: 'json.JSONDataset', versioned: true } }, 'versioned'],
    [{ dataset: { type: 'json.JSONDataset', save_args: { indnt: 1 } } }, 'indnt'],
    [{ dataset: 'MemoryDataset' }, 'filepath'],
    [{ dataset: null }, '"dataset"'],
    [{ path: 'stone://tablet' }, 'path that starts with "stone://"'],
    [{ versioned: true }, 'versioned'],
    [{ load_args: { withdirs: true } }, 'withdirs'],
  ])('refuses %j when it is opened', (more, says) => {
    expect(() => bench.open({ ...definition, ...more } as DatasetDefinition)).toThrow(
      expect.objectContaining({ code: 'DATASET_INVALID', message: expect.stringContaining(says) }),
    );
  });

  it('refuses an inner type that is unknown', () => {
    expect(() => bench.open({ ...definition, dataset: 'json.JSN' })).toThrow(
      expect.objectContaining({ code: 'DATASET_TYPE_UNKNOWN' }),
    );
  });

  it('is read-only where its partitions are, and has no versions', async () => {
    const query = { ...definition, dataset: 'my.ReadOnlyDataset' };
    expect(bench.open(query).readOnly).toBe(true);
    await expect(bench.open(query).save({ a: 1 })).rejects.toMatchObject({ code: 'DATASET_READ_ONLY' });
    await expect(bench.open(definition).load({ version: '2026-01-01T00.00.00.000Z' })).rejects.toMatchObject({
      code: 'VERSION_INVALID',
    });
    expect(await bench.open(definition).newestVersion()).toBeUndefined();
  });

  it('any id comes back or is refused', async () => {
    const dataset = bench.open({ ...definition, overwrite: true });
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1, maxLength: 20 }), async (id) => {
        const isKept = await dataset.save({ [id]: 1 }).then(
          () => true,
          () => false,
        );
        if (isKept) expect(Object.keys((await dataset.load()) as object)).toEqual([id]);
      }),
      { numRuns: 150 },
    );
  });
});

describe.skipIf(!hasS3)('partitions.PartitionedDataset in S3', () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await startS3();
    await server.makeBucket('contract');
  });
  afterAll(() => server?.stop());
  rules((project) => s3Space(server, project));
});
