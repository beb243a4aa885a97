/**
 * Records the histories in `histories/` anew:
 *
 *     node --import tsx --conditions=kedro-temporal-source test/replay/record.ts sweep
 *
 * records those whose names begin with "sweep"; without a word all of them.
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
import { intervalRule } from '../../src/calendar/index.ts';
import {
  type BackfillOptions,
  createKedroClient,
  type KedroClient,
  type SweepOptions,
} from '../../src/client/index.ts';
import type { JsonObject } from '../../src/core/index.ts';
import { openNativeSession } from '../../src/index.ts';
import { KedroPlugin } from '../../src/plugin/index.ts';
import type { Job } from '../../workflows/index.ts';
import { doings } from '../projects/temporal/journal.ts';
import { openSmallHistoryServer } from '../temporal/small-history-server.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const HISTORIES = path.join(import.meta.dirname, 'histories');
const [WANTED = ''] = process.argv.slice(2);
const ONE_SHORT_ATTEMPT = { startToCloseTimeout: '1500 milliseconds', retry: { maximumAttempts: 1 } } as const;
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
  const kedro = createKedroClient(client);
  if (isWanted('run')) await recordRuns(kedro);
  if (isWanted('backfill')) await recordBackfills(kedro);
  if (isWanted('policy')) await recordPolicies(kedro);
  if (isWanted('job')) await recordJobs(kedro);
  if (isWanted('sweep')) await recordSweeps(kedro);
  if (isWanted('workers')) await recordWorkers(kedro);
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

function isWanted(name: string): boolean {
  return name.startsWith(WANTED) || WANTED.startsWith(name);
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
  await client.workflow.getHandle(stopped.id).cancel();
  await stopped.result().catch(() => {});
  await record(stopped.id, 'backfill-cancelled');
}

/** Backfills by other ways than a run an interval, and what a person asked of one. */
async function recordPolicies(kedro: KedroClient): Promise<void> {
  const optionsOf = async (job: string, days: number, params: JsonObject, more: Partial<BackfillOptions> = {}) => ({
    job,
    from: '2015-01-01',
    to: `2015-01-${String(days + 1).padStart(2, '0')}`,
    request: { pipelines: ['days'], runtimeParams: { folder: await folder(job), ...params } },
    intervalParams: { key: 'key' } as const,
    concurrency: 2,
    run: OPTIONS,
    ...more,
  });
  const chunks = await optionsOf('policy-chunk', 6, { bad: ['2015-01-05'], work: 5 }, { chunk: 3 });
  await (await kedro.startBackfill(chunks)).result();
  await record('policy-chunk/2015-01-04--2015-01-06', 'policy-chunk');

  const carry = { output: 'tally', dataset: 'tally_before' };
  const chain = await optionsOf('policy-carry', 3, { bad: ['2015-01-03'] }, { carry });
  await writeFile('policy-carry/tally-before.json', JSON.stringify({ sum: 0, keys: [] }));
  const carried = await kedro.startBackfill({ ...chain, request: { ...chain.request, pipelines: ['tally'] } });
  await carried.result();
  await record(carried.id, 'policy-carry');

  const light = await kedro.startBackfill(
    await optionsOf('policy-activities', 3, { work: 5 }, { granularity: 'activity', skip: 'existing' }),
  );
  await light.result();
  await record(light.id, 'policy-activities');
  const found = client.workflow.list({ query: "WorkflowType = 'existingIntervals'" });
  for await (const { workflowId } of found) await record(workflowId, 'policy-existing');

  const hand = await kedro.startBackfill(
    await optionsOf('policy-controlled', 8, { work: 200, bad: ['2015-01-02'] }, { onFailure: 'pause' }),
  );
  await begun('policy-controlled', 'end', 2);
  while ((await hand.progress()).phase !== 'paused') await delay(50);
  await hand.skip(['2015-01-06']);
  await writeFile('policy-controlled/mended', '');
  await hand.setConcurrency(4);
  await hand.retry();
  await hand.pause();
  await hand.resume();
  await hand.result();
  await record(hand.id, 'policy-controlled');

  const stopped = await kedro.startBackfill(await optionsOf('policy-cancelled', 8, { work: 300 }));
  await begun('policy-cancelled', 'start', 4);
  await stopped.cancel();
  await stopped.result();
  await record(stopped.id, 'policy-cancelled');
}

