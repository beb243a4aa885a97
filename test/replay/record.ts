/**
 * Records the histories in `histories/` anew:
 *
 *     node --import tsx --conditions=kedro-temporal-source test/replay/record.ts
 *
 * Only for a new kind of history. A workflow that cannot replay the old ones would break every run that is under way when
 * it is deployed: such a change needs `patched()` in the workflow, not a new recording.
 */
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createKedroClient, type KedroClient } from '../../src/client/index.ts';
import { openNativeSession } from '../../src/index.ts';
import { KedroPlugin } from '../../src/plugin/index.ts';
import { doings } from '../projects/temporal/journal.ts';
import { openSmallHistoryServer } from '../temporal/small-history-server.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const HISTORIES = path.join(import.meta.dirname, 'histories');
const OPTIONS = { heartbeatTimeout: '2 seconds', retry: { initialInterval: '100 milliseconds' } } as const;

Runtime.install({ shutdownSignals: [] });
// Relative paths only, so that no path of this machine is in a payload.
const project = await copyProject();
process.chdir(project);
await using server = await openSmallHistoryServer(60);
const native = await NativeConnection.connect({ address: server.address });
const connection = await Connection.connect({ address: server.address });
const client = new Client({ connection });
const plugins = [new KedroPlugin({ session: () => openNativeSession({ project }) })];
const worker = await Worker.create({ connection: native, taskQueue: 'kedro', identity: 'worker', plugins });
await worker.runUntil(async () => {
  await delay(500);
  await recordRuns(createKedroClient(client));
  await recordBackfills(createKedroClient(client));
});
await connection.close();
await native.close();
process.chdir(ROOT);
await rm(project, { recursive: true });

async function copyProject(): Promise<string> {
  const copy = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-record-'));
  await cp(path.join(ROOT, 'test/projects/temporal'), copy, { recursive: true });
  await mkdir(path.join(copy, 'node_modules'));
  await symlink(ROOT, path.join(copy, 'node_modules/kedro-temporal'));
  // The SDK's threads load it again, from the folder that they find themselves in.
  await symlink(path.join(ROOT, 'node_modules/tsx'), path.join(copy, 'node_modules/tsx'));
  return copy;
}

async function folder(name: string): Promise<string> {
  await mkdir(name);
  return name;
}

async function recordRuns(kedro: KedroClient): Promise<void> {
  for (const [name, pipeline, failing] of [
    ['succeeded', 'steps', 0],
    ['retried', 'steps', 1],
    ['failed', 'final', 0],
  ] as const) {
    const runId = `run-${name}`;
    const runtimeParams = { folder: await folder(runId), failing };
    await kedro.run({ runId, pipelines: [pipeline], runtimeParams }, OPTIONS).catch(() => {});
    await record(runId);
  }
  const runId = 'run-cancelled';
  const run = await kedro.startRun(
    { runId, pipelines: ['wait'], runtimeParams: { folder: await folder(runId) } },
    OPTIONS,
  );
  await begun(runId, 'wait', 1);
  await run.cancel();
  await run.result().catch(() => {});
  await record(runId);
}

async function recordBackfills(kedro: KedroClient): Promise<void> {
  const start = async (job: string, days: number, work: number, bad: string[]) =>
    await kedro.startBackfill({
      job,
      from: '2015-01-01',
      to: `2015-01-${String(days + 1).padStart(2, '0')}`,
      request: { pipelines: ['days'], runtimeParams: { folder: await folder(job), work, bad } },
      intervalParams: { key: 'key' },
      concurrency: 3,
      run: OPTIONS,
    });
  const some = await start('backfill-with-failures', 4, 10, ['2015-01-02']);
  await some.result();
  await record(some.id, 'backfill-with-failures');

  const again = await kedro.startBackfill({ job: 'backfill-with-failures', from: '2015-01-01', to: '2015-01-05' });
  await again.result();
  await record(again.id, 'backfill-resumed');

  const long = await start('backfill-long', 20, 5, ['2015-01-03']);
  const first = await client.workflow.getHandle(long.id).describe();
  await long.result();
  await record(long.id, 'backfill-continued', first.runId);
  await record(long.id, 'backfill-continuation');

  const stopped = await start('backfill-cancelled', 8, 300, []);
  await begun('backfill-cancelled', 'start', 4);
  await stopped.cancel();
  await stopped.result().catch(() => {});
  await record(stopped.id, 'backfill-cancelled');
}

async function begun(where: string, what: string, times: number): Promise<void> {
  while (doings(where).filter((each) => each === what).length < times) await delay(20);
}

async function record(workflowId: string, name = workflowId, runId?: string): Promise<void> {
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const recorded = { workflowId, history: JSON.parse(historyToJSON(history)) };
  const text = JSON.stringify(recorded, withoutStacks, 1).replaceAll(hostname(), 'host').replaceAll(ROOT, '');
  await writeFile(path.join(HISTORIES, `${name}.json`), `${text}\n`);
}

// They hold paths of this machine, and replay does not read them.
function withoutStacks(key: string, value: unknown): unknown {
  return key === 'stackTrace' ? '' : value;
}
