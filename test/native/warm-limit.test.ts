/** The memory limit: what goes first, what is refused, and what a run notices of it: nothing. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PreloadOptions } from '../../src/core/index.ts';
import { defineDataset, type PipelineSession } from '../../src/index.ts';
import { memoryLimitOf, toDrop } from '../../src/native/warm-limit.ts';
import { pipelineFile, withSession } from '../projects/tiny.ts';

const NAMES = ['a', 'b', 'c', 'd'];

const FILES = {
  'conf/base/catalog.yml': NAMES.map((name) => `${name}:\n  type: own.BytesDataset\n`).join(''),
  'pipelines/read.ts': pipelineFile(
    NAMES.map(
      (name) =>
        `node((bytes: Buffer) => bytes.length, { inputs: '${name}', outputs: 'length_${name}', name: '${name}' })`,
    ).join(', '),
  ),
  'pipelines/write.ts': pipelineFile(`node(() => 1, { outputs: 'a', name: 'write' })`),
};

/** Datasets of as many bytes as `sizes` says, and how often each was loaded. */
function store(sizes: Record<string, number>) {
  const loads: string[] = [];
  const type = defineDataset({
    type: 'own.BytesDataset',
    options: {},
    open: ({ dataset }) => ({
      load: async () => {
        loads.push(dataset);
        return Buffer.alloc(sizes[dataset] ?? 0);
      },
      save: async () => {},
      exists: async () => true,
      fingerprint: async () => '',
    }),
  });
  return { loads, type, sizes };
}

async function withStore(
  sizes: Record<string, number>,
  memoryLimit: number | string,
  work: (parts: {
    session: PipelineSession;
    loads: string[];
    sizes: Record<string, number>;
    preload: (...names: string[]) => Promise<string[]>;
    read: (...names: string[]) => Promise<unknown>;
    warm: () => Promise<string[]>;
  }) => Promise<void>,
): Promise<void> {
  const { type, loads } = store(sizes);
  const use = async (session: PipelineSession) => {
    const options: PreloadOptions = {};
    await work({
      session,
      loads,
      sizes,
      preload: async (...names) => (await session.preload(names, options)).dropped,
      read: async (...names) => (await session.run({ pipelines: ['read'], nodeNames: names })).outputs,
      warm: async () => (await session.describe()).warm.map(({ dataset }) => dataset).sort(),
    });
  };
  await withSession(FILES, use, { datasets: [type], warm: { memoryLimit } });
}

describe('what is over the limit', () => {
  test('the least recently used goes first, and the report names it', async () => {
    await withStore({ a: 1000, b: 1000, c: 1000 }, 2500, async ({ preload, read, warm }) => {
      expect(await preload('a')).toEqual([]);
      expect(await preload('b')).toEqual([]);
      await read('a');
      expect(await preload('c')).toEqual(['b']);
      expect(await warm()).toEqual(['a', 'c']);
    });
  });

  test('what was dropped is loaded by the runs that need it, as ever', async () => {
    await withStore({ a: 1000, b: 1000 }, 1500, async ({ preload, read, loads }) => {
      await preload('a');
      await preload('b');
      expect(await read('a', 'b')).toEqual({ length_a: 1000, length_b: 1000 });
      expect(loads).toEqual(['a', 'b', 'a']);
    });
  });

  test('an artifact that alone is larger is refused, and nothing is dropped for it', async () => {
    await withStore({ a: 1000, b: 9_000_000 }, '2 kb', async ({ preload, warm }) => {
      await preload('a');
      await expect(preload('b')).rejects.toMatchObject({
        code: 'CACHE_LIMIT_EXCEEDED',
        retryable: false,
        message: expect.stringMatching(/"b" takes 8\.58 MB.*memoryLimit allows 2\.00 KB/),
      });
      expect(await warm()).toEqual(['a']);
    });
  });

  test('artifacts of one call do not push each other out: more than fits is refused', async () => {
    await withStore({ a: 1000, b: 1000, c: 1000 }, 2500, async ({ preload, warm }) => {
      await preload('c');
      await expect(preload('a', 'b', 'c')).rejects.toMatchObject({
        code: 'CACHE_LIMIT_EXCEEDED',
        message: expect.stringContaining('with the others of the same preload'),
      });
      expect(await warm()).toEqual(['a', 'b']);
    });
  });

  test('an artifact that has grown past the limit when it is loaded again does not fail the run', async () => {
    await withStore({ a: 1000, b: 500 }, 2000, async ({ session, preload, read, warm, sizes }) => {
      await preload('a', 'b');
      await session.run({ pipelines: ['write'] });
      sizes.a = 5000;
      expect(await read('a')).toEqual({ length_a: 5000 });
      expect(await warm()).toEqual(['b']);
    });
  });

  test('one that has grown pushes others out', async () => {
    await withStore({ a: 1000, b: 500 }, 2000, async ({ session, preload, read, warm, sizes }) => {
      await preload('a', 'b');
      await session.run({ pipelines: ['write'] });
      sizes.a = 1800;
      expect(await read('a')).toEqual({ length_a: 1800 });
      expect(await warm()).toEqual(['a']);
    });
  });

  test('preloads and runs at once end within the limit, and every run sees its values', async () => {
    await withStore({ a: 900, b: 900, c: 900, d: 900 }, 2000, async ({ session, preload, read }) => {
      for (let round = 0; round < 10; round++) {
        const work = NAMES.flatMap((name) => [preload(name), read(name)]);
        await Promise.all(work);
        const { warm } = await session.describe();
        expect(warm.reduce((sum, { bytes = 0 }) => sum + bytes, 0)).toBeLessThanOrEqual(2000);
        expect(await read(...NAMES)).toEqual(Object.fromEntries(NAMES.map((name) => [`length_${name}`, 900])));
      }
    });
  });
});

