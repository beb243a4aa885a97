import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ActivityFailure, ApplicationFailure, type Client, type WorkflowFailedError } from '@temporalio/client';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DurableRunState } from '../../workflows/index.ts';
import { doings, journal } from '../projects/temporal/journal.ts';
import { openStack, QUICK, quietRuntime, readJson, type Stack, until } from './stack.ts';

beforeAll(quietRuntime);

async function attemptsOf(client: Client, workflowId: string): Promise<number> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const started = events?.flatMap((event) => event.activityTaskStartedEventAttributes ?? []) ?? [];
  return started.at(-1)?.attempt ?? 0;
}

function begun(stack: Stack, what: string): Promise<void> {
  return until(() => doings(stack.folder).includes(what), `the node notes "${what}"`);
}

function unique(name: string): string {
  return `${name}-${crypto.randomUUID().slice(0, 8)}`;
}

test('a run has the id and save version of the orchestrator, and its report comes back whole', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const runId = unique('whole');
  const report = await stack.kedro.run({ runId, pipelines: ['steps'], runtimeParams: { folder: stack.folder } });
  const { saveVersion } = report;
  expect(report).toMatchObject({ runId, pipelines: ['steps'], outputs: { result: { tries: 1 } } });
  expect(report.references.versions).toMatchObject({ version: saveVersion });
  expect(report.saved.map(({ dataset }) => dataset)).toEqual(['made', 'versions']);
  expect(journal(stack.folder).map((entry) => [entry.runId, entry.saveVersion])).toEqual(
    Array(3).fill([runId, saveVersion]),
  );
  expect(await readJson(stack.folder, 'versions.json', saveVersion, 'versions.json')).toMatchObject({
    version: saveVersion,
  });
});

test('a retried attempt goes on after what was saved, with the same save version, though heartbeats are held back', async () => {
  const stack = await openStack();
  // So long that only the flush of a failing attempt can bring the second heartbeat to the server.
  await stack.startWorker({ maxHeartbeatThrottleInterval: '1 minute', defaultHeartbeatThrottleInterval: '1 minute' });
  const runId = unique('retried');
  const report = await stack.kedro.run(
    { runId, pipelines: ['steps'], runtimeParams: { folder: stack.folder, failing: 2 } },
    { ...QUICK, heartbeatTimeout: '1 minute' },
  );
  expect(doings(stack.folder)).toEqual(['make', 'remember', 'check', 'remember', 'check', 'remember', 'check']);
  expect(report.nodes.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'make skipped',
    'remember done',
    'check done',
  ]);
  expect(report.outputs).toMatchObject({ result: { tries: 3 } });
  expect(report.saved.map(({ dataset }) => dataset)).toEqual(['made', 'versions']);
  expect(new Set(journal(stack.folder).map((entry) => entry.saveVersion))).toEqual(new Set([report.saveVersion]));
  expect(await attemptsOf(stack.client, runId)).toBe(3);
});

describe('a failure that trying again cannot mend', () => {
  test.each([
    { pipelines: ['final'], code: 'NODE_FAILED', params: true },
    { pipelines: ['steps'], code: 'PARAM_MISSING', params: false },
    { pipelines: ['stepps'], code: 'PIPELINE_NOT_FOUND', params: true },
  ])('ends the run at the first attempt: $code', async ({ pipelines, code, params }) => {
    const stack = await openStack();
    await stack.startWorker();
    const runId = unique('final');
    const runtimeParams = params ? { folder: stack.folder } : {};
    const run = await stack.kedro.startRun({ runId, pipelines, runtimeParams }, QUICK);
    await expect(run.result()).rejects.toMatchObject({ name: 'PipelineError', code, retryable: false });
    expect(await attemptsOf(stack.client, runId)).toBe(1);
    const failure = await stack.client.workflow
      .getHandle(runId)
      .result()
      .catch((error: WorkflowFailedError) => (error.cause as ActivityFailure).cause);
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ type: code, nonRetryable: true });
    expect(await run.status()).toMatchObject({ state: 'failed' });
  });
});

