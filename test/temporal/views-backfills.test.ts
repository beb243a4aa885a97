/** How backfills, and the intervals of a job, look to somebody who reads them. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { intervalRule } from '../../src/calendar/index.ts';
import { createKedroViews, type IntervalStanding, type KedroViews, type StateSets } from '../../src/client/index.ts';
import { sizeOf } from '../../src/planner/index.ts';
import { backfill, jobOf, keys } from './backfills.ts';
import { openStack, quietRuntime, type Stack, until } from './stack.ts';

beforeAll(quietRuntime);

function viewsOf(stack: Stack): KedroViews {
  return createKedroViews(stack.client, { taskQueue: stack.taskQueue });
}

/** The states of a job's intervals once the server lists what the backfill has done. */
async function settled(views: KedroViews, job: string, wanted: StateSets): Promise<IntervalStanding> {
  let last = await views.intervals({ job });
  await until(
    async () => {
      last = await views.intervals({ job });
      return JSON.stringify(last.states) === JSON.stringify(wanted);
    },
    `states ${JSON.stringify(wanted)}, not ${JSON.stringify(last.states)}`,
  );
  return last;
}

test('a backfill from its start to its end: open, paused, ended, with its failing day', async () => {
  const stack = await openStack();
  const worker = await stack.startWorker();
  const views = viewsOf(stack);
  const options = { ...jobOf(stack, 8, { work: 200, bad: ['2015-01-02'] }), concurrency: 1 };
  const handle = await stack.kedro.startBackfill(options);
  await until(async () => (await handle.progress()).failures.length === 1, 'a day fails');
  await handle.pause();
  await until(async () => (await handle.progress()).running.length === 0, 'nothing runs');
  const [paused] = await views.backfills.list();
  expect(paused).toMatchObject({
    id: handle.id,
    job: options.job,
    phase: 'paused',
    why: 'BY_HAND',
    concurrency: 1,
    allowed: 1,
    parts: ['run'],
    failures: [{ key: '2015-01-02', code: 'NODE_FAILED' }],
    plan: { every: 'day', firstKey: '2015-01-01', count: 8 },
  });
  expect(paused).not.toHaveProperty('rate');
  expect(paused).not.toHaveProperty('endedAt');
  await handle.resume();
  const open = await views.backfills.one(handle.id);
  expect(open.phase).toBe('open');
  expect(open.rate).toBeGreaterThan(0);
  expect(open.leftMs).toBeGreaterThan(0);
  const report = await handle.result();
  await until(async () => (await views.backfills.one(handle.id)).phase === 'ended', 'the backfill has ended');
  const ended = await views.backfills.one(handle.id);
  expect(ended).toMatchObject({ phase: 'ended', outcomes: report.outcomes, running: [], failures: report.failures });
  expect(ended).not.toHaveProperty('leftMs');
  await worker.stop();
  // Its result needs no worker.
  expect(await viewsOf(stack).backfills.one(handle.id)).toEqual(ended);
});

test('a backfill without a worker is of unknown phase, with what was known of it last; it comes back with a worker', async () => {
  const stack = await openStack();
  const worker = await stack.startWorker();
  const views = viewsOf(stack);
  const handle = await stack.kedro.startBackfill({ ...jobOf(stack, 4, { work: 10 }), concurrency: 1 });
  await handle.pause();
  const before = await views.backfills.one(handle.id);
  expect(before.phase).toBe('paused');
  await worker.stop();
  const [stranger] = await viewsOf(stack).backfills.list();
  expect(stranger).toMatchObject({ phase: 'unknown', running: [], plan: { count: 4 } });
  expect(stranger).not.toHaveProperty('why');
  // A worker that is busy answers late: so for a moment what it said last still counts.
  await until(async () => (await views.backfills.one(handle.id)).phase === 'unknown', 'nobody has answered for long');
  expect(await views.backfills.one(handle.id)).toEqual({ ...before, phase: 'unknown' });
  await stack.startWorker();
  await until(async () => (await views.backfills.one(handle.id)).phase === 'paused', 'a worker answers');
  await handle.cancel();
});

test('a backfill that Temporal itself has ended says how', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const views = viewsOf(stack);
  const handle = await stack.kedro.startBackfill({ ...jobOf(stack, 4, { work: 10 }), concurrency: 1 });
  await handle.pause();
  await stack.client.workflow.getHandle(handle.id).terminate('enough');
  const view = await views.backfills.one(handle.id);
  expect(view).toMatchObject({ phase: 'ended', why: 'TERMINATED', running: [], endedAt: expect.any(String) });
});

test.each(['workflow', 'activity'] as const)(
  'the intervals of a job are as the backfill reports them (%s)',
  async (granularity) => {
    const stack = await openStack();
    await stack.startWorker();
    const views = viewsOf(stack);
    const options = { ...jobOf(stack, 8, { work: 1, bad: ['2015-01-03'] }), granularity };
    const handle = await stack.kedro.startBackfill({ ...options, concurrency: 1 });
    await handle.skip(['2015-01-06']);
    const { outcomes } = await handle.result();
    const { span, ...standing } = await settled(views, options.job, { ...outcomes, running: [] } as StateSets);
    expect(standing).toMatchObject({ job: options.job, every: 'day', timeZone: 'UTC' });
    expect(span?.keys).toEqual(keys(8));
    expect(span?.starts[7]).toBe('2015-01-08T00:00:00Z');
    expect(outcomes).toMatchObject({ failed: { NODE_FAILED: [[2, 3]] }, skipped: { BY_HAND: [[5, 6]] } });
  },
);

