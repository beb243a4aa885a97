import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { SweepHandle, SweepOptions } from '../../src/client/index.ts';
import type { RunReport } from '../../src/core/index.ts';
import type { MeanResult, TopPoint } from '../../src/planner/index.ts';
import { type Entry, journal } from '../projects/temporal/journal.ts';
import { openSmallHistoryServer } from './small-history-server.ts';
import { openStack, QUICK, quietRuntime, type Stack, until } from './stack.ts';

beforeAll(quietRuntime);

const REDUCE = {
  best: { topK: { metric: 'score.value', k: 2 } },
  value: { mean: { metric: 'score.value' } },
} as const;

/** A sweep over x from 0, of its own id. */
function sweepOf(stack: Stack, count: number, trouble: Record<string, unknown> = {}): SweepOptions {
  return {
    id: `sweep-${crypto.randomUUID().slice(0, 8)}`,
    request: { pipelines: ['score'], runtimeParams: { folder: stack.folder, trouble } as never },
    points: { grid: { x: Array.from({ length: count }, (_, i) => i) } },
    reduce: REDUCE,
    run: QUICK,
  };
}

function tried(stack: Stack): Entry[] {
  return journal(stack.folder).filter(({ what }) => what === 'score');
}

function triedOnce(stack: Stack): number[] {
  return tried(stack)
    .map(({ key }) => Number(key))
    .sort((a, b) => a - b);
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

async function historyOf(stack: Stack, handle: SweepHandle) {
  const { events = [] } = await stack.client.workflow.getHandle(handle.id).fetchHistory();
  return events ?? [];
}

test('runs each point once, as <sweep>/<index> with a save version of its own, and reduces what they return', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const options = sweepOf(stack, 40);
  const handle = await stack.kedro.startSweep(options);
  const report = await handle.result();
  expect(report).toMatchObject({ id: options.id, state: 'done', total: 40, succeeded: 40, failed: 0, notRun: 0 });
  expect(report.reduced.best).toEqual([
    { index: 3, value: 0, params: { x: 3 } },
    { index: 2, value: -1, params: { x: 2 } },
  ]);
  const values = numbers(40).map((x) => -((x - 3) ** 2));
  expect(report.reduced.value).toMatchObject({ count: 40, mean: values.reduce((a, b) => a + b) / 40, max: 0 });
  expect(triedOnce(stack)).toEqual(numbers(40));
  for (const { runId, key } of tried(stack)) expect(runId).toBe(`${options.id}/${key}`);
  const versions = tried(stack)
    .toSorted((a, b) => Number(a.key) - Number(b.key))
    .map(({ saveVersion }) => saveVersion);
  expect(new Set(versions).size).toBe(40);
  expect(versions.toSorted()).toEqual(versions);
  expect(await handle.progress()).toMatchObject({ phase: 'ended', succeeded: 40, running: 0, best: { index: 3 } });
});

test('a point that fails fails alone; one that stumbles is tried again; a missing number is a failure', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const report = await (
    await stack.kedro.startSweep(sweepOf(stack, 30, { bad: [5, 20], flaky: [7], odd: [11] }))
  ).result();
  expect(report).toMatchObject({ state: 'done', succeeded: 27, failed: 3 });
  expect(report.failedPoints).toEqual([
    [5, 6],
    [11, 12],
    [20, 21],
  ]);
  expect(report.failures).toEqual([
    { index: 5, code: 'NODE_FAILED', message: 'Node "score" failed: 5 is bad' },
    { index: 11, code: 'METRIC_INVALID', message: expect.stringContaining('"score.value"') },
    { index: 20, code: 'NODE_FAILED', message: 'Node "score" failed: 20 is bad' },
  ]);
  expect(triedOnce(stack).filter((x) => x === 7)).toHaveLength(2);
  expect(triedOnce(stack).filter((x) => x === 5)).toHaveLength(1);
});

