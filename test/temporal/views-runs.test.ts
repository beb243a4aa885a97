/** How durable runs look to somebody who reads them. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { createKedroViews, type RunDetail } from '../../src/client/index.ts';
import type { JsonObject } from '../../src/core/index.ts';
import { backfill, jobOf } from './backfills.ts';
import { openStack, QUICK, quietRuntime, type Stack, until } from './stack.ts';

beforeAll(quietRuntime);

function viewsOf(stack: Stack) {
  return createKedroViews(stack.client, { taskQueue: stack.taskQueue });
}

function params(stack: Stack, more: JsonObject = {}): JsonObject {
  return { folder: stack.folder, ...more };
}

function states(run: RunDetail): string[] {
  return run.nodes.map(({ name, state }) => `${name} ${state}`);
}

test('a run that has succeeded: what was asked, its attempt, when each node ran, what it made', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const runId = `steps/one-${crypto.randomUUID()}`;
  const report = await stack.kedro.run({ runId, pipelines: ['steps'], runtimeParams: params(stack) });
  const run = await viewsOf(stack).run(runId);
  expect(run).toMatchObject({
    runId,
    state: 'succeeded',
    saveVersion: report.saveVersion,
    pipelines: ['steps'],
    runtimeParams: params(stack),
    attempts: [{ part: 'steps', attempt: 1, state: 'succeeded', worker: expect.stringContaining('@') }],
    outputs: { result: { tries: 1 } },
    saved: report.saved,
    pending: [],
  });
  expect(run).not.toHaveProperty('job');
  expect(run).not.toHaveProperty('error');
  expect(states(run)).toEqual(['make done', 'remember done', 'check done']);
  for (const [i, node] of run.nodes.entries()) {
    expect(Date.parse(node.startedAt ?? '')).toBe(report.nodes[i]?.at);
    expect(node.durationMs).toBe(report.nodes[i]?.durationMs);
  }
  const [attempt] = run.attempts;
  expect(Date.parse(attempt?.endedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(attempt?.startedAt ?? ''));
  expect(run.endedAt).toBeDefined();
});

test('a run that fails by a code after two attempts shows the code of each, and the node', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const runId = `shout-${crypto.randomUUID()}`;
  const request = { runId, pipelines: ['shout'], runtimeData: { word: 'hello' } };
  const retry = { ...QUICK.retry, maximumAttempts: 2 };
  const started = await stack.kedro.startRun(
    { ...request, runtimeParams: params(stack, { failing: 9 }) },
    { ...QUICK, retry },
  );
  await expect(started.result()).rejects.toMatchObject({ code: 'NODE_FAILED' });
  const run = await viewsOf(stack).run(runId);
  expect(run.state).toBe('failed');
  expect(run.error).toMatchObject({
    code: 'NODE_FAILED',
    retryable: true,
    message: expect.stringContaining('shout 2'),
  });
  expect(run.attempts).toMatchObject([
    { attempt: 1, state: 'failed', error: { code: 'NODE_FAILED', message: expect.stringContaining('shout 1') } },
    { attempt: 2, state: 'failed', error: { code: 'NODE_FAILED', message: expect.stringContaining('shout 2') } },
  ]);
  expect(states(run)).toEqual(['shout failed']);
});

test('a run of which a node cannot load what it reads, or save what it made, shows that node as failed', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const failedIn = async (pipelines: string[], more: JsonObject): Promise<string[]> => {
    const runId = `${pipelines[0]}-${crypto.randomUUID()}`;
    const retry = { ...QUICK.retry, maximumAttempts: 1 };
    const run = await stack.kedro.startRun(
      { runId, pipelines, runtimeParams: params(stack, more) },
      { ...QUICK, retry },
    );
    await expect(run.result()).rejects.toMatchObject({ code: expect.stringMatching(/^DATASET_/) });
    return states(await viewsOf(stack).run(runId));
  };
  expect(await failedIn(['tally'], {})).toEqual(['tally failed']);
  // A folder stands where the file should go.
  await mkdir(path.join(stack.folder, 'checked', 'one.json'), { recursive: true });
  expect(await failedIn(['days'], { work: 1 })).toContain('second_file failed');
});

test('the run of a job shows the node that failed in one of its parts, beside the nodes of the parts before', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const name = `job-${crypto.randomUUID().slice(0, 8)}`;
  const quiet = { name: 'quiet', request: { pipelines: ['echo'], runtimeParams: { key: 'hello' } } };
  const loud = {
    name: 'loud',
    request: { pipelines: ['shout'], runtimeParams: params(stack, { failing: 9 }) },
    inputs: { word: { part: 'quiet', output: 'echo' } },
  };
  const job = { name, parts: [quiet, loud], run: { ...QUICK, retry: { ...QUICK.retry, maximumAttempts: 2 } } };
  const runId = `${name}/by-hand`;
  const args = [{ job, returns: 'summary' }];
  const asked = { workflowId: runId, taskQueue: stack.taskQueue, args };
  await expect(stack.client.workflow.execute('runJob', asked)).rejects.toThrow();
  const run = await viewsOf(stack).run(runId);
  expect(run.state).toBe('failed');
  expect(run.nodes.map(({ part, name: node, state }) => [part, node, state])).toEqual([
    ['quiet', 'echo', 'done'],
    ['loud', 'shout', 'failed'],
  ]);
});

test('a run in progress: the node that is done, the one that runs, the attempt of before', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const views = viewsOf(stack);
  const runId = `wait-${crypto.randomUUID()}`;
  await stack.kedro.startRun({ runId, pipelines: ['wait'], runtimeParams: params(stack, { failing: 1 }) }, QUICK);
  let run = await views.run(runId);
  await until(async () => {
    run = await views.run(runId);
    return run.attempts.length === 2 && states(run).includes('wait running');
  }, 'the second attempt waits');
  expect(run.state).toBe('running');
  expect(states(run)).toEqual(['begin done', 'wait running']);
  expect(run.attempts).toMatchObject([
    { attempt: 1, state: 'failed', error: { code: 'NODE_FAILED' } },
    { attempt: 2, state: 'running', worker: expect.stringContaining('@'), startedAt: expect.any(String) },
  ]);
  expect(run.pending).toMatchObject([{ part: 'wait', total: 2 }]);
  await writeFile(path.join(stack.folder, 'go'), '');
  await stack.kedro.getRun(runId).result();
  run = await views.run(runId);
  expect(run.state).toBe('succeeded');
  expect(states(run)).toEqual(['begin skipped', 'wait done']);
});

test('a run that no worker has taken waits, and one that is cancelled says so', async () => {
  const stack = await openStack();
  const views = viewsOf(stack);
  const runId = `lonely-${crypto.randomUUID()}`;
  const started = await stack.kedro.startRun({ runId, pipelines: ['wait'], runtimeParams: params(stack) }, QUICK);
  expect(await views.run(runId)).toMatchObject({ state: 'running', attempts: [], nodes: [], pipelines: ['wait'] });
  await stack.startWorker();
  await until(async () => (await views.run(runId)).attempts[0]?.state === 'running', 'the run runs');
  await started.cancel();
  await expect(started.result()).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
  const run = await views.run(runId);
  expect(run).toMatchObject({ state: 'cancelled', error: { code: 'RUN_CANCELLED', retryable: false } });
  expect(run.attempts).toMatchObject([{ attempt: 1, state: 'cancelled' }]);
});

test('the run of a job has its parts by name, each with its attempts and nodes, and the interval', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const name = `job-${crypto.randomUUID().slice(0, 8)}`;
  const interval = {
    key: '2015-01-01',
    start: '2015-01-01T00:00:00Z',
    end: '2015-01-02T00:00:00Z',
    timeZone: 'UTC',
    scheduledTime: '2015-01-02T00:00:00Z',
  };
  const quiet = { name: 'quiet', request: { pipelines: ['echo'], runtimeParams: { key: 'hello' } } };
  const loud = {
    name: 'loud',
    request: { pipelines: ['shout'], runtimeParams: params(stack) },
    inputs: { word: { part: 'quiet', output: 'echo' } },
  };
  const again = { name: 'again', request: { pipelines: ['echo'], runtimeParams: { key: 'again' } }, after: ['loud'] };
  const job = { name, parts: [quiet, loud, again], intervalParams: { day: 'key' as const }, run: QUICK };
  const runId = `${name}/2015-01-01`;
  await stack.client.workflow.execute('runJob', {
    workflowId: runId,
    taskQueue: stack.taskQueue,
    args: [{ job, interval, returns: 'summary' }],
  });
  const run = await viewsOf(stack).run(runId);
  expect(run).toMatchObject({ job: name, interval, pipelines: ['echo', 'shout'], state: 'succeeded' });
  expect(run.runtimeParams).toEqual({ folder: stack.folder, key: 'again', day: '2015-01-01' });
  expect(run.attempts.map(({ part, attempt }) => [part, attempt])).toEqual([
    ['quiet', 1],
    ['loud', 1],
    ['again', 1],
  ]);
  expect(run.nodes.map(({ part, name: node }) => [part, node])).toEqual([
    ['quiet', 'echo'],
    ['loud', 'shout'],
    ['again', 'echo'],
  ]);
  expect(run.outputs).toMatchObject({ shouted: 'HELLO!' });
});

test('lists the newest runs of the task queue, of all or of one job, and no more than asked', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const views = viewsOf(stack);
  const options = jobOf(stack, 3, { work: 1, bad: ['2015-01-02'] });
  await backfill(stack, options);
  const runId = `echo-${crypto.randomUUID()}`;
  await stack.kedro.run({ runId, pipelines: ['echo'] });
  await until(async () => (await views.runs()).filter(({ endedAt }) => endedAt).length === 4, 'four runs are listed');
  const runs = await views.runs();
  expect(runs[0]).toMatchObject({ runId, state: 'succeeded' });
  expect(runs[0]).not.toHaveProperty('job');
  const ofJob = await views.runs({ job: options.job });
  expect(ofJob.map((run) => `${run.runId} ${run.job} ${run.state}`).sort()).toEqual([
    `${options.job}/2015-01-01 ${options.job} succeeded`,
    `${options.job}/2015-01-02 ${options.job} failed`,
    `${options.job}/2015-01-03 ${options.job} succeeded`,
  ]);
  expect(await views.runs({ limit: 2 })).toHaveLength(2);
});

test('what is no run is not found: an unknown id, a backfill', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const views = viewsOf(stack);
  await expect(views.run('nobody/2015-01-01')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  const options = jobOf(stack, 1, { work: 1 });
  await backfill(stack, options);
  const { id } = await stack.kedro.findBackfill(options.job);
  await expect(views.run(id)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND', message: /type "backfill"/ });
  await expect(views.backfills.one(`${options.job}/2015-01-01`)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  await expect(views.sweeps.one('nobody')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  await expect(views.intervals({ job: 'nobody' })).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
  await expect(views.runs({ job: "a' OR '" })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
});
