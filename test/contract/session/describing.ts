import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { NodeDescription } from '../../../src/core/index.ts';
import { failureOf, type InCopy } from './subject.ts';

export function describing(inCopy: InCopy): void {
  it(
    'says what each pipeline has, needs and makes',
    inCopy(async ({ session, folder }) => {
      const { pipelines, project, env, sessionId } = await session.describe();
      expect({ project, env, sessionId }).toEqual({ project: folder, env: 'local', sessionId: session.id });
      expect(pipelines.shop).toMatchObject({ inputs: ['orders', 'prices'], outputs: ['total', 'receipt_note'] });
      const shop = pipelines.shop as { nodes: NodeDescription[]; parameters: string[] };
      expect([...shop.parameters].sort()).toEqual(['greeting', 'parameters', 'rounding']);
      expect(shop.nodes.map(({ function: _, source: __, ...node }) => node)).toEqual([
        { name: 'price_orders', inputs: ['orders', 'prices'], outputs: ['priced'], tags: ['money'] },
        { name: 'sum_orders', inputs: ['priced', 'params:rounding'], outputs: ['total'], tags: ['money'] },
        { name: 'write_receipt', inputs: ['priced', 'params:greeting'], outputs: ['receipt'], tags: [] },
        { name: 'note_receipt', inputs: ['receipt', 'parameters'], outputs: ['receipt_note'], tags: [] },
      ]);
      expect(pipelines.parts).toMatchObject({
        nodes: expect.arrayContaining([
          expect.objectContaining({
            name: 'sides.west.west',
            inputs: ['top'],
            outputs: ['west'],
            tags: ['side', 'up'],
            namespace: 'sides.west',
          }),
        ]),
      });
    }),
  );

  it(
    'names the function of each node, and where it is written as far as the engine knows',
    inCopy(async ({ session, folder }) => {
      const { pipelines } = await session.describe();
      const { nodes } = pipelines.shop as { nodes: NodeDescription[] };
      expect(nodes.every(({ function: name }) => typeof name === 'string' && name !== '')).toBe(true);
      for (const { function: name = '', source } of nodes) {
        if (source === undefined) continue;
        const lines = (await readFile(path.join(folder, source.filepath), 'utf8')).split('\n');
        expect(lines.slice(source.lineStart - 1, source.lineEnd).join('\n')).toContain(name);
      }
    }),
  );

  it(
    'shows datasets as a run with params finds them: holes filled, what factories make by its own name',
    inCopy(async ({ session }) => {
      const { datasets } = await session.describe({ runtimeParams: { day: '2015-01-01' } });
      expect(datasets.day_out).toMatchObject({ filepath: 'data/out/2015/2015-01-01.json' });
      expect(datasets.receipt_note).toMatchObject({ type: 'text.TextDataset', filepath: 'data/notes/receipt.txt' });
      expect(Object.keys(datasets).filter((name) => name.includes('{'))).toEqual([]);
      expect(datasets.slot_file).toMatchObject({ error: { code: 'PARAM_MISSING' } });
    }),
  );

  it(
    'shows the catalog as configured, holes for runtime params unfilled, and every parameter',
    inCopy(async ({ session }) => {
      const { datasets, parameters } = await session.describe();
      expect(datasets.orders).toEqual({ type: 'json.JSONDataset', filepath: 'data/raw/orders.json' });
      expect(datasets.model).toEqual({
        type: 'json.JSONDataset',
        filepath: 'data/models/model.json',
        versioned: true,
      });
      expect(datasets.day_in).toEqual({ type: 'json.JSONDataset', filepath: 'data/days/${runtime_params:day}.json' });
      expect(datasets['{name}_note']).toMatchObject({ type: 'text.TextDataset' });
      expect(parameters).toEqual(expect.arrayContaining(['model', 'model.options.steps', 'nothing', 'rounding']));
    }),
  );

  it(
    'reports a broken pipeline, an unknown type and missing credentials beside what works',
    inCopy(async ({ session }) => {
      const { pipelines, datasets } = await session.describe();
      expect(pipelines.broken).toMatchObject({
        error: { code: 'PIPELINE_BROKEN', message: expect.stringContaining('this pipeline does not import') },
      });
      expect(datasets.odd).toMatchObject({
        error: { code: 'DATASET_TYPE_UNKNOWN', message: expect.stringContaining('no_such.OddDataset') },
      });
      expect(datasets.locked).toMatchObject({
        error: { code: 'CREDENTIALS_NOT_FOUND', message: expect.stringContaining('unknown_key') },
      });
      expect(pipelines.needs_odd).toMatchObject({ inputs: ['odd'] });
    }),
  );

  it(
    'reports an unknown type also where the rest of the entry waits for a run',
    inCopy(async ({ reopen, read, write }) => {
      const catalog = await read('conf/base/catalog.yml');
      const entries = [
        'late:\n  type: no_such.LateDataset\n  filepath: data/${runtime_params:day}.bin',
        '"{name}_made":\n  type: no_such.MadeDataset\n  filepath: data/{name}.bin',
      ];
      await write('conf/base/catalog.yml', [catalog, ...entries, ''].join('\n'));
      const { datasets } = await (await reopen()).describe();
      expect(datasets.late).toMatchObject({ error: { code: 'DATASET_TYPE_UNKNOWN' } });
      expect(datasets['{name}_made']).toMatchObject({ error: { code: 'DATASET_TYPE_UNKNOWN' } });
    }),
  );

  it(
    '__default__ fails while one of its pipelines is broken, and says which and why',
    inCopy(async ({ session }) => {
      const { pipelines } = await session.describe();
      const said = { code: 'PIPELINE_BROKEN', message: expect.stringMatching(/broken.*does not import/s) };
      expect(pipelines.__default__).toMatchObject({ error: said });
      expect(await failureOf(session.run({}))).toMatchObject(said);
    }),
  );

  it(
    'a broken thing fails the runs that need it and no others',
    inCopy(async ({ run }) => {
      expect(await failureOf(run('broken'))).toMatchObject({ code: 'PIPELINE_BROKEN', retryable: false });
      expect(await failureOf(run('needs_odd'))).toMatchObject({ code: 'DATASET_TYPE_UNKNOWN', retryable: false });
      expect(await failureOf(run('needs_locked'))).toMatchObject({ code: 'CREDENTIALS_NOT_FOUND', retryable: false });
      expect(await failureOf(run('needs_missing'))).toMatchObject({ code: 'DATASET_NOT_SAVED_YET', retryable: false });
      expect((await run('shop')).outputs.total).toBe(11.75);
      expect((await run('needs_locked', { runtimeData: { locked: 1 } })).outputs).toEqual({ seen_locked: 1 });
    }),
  );

  it(
    'storage that fails a run is named until a run of the same pipelines succeeds',
    inCopy(async ({ run, session, readJson, write }) => {
      const orders = JSON.stringify(await readJson('data/raw/orders.json'));
      await write('data/raw/orders.json', '{ "half": ');
      expect(await failureOf(run('shop'))).toMatchObject({
        code: 'DATASET_LOAD_FAILED',
        details: { dataset: 'orders' },
      });
      expect((await run('echo')).outputs.seen_depth).toBe(3);
      const { datasets } = await session.describe();
      expect(datasets.orders).toMatchObject({ error: { code: 'DATASET_LOAD_FAILED' } });
      expect(datasets.prices).not.toHaveProperty('error');
      await write('data/raw/orders.json', orders);
      await run('shop');
      expect((await session.describe()).datasets.orders).toMatchObject({ type: 'json.JSONDataset' });
    }),
  );

  it(
    'opening reads no data',
    inCopy(async ({ remove, reopen, run }) => {
      await remove('data');
      const session = await reopen();
      expect((await session.run({ pipelines: ['echo'] })).outputs.seen_depth).toBe(3);
      expect((await failureOf(run('shop'))).code).toBe('DATASET_NOT_SAVED_YET');
    }),
  );
}