test('a failure that may pass is tried as often as the policy says, then keeps its code and message', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const runId = unique('worn-out');
  const options = { ...QUICK, retry: { ...QUICK.retry, maximumAttempts: 2 } };
  const run = stack.kedro.run(
    { runId, pipelines: ['steps'], runtimeParams: { folder: stack.folder, failing: 9 } },
    options,
  );
  await expect(run).rejects.toMatchObject({
    code: 'NODE_FAILED',
    message: expect.stringContaining('try 2 fails'),
    details: { node: 'check' },
    retryable: true,
  });
  expect(await attemptsOf(stack.client, runId)).toBe(2);
});

test('an error with more words than a history can hold still ends the run by its code, with the first of them', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const run = stack.kedro.run(
    { runId: unique('verbose'), pipelines: ['verbose'], runtimeParams: { letters: 3_000_000 } },
    { ...QUICK, retry: { maximumAttempts: 1 } },
  );
  await expect(run).rejects.toMatchObject({
    code: 'NODE_FAILED',
    details: { node: 'complain' },
    message: expect.stringMatching(/too much: x{100}.*… \(3000\d+ letters\)$/),
  });
});

test('while it runs, status tells node by node and the query tells the run; afterwards both tell the end', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const runId = unique('watched');
  const run = await stack.kedro.startRun(
    { runId, pipelines: ['wait'], runtimeParams: { folder: stack.folder } },
    QUICK,
  );
  await begun(stack, 'wait');
  await until(async () => (await run.status()).progress?.running === 'wait', 'the heartbeat says "wait"');
  expect(await run.status()).toEqual({
    runId,
    state: 'running',
    attempt: 1,
    progress: { total: 2, done: ['begin'], saved: ['made'], running: 'wait' },
  });
  const handle = stack.client.workflow.getHandle(runId);
  const during = await handle.query<DurableRunState, []>('progress');
  expect(during).toEqual({ runId, saveVersion: during.saveVersion, state: 'running' });
  await writeFile(path.join(stack.folder, 'go'), '');
  const report = await run.result();
  expect(await run.status()).toEqual({ runId, state: 'succeeded' });
  expect(await handle.query('progress')).toEqual({ runId, saveVersion: report.saveVersion, state: 'done', report });
});

describe('a cancel', () => {
  test('ends a node that waits on the signal of its run', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const run = await stack.kedro.startRun(
      { runId: unique('heeded'), pipelines: ['wait'], runtimeParams: { folder: stack.folder, how: 'signal' } },
      QUICK,
    );
    await begun(stack, 'wait');
    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
    expect(await run.status()).toMatchObject({ state: 'cancelled' });
    await writeFile(path.join(stack.folder, 'go'), '');
    await delay(200);
    expect(doings(stack.folder)).toEqual(['begin', 'wait']);
  });

  test('ends a run whose node does not look at the signal, and nothing of that node is saved later', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const run = await stack.kedro.startRun(
      { runId: unique('ignored'), pipelines: ['wait'], runtimeParams: { folder: stack.folder, how: 'ignore' } },
      QUICK,
    );
    await begun(stack, 'wait');
    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
    await writeFile(path.join(stack.folder, 'go'), '');
    await begun(stack, 'waited');
    await delay(200);
    expect(existsSync(path.join(stack.folder, 'made/one.json'))).toBe(true);
    expect(existsSync(path.join(stack.folder, 'checked'))).toBe(false);
  });

  test('of a run that no worker has taken yet ends it at once', async () => {
    const stack = await openStack();
    const worker = await stack.startWorker();
    const run = await stack.kedro.startRun(
      { runId: unique('unborn'), pipelines: ['wait'], runtimeParams: { folder: stack.folder } },
      { ...QUICK, taskQueue: 'nobody-listens' },
    );
    await until(async () => (await run.status()).attempt === 1);
    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
    await worker.stop();
  });
});

