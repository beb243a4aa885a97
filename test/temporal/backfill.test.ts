import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { countOutcomes, indexSetOf } from '../../src/planner/index.ts';
import { journal } from '../projects/temporal/journal.ts';
import { backfill, jobOf, keys, mostAtOnce, noted, statusOf } from './backfills.ts';
import { openSmallHistoryServer } from './small-history-server.ts';
import { openStack, QUICK, quietRuntime, readJson, until } from './stack.ts';

beforeAll(quietRuntime);

test('runs each interval once, as <job>/<key>, never more at once than asked for', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const options = jobOf(stack, 15);
  const handle = await stack.kedro.startBackfill(options);
  const report = await handle.result();
  expect(report).toMatchObject({ job: options.job, total: 15, succeeded: 15, failed: 0, skipped: 0, failures: [] });
  expect(
    noted(stack, 'end')
      .map(({ key }) => key)
      .sort(),
  ).toEqual(keys(15));
  for (const { runId, key } of journal(stack.folder)) expect(runId).toBe(`${options.job}/${key}`);
  expect(mostAtOnce(stack)).toBe(4);
  expect(await readJson(stack.folder, 'checked/2015-01-07.json')).toEqual({ key: '2015-01-07', letters: 20 });
  expect(await handle.progress()).toMatchObject({
    total: 15,
    phase: 'ended',
    running: [],
    outcomes: { succeeded: { RAN: [[0, 15]] }, failed: {}, skipped: {}, cancelled: {} },
  });
  const one = await stack.kedro.getRun(`${options.job}/2015-01-07`).result();
  expect(one).toMatchObject({ runId: `${options.job}/2015-01-07`, nodes: [{ status: 'done' }, { status: 'done' }] });
});

test('goes backward when asked to', async () => {
  const stack = await openStack();
  await stack.startWorker();
  await backfill(stack, { ...jobOf(stack, 5), order: 'backward', concurrency: 1 });
  expect(noted(stack, 'end').map(({ key }) => key)).toEqual(keys(5).reverse());
});

test('intervals that fail are reported by key, code and message, and the others go on', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const report = await backfill(stack, jobOf(stack, 6, { bad: ['2015-01-02', '2015-01-05'] }));
  expect(report).toMatchObject({
    succeeded: 4,
    failed: 2,
    outcomes: { failed: { NODE_FAILED: indexSetOf([1, 4]) } },
  });
  const why = (key: string) => ({ key, code: 'NODE_FAILED', message: `Node "second_file" failed: ${key} is bad` });
  expect(report.failures.sort((a, b) => a.key.localeCompare(b.key))).toEqual([why('2015-01-02'), why('2015-01-05')]);
});

describe('asked for again', () => {
  test('one that runs is joined, one that ended clean is answered with its report', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const options = jobOf(stack, 6, { work: 100 });
    const first = await stack.kedro.startBackfill(options);
    const joined = await stack.kedro.startBackfill(options);
    expect([first.isNew, joined.isNew, joined.id]).toEqual([true, false, first.id]);
    const report = await joined.result();
    const later = await stack.kedro.startBackfill(options);
    expect(later.isNew).toBe(false);
    expect(await later.result()).toEqual(report);
    expect(noted(stack, 'start')).toHaveLength(6);
  });

  test('one with failures goes on with those only; "again" runs them all', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const options = jobOf(stack, 5, { bad: ['2015-01-03'] });
    expect(await backfill(stack, options)).toMatchObject({ succeeded: 4, failed: 1 });
    await writeFile(path.join(stack.folder, 'mended'), '');
    const second = await stack.kedro.startBackfill(options);
    expect(second.isNew).toBe(true);
    expect(await second.result()).toMatchObject({ total: 5, succeeded: 1, skipped: 4, failed: 0, failures: [] });
    expect(
      noted(stack, 'start')
        .map(({ key }) => key)
        .slice(5),
    ).toEqual(['2015-01-03']);
    expect(await backfill(stack, { ...options, again: true })).toMatchObject({ succeeded: 5, skipped: 0 });
    expect(noted(stack, 'start')).toHaveLength(11);
  });

  test('another request for the same days is another backfill', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const options = jobOf(stack, 3);
    await backfill(stack, options);
    const other = { ...options, request: { ...options.request, runtimeParams: { folder: stack.folder, work: 1 } } };
    const second = await stack.kedro.startBackfill(other);
    expect(second.isNew).toBe(true);
    expect(await second.result()).toMatchObject({ succeeded: 3, skipped: 0 });
  });

  test('a longer range with skip "completed" runs only the days that have no success yet', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const options = jobOf(stack, 3);
    await backfill(stack, options);
    const longer = await backfill(stack, { ...options, to: '2015-01-06', skip: 'completed' });
    expect(longer).toMatchObject({ total: 5, succeeded: 2, skipped: 3 });
    expect(
      noted(stack, 'start')
        .map(({ key }) => key)
        .sort(),
    ).toEqual(keys(5));
  });
});

