/** Jobs: graphs of pipelines, hand-overs, waits for other jobs. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { intervalRule } from '../../src/calendar/index.ts';
import type { JsonObject } from '../../src/core/index.ts';
import type { Job, JobPart, PoolState, RunJobInput } from '../../workflows/index.ts';
import { doings, journal } from '../projects/temporal/journal.ts';
import { backfill, keysNoted, mostAtOnce } from './backfills.ts';
import { openStack, QUICK, quietRuntime, type Stack, until } from './stack.ts';

beforeAll(quietRuntime);

const INTERVAL = {
  key: '2015-01-01',
  start: '2015-01-01T00:00:00Z',
  end: '2015-01-02T00:00:00Z',
  timeZone: 'UTC',
  scheduledTime: '2015-01-02T00:00:00Z',
};

function jobOf(stack: Stack, parts: JobPart[], more: Partial<Job> = {}): Job {
  const params = { folder: stack.folder };
  const withParams = ({ request, ...part }: JobPart): JobPart => ({
    ...part,
    request: { ...request, runtimeParams: { ...params, ...request.runtimeParams } as JsonObject },
  });
  return {
    name: `job-${crypto.randomUUID().slice(0, 8)}`,
    parts: parts.map(withParams),
    rule: intervalRule({ every: 'day' }),
    intervalParams: { key: 'key' },
    run: QUICK,
    ...more,
  };
}

async function start(stack: Stack, input: RunJobInput) {
  const workflowId = `${input.job.name}/${input.interval?.key ?? 'once'}`;
  return await stack.client.workflow.start('runJob', { workflowId, taskQueue: stack.taskQueue, args: [input] });
}

function echo(name: string, word: string, more: Partial<JobPart> = {}): JobPart {
  return { name, request: { pipelines: ['echo'], runtimeParams: { key: word } }, ...more };
}

function shout(name: string, from: string, more: Partial<JobPart> = {}): JobPart {
  return { name, request: { pipelines: ['shout'] }, inputs: { word: { part: from, output: 'echo' } }, ...more };
}

test('a part gets what an earlier one made; the run has one report, one run id and one save version', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const job = jobOf(stack, [shout('loud', 'quiet'), echo('quiet', 'hello')], { intervalParams: {} });
  const handle = await start(stack, { job, interval: INTERVAL });
  const report = (await handle.result()) as { outputs: JsonObject; runId: string; nodes: { name: string }[] };
  expect(report.outputs).toMatchObject({ echo: 'hello', shouted: 'HELLO!' });
  expect(report.runId).toBe(`${job.name}/2015-01-01`);
  expect(report.nodes.map(({ name }) => name).sort()).toEqual(['echo', 'shout']);
  expect(journal(stack.folder).map(({ runId }) => runId)).toEqual([report.runId]);
});

test('a large value goes from part to part by reference, and not through the history', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const large: JobPart = { name: 'large', request: { pipelines: ['large'] } };
  const loud = shout('loud', 'large', { inputs: { word: { part: 'large', output: 'large' } } });
  const job = jobOf(stack, [large, loud], { intervalParams: {} });
  const handle = await start(stack, { job, returns: 'summary' });
  await handle.result();
  expect(keysNoted(stack, 'shout')[0]).toHaveLength(150_000);
  const { events } = await handle.fetchHistory();
  expect(Buffer.byteLength(JSON.stringify(events))).toBeLessThan(200_000);
});

test('a part that fails for a while is tried again alone', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const failing = shout('loud', 'quiet');
  failing.request.runtimeParams = { failing: 2 };
  const first: JobPart = { name: 'first', request: { pipelines: ['steps'], runtimeParams: { key: 'a' } } };
  const job = jobOf(stack, [first, echo('quiet', 'hi', { after: ['first'] }), failing], { intervalParams: {} });
  const report = (await (await start(stack, { job })).result()) as { outputs: JsonObject };
  expect(report.outputs).toMatchObject({ shouted: 'HI!' });
  expect(doings(stack.folder)).toEqual(['make', 'remember', 'check', 'shout', 'shout', 'shout']);
});

test('a part that fails for good stops those behind it, not those beside it, and is named', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const bad: JobPart = {
    name: 'bad',
    request: { pipelines: ['days'], runtimeParams: { key: 'x', bad: ['x'], work: 1 } },
  };
  const beside: JobPart = { name: 'beside', request: { pipelines: ['steps'], runtimeParams: { key: 'b' } } };
  const behind = shout('behind', 'quiet', { after: ['bad'] });
  const job = jobOf(stack, [bad, beside, echo('quiet', 'q'), behind], { intervalParams: {} });
  const failed = await (await start(stack, { job })).result().catch((error: Error) => error.cause as Error);
  expect(failed).toMatchObject({ type: 'NODE_FAILED', message: 'Part "bad": Node "second_file" failed: x is bad' });
  expect(doings(stack.folder)).toContain('check');
  expect(doings(stack.folder)).not.toContain('shout');
});

test('parts have task queues of their own', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const taskQueue = `${stack.taskQueue}-gpu`;
  const job = jobOf(stack, [echo('quiet', 'far'), shout('loud', 'quiet', { run: { taskQueue } })]);
  const handle = await start(stack, { job });
  await stack.startWorker({ taskQueue });
  expect(await handle.result()).toMatchObject({ outputs: { shouted: 'FAR!' } });
});

describe('a wait for another job', () => {
  const daily = intervalRule({ every: 'day' });
  const other = (job: Job): Job['waitsFor'] => [
    { job: job.name, rule: daily, interval: 'same', timeout: '20 seconds' },
  ];

  test('lasts until the run of the same interval has succeeded', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const ingest = jobOf(stack, [{ name: 'in', request: { pipelines: ['days'], runtimeParams: { work: 300 } } }]);
    const report = jobOf(stack, [echo('quiet', 'after')], { waitsFor: other(ingest) ?? [] });
    const waiting = await start(stack, { job: report, interval: INTERVAL });
    await until(async () => ((await waiting.describe()).raw.pendingActivities?.[0]?.attempt ?? 0) > 1);
    expect((await waiting.describe()).status.name).toBe('RUNNING');
    await (await start(stack, { job: ingest, interval: INTERVAL })).result();
    const ended = await stack.client.workflow.getHandle(`${ingest.name}/2015-01-01`).describe();
    await waiting.result();
    expect((await waiting.describe()).closeTime?.getTime()).toBeGreaterThan(ended.closeTime?.getTime() ?? Infinity);
  });

  test('for hours waits for all of the day’s', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const hourly = jobOf(stack, [echo('quiet', 'hour')], { rule: intervalRule({ every: '6 hours' }) });
    const waitsFor = [
      {
        job: hourly.name,
        rule: intervalRule({ every: '6 hours' }),
        interval: 'within' as const,
        timeout: '20 seconds' as const,
      },
    ];
    const report = await start(stack, { job: jobOf(stack, [echo('quiet', 'day')], { waitsFor }), interval: INTERVAL });
    await backfill(stack, { job: hourly, from: '2015-01-01', to: '2015-01-02', concurrency: 4 });
    expect(await report.result()).toMatchObject({ outputs: { echo: '2015-01-01' } });
  });

  test('ends with what is missing when it takes too long', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const ingest = jobOf(stack, [echo('quiet', 'never')]);
    const waitsFor = [{ job: ingest.name, rule: daily, interval: 'same' as const, timeout: '2 seconds' as const }];
    const late = await start(stack, { job: jobOf(stack, [echo('quiet', 'late')], { waitsFor }), interval: INTERVAL });
    const failed = await late.result().catch((error: Error) => error.cause as Error);
    expect(failed).toMatchObject({
      type: 'WAIT_TIMED_OUT',
      message: `Waited 2 seconds for job "${ingest.name}" (same); not all of its runs have succeeded. The run "${ingest.name}/2015-01-01" has not started.`,
    });
  });
});

describe('a pool', () => {
  const inPool = (stack: Stack, name: string, size: number) =>
    jobOf(stack, [{ name: 'work', request: { pipelines: ['days'], runtimeParams: { work: 100 } } }], {
      pool: { name, size },
    });

  test('lets no more of its runs go on at once than it has places, whichever job they are of', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const name = `pool-${crypto.randomUUID().slice(0, 8)}`;
    const range = { from: '2015-01-01', to: '2015-01-06', concurrency: 5 };
    const reports = await Promise.all(
      [inPool(stack, name, 2), inPool(stack, name, 2)].map((job) => backfill(stack, { ...range, job })),
    );
    expect(reports.map(({ succeeded }) => succeeded)).toEqual([5, 5]);
    expect(mostAtOnce(stack)).toBe(2);
  });

  test('takes a place back from a run that was terminated', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const name = `pool-${crypto.randomUUID().slice(0, 8)}`;
    const [held, waiting] = [inPool(stack, name, 1), inPool(stack, name, 1)];
    const waits: JobPart = { name: 'wait', request: { pipelines: ['wait'], runtimeParams: { folder: stack.folder } } };
    const first = await start(stack, { job: { ...held, parts: [waits] }, interval: INTERVAL });
    await until(() => doings(stack.folder).includes('wait'));
    const second = await start(stack, { job: waiting, interval: INTERVAL });
    const pool = stack.client.workflow.getHandle(`pool/${name}`);
    await until(async () => (await pool.query<PoolState, []>('state')).waiting.length === 1);
    await first.terminate();
    await second.result();
    await writeFile(path.join(stack.folder, 'go'), '');
    expect(await pool.query<PoolState, []>('state')).toMatchObject({ waiting: [] });
  }, 60_000);
});