test('results over 128 KiB go to a file and never into history; small ones beside them stay', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const runId = unique('large');
  const report = await stack.kedro.run({ runId, pipelines: ['large'], runtimeParams: { letters: 300_000 } });
  expect(report.outputs).toEqual({ small: 'small' });
  expect(report.references.large).toMatchObject({ dataset: 'large', type: 'json.JSONDataset' });
  const file = report.references.large?.filepath ?? '';
  expect(path.relative(stack.results, file)).not.toMatch(/^\.\./);
  expect(await readJson(file)).toBe('é'.repeat(150_000));
  const { events } = await stack.client.workflow.getHandle(runId).fetchHistory();
  const sizes = (events ?? []).map((event) => JSON.stringify(event).length);
  expect(Math.max(...sizes)).toBeLessThan(16 * 1024);
});

test('a request that is too large for a history is refused before anything is started', async () => {
  const stack = await openStack();
  const runtimeData = { large: 'x'.repeat(1024 * 1024) };
  await expect(stack.kedro.run({ runtimeData })).rejects.toMatchObject({ code: 'REQUEST_TOO_LARGE' });
});

describe('the same run id', () => {
  test('of a run that goes on or has succeeded is that run', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const runId = unique('same');
    const request = { runId, pipelines: ['steps'], runtimeParams: { folder: stack.folder } };
    const [one, other] = await Promise.all([stack.kedro.run(request), stack.kedro.run(request)]);
    const later = await stack.kedro.run(request);
    expect(other).toEqual(one);
    expect(later).toEqual(one);
    expect(doings(stack.folder)).toEqual(['make', 'remember', 'check']);
  });

  test('of a run that failed runs it again, from the start, with a version of its own', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const runId = unique('again');
    const options = { ...QUICK, retry: { maximumAttempts: 1 } };
    const request = { runId, pipelines: ['steps'], runtimeParams: { folder: stack.folder, failing: 1 } };
    await expect(stack.kedro.run(request, options)).rejects.toMatchObject({ code: 'NODE_FAILED' });
    const report = await stack.kedro.run(request, options);
    expect(report.outputs).toMatchObject({ result: { tries: 2 } });
    expect(doings(stack.folder)).toEqual(['make', 'remember', 'check', 'make', 'remember', 'check']);
    expect(new Set(journal(stack.folder).map((entry) => entry.saveVersion)).size).toBe(2);
  });
});

describe('a limit that is too short', () => {
  test.each([
    { limit: 'startToCloseTimeout', options: { startToCloseTimeout: '1 second', retry: { maximumAttempts: 1 } } },
    { limit: 'scheduleToCloseTimeout', options: { scheduleToCloseTimeout: '1 second' } },
  ] as const)('ends the run as timed out: $limit', async ({ options }) => {
    const stack = await openStack();
    await stack.startWorker();
    const run = await stack.kedro.startRun(
      { runId: unique('slow'), pipelines: ['wait'], runtimeParams: { folder: stack.folder } },
      { ...QUICK, ...options },
    );
    await expect(run.result()).rejects.toMatchObject({ code: 'RUN_TIMED_OUT' });
    expect(await run.status()).toMatchObject({ state: 'failed' });
    // The node is told as well: it must not go on for nothing.
    await writeFile(path.join(stack.folder, 'go'), '');
  });

  test('of a run whose earlier attempt failed is a time-out too, not that failure', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const request = {
      runId: unique('both'),
      pipelines: ['wait'],
      runtimeParams: { folder: stack.folder, failing: 1 },
    };
    const run = await stack.kedro.startRun(request, { ...QUICK, scheduleToCloseTimeout: '1 second' });
    await expect(run.result()).rejects.toMatchObject({ code: 'RUN_TIMED_OUT' });
    expect(doings(stack.folder)).toEqual(['begin', 'wait', 'wait']);
  });
});

test('a worker that is shut down in mid-run hands the run over; the next one skips what was saved', async () => {
  const stack = await openStack();
  const first = await stack.startWorker();
  const run = await stack.kedro.startRun(
    { runId: unique('moved'), pipelines: ['wait'], runtimeParams: { folder: stack.folder } },
    QUICK,
  );
  await begun(stack, 'wait');
  await first.stop();
  await writeFile(path.join(stack.folder, 'go'), '');
  await stack.startWorker();
  const report = await run.result();
  expect(doings(stack.folder)).toEqual(['begin', 'wait', 'wait', 'waited']);
  expect(report.nodes.map(({ status }) => status)).toEqual(['skipped', 'done']);
});