test('what runs is running, what is to come is in no set, and an update sees what has ended since', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const views = viewsOf(stack);
  const job = jobOf(stack, 3);
  const handle = await stack.kedro.startBackfill({
    ...job,
    request: { pipelines: ['wait'], runtimeParams: { folder: stack.folder } },
    concurrency: 1,
  });
  const nothing = { succeeded: {}, failed: {}, skipped: {}, cancelled: {} };
  await settled(views, job.job, { ...nothing, running: [[0, 1]] });
  const before = (await views.intervals({ job: job.job })).span;
  await writeFile(path.join(stack.folder, 'go'), '');
  await handle.result();
  const { span } = await settled(views, job.job, { ...nothing, succeeded: { RAN: [[0, 3]] }, running: [] });
  expect(span).toBe(before);
});

test('a failed day that is run again by somebody else is as that run ends; a backfill behind it is left out of it', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const views = viewsOf(stack);
  const options = jobOf(stack, 3, { work: 1, bad: ['2015-01-02'] });
  await backfill(stack, options);
  await settled(views, options.job, {
    succeeded: {
      RAN: [
        [0, 1],
        [2, 3],
      ],
    },
    failed: { NODE_FAILED: [[1, 2]] },
    skipped: {},
    cancelled: {},
    running: [],
  });
  const day = { folder: stack.folder, key: '2015-01-02', work: 1 };
  const job = { name: options.job, parts: [{ name: 'run', request: { pipelines: ['days'], runtimeParams: day } }] };
  await stack.client.workflow.execute('runJob', {
    workflowId: `${options.job}/2015-01-02`,
    taskQueue: stack.taskQueue,
    args: [{ job }],
  });
  const all = { succeeded: { RAN: [[0, 3]] }, failed: {}, skipped: {}, cancelled: {}, running: [] } as StateSets;
  await settled(views, options.job, all);
  // It leaves out all three: that is no state of theirs.
  const report = await backfill(stack, { ...options, to: '2015-01-05', skip: 'completed' });
  expect(report.outcomes.skipped).toEqual({ COMPLETED: [[0, 3]] });
  const { span } = await settled(views, options.job, { ...all, succeeded: { RAN: [[0, 4]] } });
  expect(span?.keys).toEqual(keys(4));
});

test('what a schedule starts counts; the range goes on to now where the job is scheduled', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const views = viewsOf(stack);
  const name = `job-${crypto.randomUUID().slice(0, 8)}`;
  const rule = intervalRule({ every: 'day' });
  const parts = [{ name: 'day', request: { pipelines: ['days'], runtimeParams: { folder: stack.folder, work: 1 } } }];
  const job = { name, rule, parts, intervalParams: { key: 'key' as const } };
  const id = `${name}/scheduled/daily-1`;
  await stack.client.workflow.execute('scheduledRun', {
    workflowId: id,
    taskQueue: stack.taskQueue,
    args: [{ job, offsetMs: 3 * 86_400_000 }],
  });
  const read = (isScheduled: boolean) => views.intervals({ job: name, rule, isScheduled });
  await until(async () => sizeOf((await read(false)).states.succeeded.RAN ?? []) === 1, 'the run is listed');
  expect((await read(false)).span?.keys).toHaveLength(1);
  const { span, states } = await read(true);
  expect(span?.keys).toHaveLength(4);
  expect(states.succeeded).toEqual({ RAN: [[0, 1]] });
  const run = await views.run(id);
  expect(run).toMatchObject({ runId: `${name}/${span?.keys[0]}`, job: name, state: 'succeeded' });
  const listed = await views.runs({ job: name });
  expect(listed.map(({ runId }) => runId)).toEqual([run.runId]);
});

test('a run inside a backfill’s own workflow is not found, and the error says where it is', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const options = jobOf(stack, 2, { work: 1, bad: ['2015-01-02'] });
  await backfill(stack, { ...options, granularity: 'activity' });
  const read = viewsOf(stack).run(`${options.job}/2015-01-02`);
  await expect(read).rejects.toMatchObject({
    code: 'RUN_NOT_FOUND',
    message: expect.stringMatching(/as one of its activities, where it failed \(NODE_FAILED: .*is bad\)/),
  });
});

test('a job of a rule of which nothing is known has no intervals yet', async () => {
  const stack = await openStack();
  const rule = intervalRule({ every: 'week' });
  const standing = await viewsOf(stack).intervals({ job: 'nothing-yet', rule, isScheduled: true });
  expect(standing).toMatchObject({ every: 'week', span: undefined, states: { succeeded: {}, running: [] } });
});

test('a sweep that is followed has its input read from its history once', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const views = viewsOf(stack);
  const points = { list: [{ x: 1 }] };
  const runtimeParams = { folder: stack.folder, trouble: { slow: [1] } };
  const sweep = await stack.kedro.startSweep({ request: { pipelines: ['score'], runtimeParams }, points });
  const read = vi.spyOn(stack.client.workflowService, 'getWorkflowExecutionHistory');
  for (let i = 0; i < 3; i++) expect(await views.sweeps.one(sweep.id)).toMatchObject({ total: 1 });
  expect(read).toHaveBeenCalledTimes(1);
  await sweep.cancel();
});