describe('a cancel', () => {
  test('of the backfill ends its children first, and asked for again it goes on with the rest', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const options = jobOf(stack, 12, { work: 300 });
    const handle = await stack.kedro.startBackfill(options);
    await until(() => noted(stack, 'start').length >= 5);
    expect(await handle.cancel()).toMatchObject({ phase: 'closing', why: 'BY_HAND' });
    const cancelled = await handle.result();
    expect(cancelled).toMatchObject({ state: 'cancelled', total: 12, failed: 0, skipped: 0 });
    expect(cancelled.succeeded + cancelled.cancelled).toBe(12);
    const started = new Set(noted(stack, 'start').map(({ key }) => key));
    const states = await Promise.all([...started].map((key) => statusOf(stack, `${options.job}/${key}`)));
    expect(states.filter((state) => state === 'RUNNING')).toEqual([]);
    expect(states).toContain('CANCELLED');
    expect(started.size).toBeLessThan(12);
    await delay(400);
    const completed = states.filter((state) => state === 'COMPLETED').length;
    const report = await backfill(stack, options);
    expect(report).toMatchObject({ total: 12, skipped: completed, succeeded: 12 - completed, failed: 0 });
  });

  test('of one interval by hand ends that interval only', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const options = { ...jobOf(stack, 4, { work: 400 }), concurrency: 2 };
    const handle = await stack.kedro.startBackfill(options);
    await until(() => noted(stack, 'start').some(({ key }) => key === '2015-01-02'));
    await stack.kedro.getRun(`${options.job}/2015-01-02`).cancel();
    expect(await handle.result()).toMatchObject({
      succeeded: 3,
      cancelled: 1,
      outcomes: { cancelled: { RUN_CANCELLED: [[1, 2]] } },
      failures: [{ key: '2015-01-02', code: 'RUN_CANCELLED' }],
    });
  });

  test('a termination of one interval by hand counts the same', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const options = { ...jobOf(stack, 3, { work: 400 }), concurrency: 1 };
    const handle = await stack.kedro.startBackfill(options);
    await until(() => noted(stack, 'start').length === 1);
    await stack.client.workflow.getHandle(`${options.job}/2015-01-01`).terminate();
    expect(await handle.result()).toMatchObject({ succeeded: 2, failures: [{ code: 'RUN_CANCELLED' }] });
  });
});

test('an interval that times out is reported as such', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const options = { ...jobOf(stack, 1), run: { ...QUICK, scheduleToCloseTimeout: '1 second' } };
  const report = await backfill(stack, { ...options, request: { ...options.request, pipelines: ['wait'] } });
  await writeFile(path.join(stack.folder, 'go'), '');
  expect(report.failures).toMatchObject([{ key: '2015-01-01', code: 'RUN_TIMED_OUT' }]);
});

test('a long one continues as new, carries its state, and runs no interval twice', async () => {
  await using server = await openSmallHistoryServer(60);
  const stack = await openStack(server.address);
  await stack.startWorker();
  const options = jobOf(stack, 27, { work: 5, bad: ['2015-01-02', '2015-01-26'] });
  const handle = await stack.kedro.startBackfill(options);
  const first = await stack.client.workflow.getHandle(handle.id).describe();
  const report = await handle.result();
  expect(report).toMatchObject({
    total: 27,
    succeeded: 25,
    failed: 2,
    outcomes: { failed: { NODE_FAILED: indexSetOf([1, 25]) } },
  });
  expect(report.failures.map(({ key }) => key)).toEqual(['2015-01-02', '2015-01-26']);
  expect(Date.parse(report.startedAt)).toBeGreaterThanOrEqual(first.startTime.getTime());
  expect(
    noted(stack, 'start')
      .map(({ key }) => key)
      .sort(),
  ).toEqual(keys(27));
  expect(mostAtOnce(stack)).toBeLessThanOrEqual(4);
  const last = await stack.client.workflow.getHandle(handle.id).describe();
  expect(last.runId).not.toBe(first.runId);
  expect(last.historyLength).toBeLessThan(150);
  const { events } = await stack.client.workflow.getHandle(handle.id, first.runId).fetchHistory();
  expect(events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes).toBeTruthy();
  expect(countOutcomes((await handle.progress()).outcomes).succeeded).toBe(25);
});

test.each([{ concurrency: 0 }, { concurrency: 1.5 }, { concurrency: 1001 }, { job: 'a/b' }])(
  'refuses %o before anything is started',
  async (wrong) => {
    const stack = await openStack();
    await expect(stack.kedro.startBackfill({ ...jobOf(stack, 2), ...wrong })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
  },
);