test('ten thousand points leave a short history and the same state as a hundred', async () => {
  const stack = await openStack();
  await stack.startWorker({ maxConcurrentActivityTaskExecutions: 4 });
  const many: SweepOptions = {
    id: `many-${crypto.randomUUID().slice(0, 8)}`,
    request: { pipelines: ['echo'] },
    points: { repeat: 10_000, seedParam: 'key' },
    reduce: { key: { mean: { metric: 'echo' } }, top: { topK: { metric: 'echo', k: 5 } } },
  };
  const handle = await stack.kedro.startSweep(many);
  const report = await handle.result();
  expect(report).toMatchObject({ total: 10_000, succeeded: 10_000, failed: 0 });
  const { count, mean } = report.reduced.key as MeanResult;
  expect(count).toBe(10_000);
  expect(Math.abs((mean ?? 0) / 2 ** 31 - 1)).toBeLessThan(0.05);
  const events = await historyOf(stack, handle);
  const { raw } = await stack.client.workflow.getHandle(handle.id).describe();
  const bytes = Number(raw.workflowExecutionInfo?.historySizeBytes);
  expect(events.length).toBeLessThan(200);
  expect(bytes).toBeLessThan(150_000);
});

test('a long list is not sent with each batch, and seeds stay those of the sweep', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const list = numbers(1500).map((x) => ({ x, note: 'n'.repeat(100) }));
  const handle = await stack.kedro.startSweep({
    ...sweepOf(stack, 0),
    points: { list, seedParam: 'trouble.seed', seed: 'given' },
  });
  const report = await handle.result();
  expect(report).toMatchObject({ succeeded: 1500 });
  expect(triedOnce(stack)).toEqual(numbers(1500));
  const [best] = report.reduced.best as TopPoint[];
  const other = await stack.kedro.startSweep({
    ...sweepOf(stack, 4),
    points: { list: list.slice(0, 4), seedParam: 'trouble.seed', seed: 'given' },
  });
  const [same] = (await other.result()).reduced.best as TopPoint[];
  expect(best).toEqual(same);
  const { raw } = await stack.client.workflow.getHandle(handle.id).describe();
  // The list itself, once in the input, and once in pieces.
  expect(Number(raw.workflowExecutionInfo?.historySizeBytes)).toBeLessThan(3 * JSON.stringify(list).length);
});

describe('stops early', () => {
  test('when a point is good enough, and leaves the rest', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const options = { ...sweepOf(stack, 1000, { work: 2 }), concurrency: 1 };
    const report = await (
      await stack.kedro.startSweep({ ...options, stopWhen: { metric: 'score.value', atLeast: -1 } })
    ).result();
    expect(report).toMatchObject({ state: 'stopped', why: 'enough', failed: 0 });
    expect(report.reduced.best).toMatchObject([{ value: -1, params: { x: 2 } }, { params: { x: 1 } }]);
    expect(triedOnce(stack)).toEqual([0, 1, 2]);
    expect(report.notRun).toBe(997);
  });

  test('when no better point has come for a while', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const options = { ...sweepOf(stack, 1000, { work: 2 }), concurrency: 2 };
    const report = await (
      await stack.kedro.startSweep({ ...options, stopWhen: { metric: 'score.value', patience: 20 } })
    ).result();
    expect(report).toMatchObject({ state: 'stopped', why: 'enough' });
    expect((report.reduced.best as TopPoint[])[0]?.params).toEqual({ x: 3 });
    expect(report.succeeded).toBeGreaterThanOrEqual(24);
    expect(report.notRun).toBeGreaterThan(0);
  });

  test('when too many points have failed', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const options = { ...sweepOf(stack, 200, { bad: [2, 3, 4, 5, 6] }), concurrency: 1, maxFailures: 2 };
    const report = await (await stack.kedro.startSweep(options)).result();
    expect(report).toMatchObject({ state: 'stopped', why: 'failures', succeeded: 2, failed: 3, notRun: 195 });
  });
});

