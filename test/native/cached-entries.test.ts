/** Cached datasets: a run reads them once, and no run has what another one read. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { defineDataset } from '../../src/index.ts';
import { pipelineFile, withSession } from '../projects/tiny.ts';

/** A dataset that counts, and whose value is how often it was loaded. */
function counted() {
  const counts = { loads: 0, saves: 0, secrets: new Set<unknown>() };
  const type = defineDataset({
    type: 'own.CountedDataset',
    options: {},
    open: ({ credentials }) => ({
      load: async () => {
        const load = ++counts.loads;
        counts.secrets.add(credentials);
        await new Promise((go) => setImmediate(go));
        return { load };
      },
      save: async () => {
        counts.saves++;
      },
      exists: async () => true,
      fingerprint: async () => '',
    }),
  });
  return { counts, type };
}

const entry = (more = '') => `
value:
  type: CachedDataset
  dataset:
    type: own.CountedDataset
    credentials: shelf
${more}`;
const FILES = {
  'conf/base/catalog.yml': entry(),
  'conf/base/credentials.yml': 'shelf:\n  key: s3cret\n',
  'pipelines/read.ts': pipelineFile(`
    node((value: { load: number }) => value.load, { inputs: 'value', outputs: 'a', name: 'a' }),
    node((value: { load: number }, a: number) => [value.load, a], { inputs: ['value', 'a'], outputs: 'b', name: 'b' }),
    node((value: { load: number }, b: number[]) => [value.load, ...b], { inputs: ['value', 'b'], outputs: 'c', name: 'c' })`),
  'pipelines/write.ts': pipelineFile(`
    node(() => ({ load: -1 }), { outputs: 'value', name: 'make' }),
    node((value: { load: number }) => value.load, { inputs: 'value', outputs: 'a', name: 'a' })`),
};

describe('a cached dataset', () => {
  test.each(['sequential', 'concurrent'] as const)('is read once in a %s run, and anew by the next', async (runner) => {
    const { counts, type } = counted();
    await withSession(
      FILES,
      async (session) => {
        expect((await session.run({ pipelines: ['read'] })).outputs.c).toEqual([1, 1, 1]);
        expect((await session.run({ pipelines: ['read'] })).outputs.c).toEqual([2, 2, 2]);
        expect([...counts.secrets]).toEqual([{ key: 's3cret' }]);
      },
      { datasets: [type], runner },
    );
  });

  test('is never shared by runs that overlap', async () => {
    const { counts, type } = counted();
    await withSession(
      FILES,
      async (session) => {
        const reports = await Promise.all(Array.from({ length: 30 }, () => session.run({ pipelines: ['read'] })));
        expect(counts.loads).toBe(30);
        const seen = reports.map(({ outputs }) => new Set(outputs.c as number[]));
        expect(seen.every((loads) => loads.size === 1)).toBe(true);
        expect(new Set(seen.flatMap((loads) => [...loads])).size).toBe(30);
      },
      { datasets: [type] },
    );
  });

  test('hands on what was saved', async () => {
    const { counts, type } = counted();
    await withSession(
      FILES,
      async (session) => {
        expect((await session.run({ pipelines: ['write'] })).outputs.a).toBe(-1);
        expect(counts).toMatchObject({ loads: 0, saves: 1 });
      },
      { datasets: [type] },
    );
  });

  test('is let go after its last use', async () => {
    const { type } = counted();
    const files = {
      ...FILES,
      'pipelines/read.ts': pipelineFile(
        `node((value: object) => { held.ref = new WeakRef(value); return 1; }, { inputs: 'value', outputs: 'a', name: 'a' }),
         node(async (a: number) => { await collect(); return held.ref.deref() === undefined; }, { inputs: 'a', outputs: 'gone', name: 'b' })`,
        `import { setFlagsFromString } from 'node:v8';\nimport { runInNewContext } from 'node:vm';
        const held = {} as { ref: WeakRef<object> };
        async function collect() {
          setFlagsFromString('--expose-gc');
          const gc = runInNewContext('gc') as () => void;
          for (let i = 0; i < 5; i++) { await new Promise((go) => setTimeout(go, 5)); gc(); }
        }`,
      ),
    };
    await withSession(
      files,
      async (session) => {
        expect((await session.run({ pipelines: ['read'] })).outputs.gone).toBe(true);
      },
      { datasets: [type] },
    );
  });

  test('is copied for each node when its copy mode says so', async () => {
    const files = {
      'conf/base/catalog.yml':
        'value:\n  type: CachedDataset\n  copy_mode: deepcopy\n  dataset:\n    type: json.JSONDataset\n    filepath: value.json\n',
      'value.json': '[1]',
      'pipelines/add.ts': pipelineFile(`
        node((value: number[]) => value.push(2), { inputs: 'value', outputs: 'a', name: 'a' }),
        node((value: number[], _: number) => value.length, { inputs: ['value', 'a'], outputs: 'b', name: 'b' })`),
    };
    await withSession(files, async (session) => {
      expect((await session.run({})).outputs.b).toBe(1);
    });
  });

  test('has versions, is described by its inner file, and can be preloaded', async () => {
    const files = {
      'conf/base/catalog.yml':
        'table:\n  type: CachedDataset\n  versioned: true\n  dataset:\n    type: json.JSONDataset\n    filepath: data/table.json\n',
      'pipelines/write.ts': pipelineFile(`node((n: number) => n, { inputs: 'params:n', outputs: 'table', name: 'w' })`),
      'pipelines/read.ts': pipelineFile(`node((n: number) => n, { inputs: 'table', outputs: 'n', name: 'r' })`),
    };
    await withSession(files, async (session, folder) => {
      expect((await session.describe()).datasets.table).toMatchObject({
        type: 'CachedDataset',
        filepath: 'data/table.json',
        versioned: true,
      });
      const [one, two] = ['2026-01-01T00.00.00.000Z', '2026-01-02T00.00.00.000Z'] as const;
      for (const [n, saveVersion] of [one, two].entries()) {
        await session.run({ pipelines: ['write'], saveVersion, runtimeParams: { n } });
      }
      const read = async (loadVersions?: Record<string, string>) =>
        (await session.run({ pipelines: ['read'], ...(loadVersions === undefined ? {} : { loadVersions }) })).outputs.n;
      expect(await read()).toBe(1);
      expect(await read({ table: one })).toBe(0);
      await session.preload(['table']);
      const file = path.join(folder, 'data/table.json', two, 'table.json');
      expect(JSON.parse(await readFile(file, 'utf8'))).toBe(1);
      await writeFile(file, '5');
      expect(await read()).toBe(1);
    });
  });
});