test('what is dropped is enough and not more: without the last of it, it would not fit', () => {
  const each = fc.record({ bytes: fc.nat(100), usedAt: fc.nat(5) });
  fc.assert(
    fc.property(fc.array(each), fc.nat(200), fc.nat(400), (others, fixed, limit) => {
      const dropped = toDrop(others, fixed, limit);
      if (dropped === undefined) return fixed > limit;
      const total = (all: typeof others) => all.reduce((sum, { bytes }) => sum + bytes, fixed);
      const kept = others.filter((one) => !dropped.includes(one));
      const last = dropped.at(-1);
      const isOrdered = dropped.every((one) =>
        kept.every((stays) => one.usedAt < stays.usedAt || (one.usedAt === stays.usedAt && one.bytes >= stays.bytes)),
      );
      return total(kept) <= limit && isOrdered && (last === undefined || total([...kept, last]) > limit);
    }),
  );
});

describe('the setting', () => {
  test.each([
    [undefined, Number.POSITIVE_INFINITY],
    [1000, 1000],
    ['512mb', 512 * 1024 ** 2],
    ['1.5 GB', 1.5 * 1024 ** 3],
    [' 7 b ', 7],
  ])('%s is %d bytes', (memoryLimit, bytes) => {
    expect(memoryLimitOf(memoryLimit === undefined ? {} : { memoryLimit })).toBe(bytes);
  });

  test.each([['512'], ['much'], ['-1mb'], [-1], [Number.NaN], [true]])('%s is refused', (memoryLimit) => {
    expect(() => memoryLimitOf({ memoryLimit: memoryLimit as string })).toThrow(/warm\.memoryLimit/);
  });

  test('an unknown key is refused, with the close one', () => {
    expect(() => memoryLimitOf({ memoryLimits: 5 } as never)).toThrow(/Did you mean "memoryLimit"/);
  });
});

test('a node that writes to a frozen artifact is told what it is', async () => {
  const files = {
    'conf/base/catalog.yml': 'table:\n  type: json.JSONDataset\n  filepath: data/table.json\n',
    'data/table.json': '{"rows": [1]}',
    'pipelines/spoil.ts': pipelineFile(
      `node((table: { rows: number[] }, depth: number) => { table.rows.push(depth); return 1; }, { inputs: ['table', 'params:depth'], outputs: 'x', name: 'spoil' })`,
    ),
  };
  await withSession(files, async (session) => {
    const request = { runtimeParams: { depth: 1 } };
    await session.run(request);
    await session.preload(['table']);
    await expect(session.run(request)).rejects.toMatchObject({
      code: 'NODE_FAILED',
      message: expect.stringMatching(/not extensible \("table" is frozen, as preloaded artifacts/),
    });
  });
});