describe('controls', () => {
  test('pause starts no more batches, resume goes on, and all points run once', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const handle = await stack.kedro.startSweep({ ...sweepOf(stack, 40, { work: 30 }), concurrency: 2 });
    await until(() => tried(stack).length >= 3);
    expect(await handle.pause()).toMatchObject({ phase: 'paused' });
    await until(async () => (await handle.progress()).running === 0);
    const { succeeded } = await handle.progress();
    expect(succeeded).toBeLessThan(40);
    expect(await handle.resume()).toMatchObject({ phase: 'running', succeeded });
    expect(await handle.result()).toMatchObject({ state: 'done', succeeded: 40 });
    expect(triedOnce(stack)).toEqual(numbers(40));
  });

  test('cancel keeps what has ended, and asked for again the sweep goes on with the rest', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const options = { ...sweepOf(stack, 60, { work: 40 }), concurrency: 2 };
    const handle = await stack.kedro.startSweep(options);
    await until(() => tried(stack).length >= 15);
    await handle.cancel();
    const first = await handle.result();
    expect(first).toMatchObject({ state: 'cancelled', failed: 0 });
    expect(first.succeeded).toBeGreaterThanOrEqual(5);
    expect(first.notRun).toBe(60 - first.succeeded);
    const second = await stack.kedro.startSweep(options);
    expect(second.isNew).toBe(true);
    const report = await second.result();
    expect(report).toMatchObject({ state: 'done', succeeded: 60, failed: 0, notRun: 0 });
    expect(report.reduced.value).toMatchObject({ count: 60 });
    expect([...new Set(triedOnce(stack))]).toEqual(numbers(60));
    // Only points that the cancel caught in the middle were begun twice.
    expect(tried(stack).length).toBeLessThanOrEqual(62);
  });

  test('a cancel of Temporal’s own ends it as cancelled', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const options = sweepOf(stack, 60, { work: 40 });
    const handle = await stack.kedro.startSweep(options);
    await until(() => tried(stack).length >= 20);
    await stack.client.workflow.getHandle(handle.id).cancel();
    await expect(handle.result()).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
    const { status } = await stack.client.workflow.getHandle(handle.id).describe();
    expect(status.name).toBe('CANCELLED');
    expect(await handle.pause()).toMatchObject({ phase: 'ended' });
    await expect(stack.kedro.getSweep('no-such-sweep').pause()).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    // Asked for again, it goes on: what had ended is not run once more.
    const ended = (await handle.progress()).succeeded;
    const again = await (await stack.kedro.startSweep(options)).result();
    expect(again).toMatchObject({ state: 'done', succeeded: 60 });
    expect(tried(stack).length).toBeLessThanOrEqual(60 + 60 - ended);
  });
});

describe('asked for again', () => {
  test('one that runs is joined, one that ended clean is answered with its report, another request is refused', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const options = sweepOf(stack, 20, { work: 20 });
    const first = await stack.kedro.startSweep(options);
    const joined = await stack.kedro.startSweep(options);
    expect([first.isNew, joined.isNew]).toEqual([true, false]);
    const report = await joined.result();
    const later = await stack.kedro.startSweep(options);
    expect(later.isNew).toBe(false);
    expect(await later.result()).toEqual(report);
    expect(tried(stack)).toHaveLength(20);
    await expect(stack.kedro.startSweep({ ...options, points: { repeat: 2 } })).rejects.toMatchObject({
      code: 'RUN_ID_TAKEN',
    });
    expect(await (await stack.kedro.startSweep({ ...options, again: true })).result()).toMatchObject({ succeeded: 20 });
    expect(tried(stack)).toHaveLength(40);
  });

  test('one with failures tries those points only, and counts all', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const options = sweepOf(stack, 20, { bad: [4, 5, 17] });
    const first = await (await stack.kedro.startSweep(options)).result();
    expect(first).toMatchObject({ succeeded: 17, failed: 3 });
    await writeFile(path.join(stack.folder, 'mended'), '');
    const report = await (await stack.kedro.startSweep(options)).result();
    expect(report).toMatchObject({ succeeded: 20, failed: 0, failedPoints: [], failures: [] });
    expect(report.reduced.value).toMatchObject({ count: 20 });
    expect(tried(stack)).toHaveLength(23);
  });
});

describe('what fails every point fails the sweep', () => {
  test.each([
    [{ request: { pipelines: ['scores'] } }, 'PIPELINE_NOT_FOUND', 'score'],
    [{ reduce: { all: { mean: { metric: 'scored.value' } } } }, 'REQUEST_INVALID', '"scored.value"'],
  ])('%j', async (wrong, code, why) => {
    const stack = await openStack();
    await stack.startWorker();
    const handle = await stack.kedro.startSweep({ ...sweepOf(stack, 50), ...wrong });
    await expect(handle.result()).rejects.toMatchObject({ code, message: expect.stringContaining(why) });
    expect(tried(stack).length).toBeLessThan(10);
  });
});

test('a batch that cannot end is cut in two, down to the point that is to blame', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const options = {
    ...sweepOf(stack, 40, { slow: [25] }),
    concurrency: 1,
    run: { ...QUICK, startToCloseTimeout: '1500 milliseconds', retry: { maximumAttempts: 1 } },
  };
  const report = await (await stack.kedro.startSweep(options)).result();
  expect(report).toMatchObject({ state: 'done', succeeded: 39, failed: 1, failedPoints: [[25, 26]] });
  expect(report.failures).toMatchObject([{ index: 25, code: 'RUN_TIMED_OUT' }]);
  expect(report.reduced.value).toMatchObject({ count: 39 });
});

