/**
 * A pipeline runs although its neighbours are broken: one that does not import, an entry of an unknown type, a database
 * that is gone. `describe()` names them, and forgets the database when it is back.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PipelineSession } from '../../src/core/index.ts';
import { hasNoPostgres } from '../postgres/bench.ts';
import { type PostgresServer, startPostgres } from '../postgres/server.ts';
import { jsonEntry, pipelineFile, withSession } from '../projects/tiny.ts';

const one = (input: string, output: string) =>
  pipelineFile(`node((value: unknown) => value, { inputs: '${input}', outputs: '${output}', name: '${output}' })`);

const FILES = {
  'conf/base/catalog.yml': `
${jsonEntry('result')}
orders:
  type: pandas.SQLTableDataset
  table_name: orders
  credentials: shop
  save_args: { if_exists: replace }
many_orders:
  type: pandas.SQLQueryDataset
  sql: SELECT count(*) AS orders FROM orders
  credentials: shop
odd:
  type: pandas.CSVDatasett
  filepath: data/odd.csv
`,
  'conf/base/credentials.yml': 'shop:\n  con: ${oc.env:BROKEN_NEIGHBOURS_URL}\n',
  'pipelines/good.ts': one('params:given', 'result'),
  'pipelines/save.ts': one('params:rows', 'orders'),
  'pipelines/count.ts': one('many_orders', 'counted'),
  'pipelines/broken.ts': 'import "./nothing-there.ts";\n',
  'pipelines/strange.ts': one('odd', 'odd_copy'),
};

describe.skipIf(hasNoPostgres)('broken neighbours', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
    process.env.BROKEN_NEIGHBOURS_URL = server.url;
  });
  afterAll(async () => {
    delete process.env.BROKEN_NEIGHBOURS_URL;
    await server.remove();
  });

  const good = (session: PipelineSession) =>
    session.run({ pipelines: ['good'], runtimeParams: { given: 1 }, outputs: ['result'] });
  const save = (session: PipelineSession) =>
    session.run({ pipelines: ['save'], runtimeParams: { rows: [{ id: 1 }, { id: 2 }] } });
  const count = async (session: PipelineSession) => (await session.run({ pipelines: ['count'] })).outputs.counted;
  const dead = {
    code: 'DATASET_LOAD_FAILED',
    retryable: true,
    message: expect.stringContaining('is PostgreSQL running?'),
  };

  test('do not matter to the others, are named, and the database is met again without opening anything anew', async () => {
    await withSession(FILES, async (session) => {
      await save(session);
      expect(await count(session)).toEqual([{ orders: 2 }]);
      const before = await session.describe();
      expect(before.datasets.many_orders).toMatchObject({ type: 'pandas.SQLQueryDataset' });

      await server.stop();
      await expect(count(session)).rejects.toMatchObject(dead);
      await expect(count(session)).rejects.toMatchObject(dead);
      expect(await good(session)).toMatchObject({ outputs: { result: 1 } });

      const { pipelines, datasets } = await session.describe();
      expect(pipelines.broken).toMatchObject({ error: { code: 'PIPELINE_BROKEN' } });
      expect(datasets.odd).toMatchObject({ error: { code: 'DATASET_TYPE_UNKNOWN' } });
      expect(datasets.many_orders).toMatchObject({ error: { code: 'DATASET_LOAD_FAILED' } });
      expect(JSON.stringify(datasets)).not.toContain(new URL(server.url).password);
      const fine = Object.entries({ ...pipelines, ...datasets }).filter(([, each]) => !('error' in each));
      expect(fine.map(([name]) => name)).toEqual(
        expect.arrayContaining(['good', 'save', 'count', 'strange', 'result', 'orders']),
      );

      const whole = { code: 'PIPELINE_BROKEN', message: expect.stringMatching(/broken/) };
      await expect(session.run({})).rejects.toMatchObject(whole);
      await expect(session.run({ pipelines: ['strange'] })).rejects.toMatchObject({ code: 'DATASET_TYPE_UNKNOWN' });

      await server.start();
      expect(await count(session)).toEqual([{ orders: 2 }]);
      const after = await session.describe();
      expect(after.datasets.many_orders).toEqual(before.datasets.many_orders);
      expect(after.datasets.odd).toEqual(before.datasets.odd);
    });
  });

  test('a session opens and describes while the database is gone: nothing connects before a run needs it', async () => {
    await server.stop();
    await withSession(FILES, async (session) => {
      expect((await session.describe()).datasets.orders).toMatchObject({ type: 'pandas.SQLTableDataset' });
      expect(await good(session)).toMatchObject({ outputs: { result: 1 } });
      await expect(save(session)).rejects.toMatchObject({ ...dead, code: 'DATASET_SAVE_FAILED' });
      await server.start();
      await save(session);
    });
  });
});
