/** A durable run outlives an outage of its database: it is tried again until PostgreSQL is back, by the same session. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openNativeSession } from '../../src/index.ts';
import { hasNoPostgres } from '../postgres/bench.ts';
import { type PostgresServer, startPostgres } from '../postgres/server.ts';
import { pipelineFile, withProject } from '../projects/tiny.ts';
import { openStack, QUICK, quietRuntime, until } from './stack.ts';

const table = (name: string, saveArgs: string) => `${name}:
  type: pandas.SQLTableDataset
  table_name: ${name}
  credentials: shop
  save_args: ${saveArgs}
`;

describe.skipIf(hasNoPostgres)('a database that is gone for a while', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    quietRuntime();
    server = await startPostgres();
  });
  afterAll(() => server.remove());

  test('a run waits for it, and writes its day once', async () => {
    const files = {
      'conf/base/catalog.yml': `${table('orders', '{}')}${table('days', `{ replace_where: { day: '2026-01-31' } }`)}`,
      'conf/base/credentials.yml': `shop: { con: '${server.url}', connect_args: { connect_timeout: 2 } }\n`,
      'pipelines/day.ts': pipelineFile(
        `node((orders: unknown[]) => [{ day: '2026-01-31', orders: orders.length }], { inputs: 'orders', outputs: 'days', name: 'sum' })`,
      ),
    };
    await server.query('CREATE TABLE orders AS SELECT generate_series(1, 3) AS id');
    await withProject(files, async (project) => {
      const stack = await openStack();
      await stack.startWorker({}, { session: () => openNativeSession({ project }) });
      const day = () => stack.kedro.startRun({ pipelines: ['day'] }, QUICK);
      await (await day()).result();

      await server.stop();
      const run = await day();
      await until(async () => ((await run.status()).attempt ?? 0) >= 3, 'the run is tried again');
      await server.start();
      await run.result();
      expect(await server.query('SELECT day, orders::int FROM days')).toEqual([{ day: '2026-01-31', orders: 3 }]);
    });
  });
});