test('a worker that ends hands its points on: the next one goes on behind those that have ended', async () => {
  const stack = await openStack();
  const first = await stack.startWorker({ shutdownGraceTime: '100 milliseconds' });
  const options = { ...sweepOf(stack, 30, { work: 100 }), concurrency: 1, rows: true };
  const handle = await stack.kedro.startSweep(options);
  await until(() => tried(stack).length >= 8);
  await first.stop();
  const begun = tried(stack).length;
  await stack.startWorker();
  const report = await handle.result();
  expect(report).toMatchObject({ state: 'done', succeeded: 30, failed: 0 });
  expect(report.reduced.value).toMatchObject({ count: 30 });
  expect(tried(stack).length).toBeLessThanOrEqual(31);
  expect(begun).toBeGreaterThanOrEqual(8);
  expect((await rowsIn(report.rows ?? '')).map(({ index }) => index)).toEqual(numbers(30));
});

async function rowsIn(folder: string): Promise<{ index: number; params: { x: number }; metrics: object }[]> {
  const files = await readdir(folder);
  expect(files.filter((file) => !/^\d+-\d+\.jsonl$/.test(file))).toEqual([]);
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
  return texts
    .flatMap((text) => text.split('\n').filter(Boolean))
    .map((line) => JSON.parse(line))
    .sort((a, b) => a.index - b.index);
}

describe('a pipeline after the points', () => {
  test('is given a row of each point, in order, with why it failed', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const report = await (
      await stack.kedro.startSweep({
        ...sweepOf(stack, 30, { bad: [5] }),
        pipeline: { request: { pipelines: ['rank'] }, dataset: 'points' },
      })
    ).result();
    expect(report.pipeline).toMatchObject({
      runId: `${report.id}/pipeline`,
      outputs: { ranked: { rows: 30, inOrder: true, failed: [[5, 'NODE_FAILED']] } },
    });
    const { outputs } = report.pipeline as RunReport;
    const { ranking } = outputs.ranked as { ranking: number[] };
    expect([ranking[0], ranking.length]).toEqual([3, 29]);
  });

  test('that fails does not lose the sweep', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const report = await (
      await stack.kedro.startSweep({
        ...sweepOf(stack, 5),
        pipeline: { request: { pipelines: ['final'], runtimeParams: { folder: stack.folder } }, dataset: 'madde' },
      })
    ).result();
    expect(report).toMatchObject({ succeeded: 5, pipeline: { error: { code: 'DATASET_NOT_IN_PIPELINE' } } });
  });
});

test('a long one continues as new, carries its state, and runs no point twice', async () => {
  await using server = await openSmallHistoryServer(60);
  const stack = await openStack(server.address);
  await stack.startWorker();
  // Points so slow that a batch holds one of them.
  const options = { ...sweepOf(stack, 60, { work: 2000, bad: [1, 50] }), concurrency: 20 };
  const handle = await stack.kedro.startSweep(options);
  const first = await stack.client.workflow.getHandle(handle.id).describe();
  const report = await handle.result();
  expect(report).toMatchObject({ total: 60, succeeded: 58, failed: 2, notRun: 0 });
  expect(report.failures.map(({ index }) => index)).toEqual([1, 50]);
  expect(report.reduced.value).toMatchObject({ count: 58 });
  expect(triedOnce(stack)).toEqual(numbers(60));
  const last = await stack.client.workflow.getHandle(handle.id).describe();
  expect(last.runId).not.toBe(first.runId);
  const { events } = await stack.client.workflow.getHandle(handle.id, first.runId).fetchHistory();
  expect(events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes).toBeTruthy();
});

test.each([
  { concurrency: 0 },
  { atOnce: 1.5 },
  { maxFailures: -1 },
  { points: {} },
  { reduce: { best: { topK: { metric: 'a', k: 0 } } } },
  { stopWhen: { metric: 'a' } as never },
  { pipeline: { request: {}, dataset: '' } },
])('refuses %j before anything is started', async (wrong) => {
  const stack = await openStack();
  await expect(stack.kedro.startSweep({ ...sweepOf(stack, 2), ...wrong })).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
  });
});