/** Jobs of several parts: by themselves, in a pool behind another job, by a schedule, and until it is live. */
async function recordJobs(kedro: KedroClient): Promise<void> {
  const rule = intervalRule({ every: '* * * * *' });
  const jobOf = async (name: string, more: Partial<Job> = {}): Promise<Job> => ({
    name,
    rule,
    run: OPTIONS,
    intervalParams: { key: 'key' },
    parts: [
      { name: 'quiet', request: { pipelines: ['echo'] } },
      {
        name: 'loud',
        request: { pipelines: ['shout'], runtimeParams: { folder: await folder(name) } },
        inputs: { word: { part: 'quiet', output: 'echo' } },
      },
    ],
    ...more,
  });
  const range = { from: '2015-01-01T00:00Z', to: '2015-01-01T00:03Z' };
  const first = await jobOf('job-first');
  const pool = { name: 'job-pool', size: 1 };
  const second = await jobOf('job-second', { pool, waitsFor: [{ job: 'job-first', rule, interval: 'same' }] });
  const waiting = await kedro.startBackfill({ job: second, ...range });
  await (await kedro.startBackfill({ job: first, ...range })).result();
  await waiting.result();
  await record('job-second/2015-01-01T00-01', 'job-run');
  await record('pool/job-pool', 'job-pool');

  const live = await jobOf('job-live');
  await client.schedule.create({
    scheduleId: 'job-live',
    spec: { intervals: [{ every: '1 minute' }] },
    state: { paused: true },
    action: { type: 'startWorkflow', workflowType: 'scheduledRun', taskQueue: 'kedro', args: [{ job: live }] },
  });
  const from = new Date(Math.floor(Date.now() / 60_000 - 3) * 60_000).toISOString();
  const caughtUp = await kedro.startBackfill({ job: live, from, untilLive: { scheduleId: 'job-live' } });
  await caughtUp.result();
  await record(caughtUp.id, 'job-until-live');
  const started = async () => {
    const { info } = await client.schedule.getHandle('job-live').describe();
    return info.recentActions[0]?.action.workflow.workflowId;
  };
  while ((await started()) === undefined) await delay(500);
  const scheduled = (await started()) ?? '';
  await client.workflow.getHandle(scheduled).result();
  await record(scheduled, 'job-scheduled');
  await client.schedule.getHandle('job-live').delete();
}

async function recordSweeps(kedro: KedroClient): Promise<void> {
  const start = async (id: string, count: number, trouble: JsonObject, more: Partial<SweepOptions> = {}) =>
    await kedro.startSweep({
      id,
      request: { pipelines: ['score'], runtimeParams: { folder: await folder(id), trouble } },
      points: { grid: { x: Array.from({ length: count }, (_, i) => i) } },
      reduce: { best: { topK: { metric: 'score.value', k: 3 } }, mean: { mean: { metric: 'score.value' } } },
      run: OPTIONS,
      ...more,
    });
  const pipeline = { request: { pipelines: ['rank'] }, dataset: 'points' };
  await (await start('sweep-with-failures', 20, { bad: [4] }, { pipeline })).result();
  await record('sweep-with-failures');

  await (await start('sweep-stopped', 200, { work: 5 }, { stopWhen: { metric: 'score.value', atLeast: -1 } })).result();
  await record('sweep-stopped');

  const long = await start('sweep-long', 60, { work: 2000 }, { concurrency: 20 });
  const first = await client.workflow.getHandle(long.id).describe();
  await begun(long.id, 'score', 10);
  await long.pause();
  await delay(2500);
  await long.resume();
  await long.result();
  await record(long.id, 'sweep-continued', first.runId);
  await record(long.id, 'sweep-continuation');

  const cancelled = await start('sweep-cancelled', 40, { work: 200 });
  await begun(cancelled.id, 'score', 6);
  await cancelled.cancel();
  await cancelled.result();
  await record(cancelled.id);

  const slow = await start('sweep-halved', 12, { slow: [7] }, { concurrency: 1, run: ONE_SHORT_ATTEMPT });
  const beginning = await client.workflow.getHandle(slow.id).describe();
  await slow.result();
  await record(slow.id, 'sweep-halved', beginning.runId);
}

/** Preload and release in a worker that answers, one that ended before and one that never was. */
async function recordWorkers(kedro: KedroClient): Promise<void> {
  const runtimeParams = { folder: await folder('workers') };
  await mkdir('workers/made');
  await writeFile('workers/made/one.json', '{}');
  const another = await NativeConnection.connect({ address: server.address });
  const gone = await Worker.create({ connection: another, taskQueue: 'kedro', identity: 'gone', plugins });
  await gone.runUntil(() => delay(1_000));
  await another.close();
  const how = { patience: '1 second' } as const;
  await kedro.preload(['made', 'no-such-artifact'], { runtimeParams, ...how });
  await kedro.preload(['made'], { runtimeParams, workers: 'any', ...how });
  await kedro.releaseCache(undefined, { workers: ['worker', 'nobody'], ...how });
  const names = ['workers-preload', 'workers-any', 'workers-release'];
  const asked = [];
  for await (const each of client.workflow.list({ query: "WorkflowType = 'askWorkers'" })) asked.push(each);
  asked.sort((a, b) => a.startTime.getTime() - b.startTime.getTime());
  for (const { workflowId } of asked) await record(workflowId, names.shift());
}

async function begun(where: string, what: string, times: number): Promise<void> {
  while (doings(where).filter((each) => each === what).length < times) await delay(20);
}

async function record(workflowId: string, name = workflowId, runId?: string): Promise<void> {
  if (!name.startsWith(WANTED)) return;
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const recorded = { workflowId, history: JSON.parse(historyToJSON(history)) };
  const text = JSON.stringify(recorded, withoutStacks, 1).replaceAll(hostname(), 'host').replaceAll(ROOT, '');
  await writeFile(path.join(HISTORIES, `${name}.json`), `${text}\n`);
}

// They hold paths of this machine, and replay does not read them.
function withoutStacks(key: string, value: unknown): unknown {
  return key === 'stackTrace' ? '' : value;
}
