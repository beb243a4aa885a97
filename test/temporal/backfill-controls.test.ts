import { beforeAll, describe, expect, test } from 'vitest';
import { countOutcomes, sizeOf } from '../../src/planner/index.ts';
import { jobOf, keys, keysNoted, noted } from './backfills.ts';
import { openStack, quietRuntime, until, writeJson } from './stack.ts';

beforeAll(quietRuntime);

test('a pause starts nothing more, a resume goes on; both are acknowledged', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const handle = await stack.kedro.startBackfill({ ...jobOf(stack, 12, { work: 100 }), concurrency: 2 });
  await until(() => noted(stack, 'start').length >= 4);
  expect(await handle.pause()).toMatchObject({ phase: 'paused', why: 'BY_HAND' });
  await until(async () => sizeOf((await handle.progress()).running) === 0);
  const before = noted(stack, 'start').length;
  expect(before).toBeLessThan(12);
  const paused = await handle.progress();
  expect(countOutcomes(paused.outcomes).succeeded).toBe(before);
  expect(await handle.resume()).toMatchObject({ phase: 'open' });
  expect(await handle.result()).toMatchObject({ state: 'done', succeeded: 12 });
  expect(noted(stack, 'start')).toHaveLength(12);
});

test('concurrency can be changed while it runs, within its limits', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const handle = await stack.kedro.startBackfill({ ...jobOf(stack, 10, { work: 300 }), concurrency: 1 });
  await until(() => noted(stack, 'start').length === 1);
  expect(await handle.setConcurrency(6)).toMatchObject({ concurrency: 6 });
  await until(async () => sizeOf((await handle.progress()).running) === 6);
  await expect(handle.setConcurrency(0)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  expect(await handle.result()).toMatchObject({ succeeded: 10 });
});

test('a skip leaves out days to come and ends one that runs', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const handle = await stack.kedro.startBackfill({ ...jobOf(stack, 5, { work: 700 }), concurrency: 1 });
  await until(() => noted(stack, 'start').length === 1);
  await handle.skip(['2015-01-01', '2015-01-04']);
  await expect(handle.skip(['2014-12-31'])).rejects.toMatchObject({ code: 'INTERVAL_NOT_FOUND' });
  const report = await handle.result();
  expect(report).toMatchObject({ succeeded: 3, skipped: 2, failed: 0, cancelled: 0 });
  expect(sizeOf(report.outcomes.skipped.BY_HAND ?? [])).toBe(2);
  expect(keysNoted(stack, 'start')).toEqual(keys(5).filter((key) => key !== '2015-01-04'));
  expect(keysNoted(stack, 'end')).not.toContain('2015-01-01');
});

describe('one that has ended', () => {
  test('refuses controls, and "retry" of one day starts it again with that day', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const handle = await stack.kedro.startBackfill(jobOf(stack, 4, { bad: ['2015-01-02', '2015-01-03'] }));
    expect(await handle.result()).toMatchObject({ failed: 2 });
    await expect(handle.pause()).rejects.toMatchObject({ code: 'BACKFILL_ENDED' });
    await handle.retry(['2015-01-03']);
    expect(await handle.result()).toMatchObject({ succeeded: 2, failed: 2 });
    expect(keysNoted(stack, 'start').slice(4)).toEqual(['2015-01-03']);
  });

  test('by Temporal’s own cancel can be asked for its outcomes, and retried', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const handle = await stack.kedro.startBackfill({ ...jobOf(stack, 6, { work: 300 }), concurrency: 2 });
    await until(() => noted(stack, 'start').length >= 3);
    await stack.client.workflow.getHandle(handle.id).cancel();
    await expect(handle.result()).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
    const { outcomes, total, phase } = await handle.progress();
    const counts = countOutcomes(outcomes);
    expect([total, phase, counts.succeeded + counts.cancelled]).toEqual([6, 'ended', 6]);
    await handle.retry();
    expect(await handle.result()).toMatchObject({ state: 'done', succeeded: 6 });
  });
});

test('a plan says what would run; it is applied as it is, or refused when things have changed since', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const options = jobOf(stack, 4);
  await (await stack.kedro.startBackfill({ ...options, to: '2015-01-03' })).result();
  const longer = { ...options, to: '2015-01-08', skip: 'completed' as const };
  const plan = await stack.kedro.planBackfill(longer);
  expect(plan).toMatchObject({ total: 7, toRun: 5, skipped: { COMPLETED: [[0, 2]] }, estimate: { runs: 2 } });
  expect((await stack.kedro.planBackfill(longer)).hash).toBe(plan.hash);
  const handle = await stack.kedro.applyBackfill(JSON.parse(JSON.stringify(plan)));
  expect(await handle.result()).toMatchObject({ succeeded: 5, skipped: 2 });
  await expect(stack.kedro.applyBackfill(plan)).rejects.toMatchObject({
    code: 'PLAN_DRIFTED',
    message: expect.stringContaining('2015-01-03, 2015-01-04, 2015-01-05 and 2 more would be left out now'),
  });
});

test('skip "existing" looks at the data, whoever made it', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const options = { ...jobOf(stack, 5), skip: 'existing' as const };
  for (const key of ['2015-01-02', '2015-01-04']) {
    for (const dataset of ['made', 'checked']) await writeJson({ key }, stack.folder, dataset, `${key}.json`);
  }
  await writeJson({}, stack.folder, 'made', '2015-01-05.json');
  const plan = await stack.kedro.planBackfill(options);
  expect(plan).toMatchObject({
    toRun: 3,
    skipped: {
      EXISTS: [
        [1, 2],
        [3, 4],
      ],
    },
  });
  expect(await (await stack.kedro.startBackfill(options)).result()).toMatchObject({ succeeded: 3, skipped: 2 });
  expect(keysNoted(stack, 'start').sort()).toEqual(['2015-01-01', '2015-01-03', '2015-01-05']);
});
