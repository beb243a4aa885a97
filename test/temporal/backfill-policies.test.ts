import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { backfill, jobOf, keys, keysNoted, noted, statusOf } from './backfills.ts';
import { openStack, QUICK, quietRuntime, readJson, type Stack, until } from './stack.ts';

beforeAll(quietRuntime);

async function mend(stack: Stack): Promise<void> {
  await writeFile(path.join(stack.folder, 'mended'), '');
}

describe('an interval that depends on the one before', () => {
  test('waits for it, one after another, however many may run at once', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const report = await backfill(stack, { ...jobOf(stack, 6), dependsOnPast: true, concurrency: 5 });
    expect(report).toMatchObject({ state: 'done', succeeded: 6 });
    expect(keysNoted(stack, 'end')).toEqual(keys(6));
  });

  test('stops at a bad day, and a retry goes on from there', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const options = { ...jobOf(stack, 6, { bad: ['2015-01-03'] }), dependsOnPast: true, concurrency: 1 };
    const handle = await stack.kedro.startBackfill(options);
    expect(await handle.result()).toMatchObject({
      state: 'cancelled',
      succeeded: 2,
      failed: 1,
      cancelled: 3,
      outcomes: { failed: { NODE_FAILED: [[2, 3]] }, cancelled: { UPSTREAM_FAILED: [[3, 6]] } },
    });
    await mend(stack);
    await handle.retry();
    expect(await handle.result()).toMatchObject({ state: 'done', succeeded: 6, failed: 0, cancelled: 0, failures: [] });
    expect(keysNoted(stack, 'start')).toEqual([...keys(3), ...keys(6).slice(2)]);
  });

  test('gets the output that the one before hands on', async () => {
    const stack = await openStack();
    await stack.startWorker();
    await writeFile(path.join(stack.folder, 'tally-before.json'), JSON.stringify({ sum: 100, keys: [] }));
    const options = jobOf(stack, 5);
    const request = { pipelines: ['tally'], runtimeParams: { folder: stack.folder } };
    const carry = { output: 'tally', dataset: 'tally_before' };
    await backfill(stack, { ...options, request, carry });
    const last = await stack.kedro.getRun(`${options.job}/2015-01-05`).result();
    expect(last.outputs).toEqual({ tally: { sum: 105, keys: keys(5) } });
  });

  test('gets it also from a run that another backfill has made', async () => {
    const stack = await openStack();
    await stack.startWorker();
    await writeFile(path.join(stack.folder, 'tally-before.json'), JSON.stringify({ sum: 0, keys: [] }));
    const request = { pipelines: ['tally'], runtimeParams: { folder: stack.folder } };
    const options = { ...jobOf(stack, 3), request, carry: { output: 'tally', dataset: 'tally_before' } };
    await backfill(stack, options);
    await backfill(stack, { ...options, to: '2015-01-06', skip: 'completed' });
    const last = await stack.kedro.getRun(`${options.job}/2015-01-05`).result();
    expect(last.outputs).toEqual({ tally: { sum: 5, keys: keys(5) } });
  });
});

describe('a chunk', () => {
  test('runs its days in one workflow, names the bad one, and a retry runs only that', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const options = { ...jobOf(stack, 14, { bad: ['2015-01-10'], work: 5 }), chunk: 7 };
    const handle = await stack.kedro.startBackfill(options);
    expect(await handle.result()).toMatchObject({
      units: 'chunk',
      succeeded: 13,
      failed: 1,
      outcomes: { failed: { NODE_FAILED: [[9, 10]] } },
      failures: [{ key: '2015-01-10', code: 'NODE_FAILED' }],
    });
    expect(await statusOf(stack, `${options.job}/2015-01-08--2015-01-14`)).toBe('COMPLETED');
    expect(new Set(noted(stack, 'end').map(({ runId }) => runId))).toEqual(
      new Set(keys(14).map((key) => `${options.job}/${key}`)),
    );
    await mend(stack);
    await handle.retry();
    expect(await handle.result()).toMatchObject({ state: 'done', succeeded: 14, failed: 0 });
    expect(keysNoted(stack, 'start').slice(14)).toEqual(['2015-01-10']);
  });

  test('tries again only the days that failed for a passing reason', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const options = jobOf(stack, 3, { failing: 2 });
    const request = { ...options.request, pipelines: ['steps'] };
    const report = await backfill(stack, { ...options, request, chunk: 3 });
    expect(report).toMatchObject({ succeeded: 3, failed: 0 });
    expect(keysNoted(stack, 'make').sort()).toEqual([keys(1)[0], keys(2)[1], keys(3)[2]].sort());
  });

  test('that is cancelled keeps the days that have ended', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const handle = await stack.kedro.startBackfill({ ...jobOf(stack, 5, { work: 400 }), chunk: 5 });
    await until(() => noted(stack, 'start').length === 3);
    await handle.cancel();
    const report = await handle.result();
    expect(report.outcomes).toMatchObject({ succeeded: { RAN: [[0, 2]] }, cancelled: { BY_HAND: [[2, 5]] } });
  });

  test('loses only the day that is skipped while it runs', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const handle = await stack.kedro.startBackfill({ ...jobOf(stack, 4, { work: 400 }), chunk: 4 });
    await until(() => noted(stack, 'start').length === 2);
    await handle.skip(['2015-01-04']);
    expect(await handle.result()).toMatchObject({
      succeeded: 3,
      outcomes: { skipped: { BY_HAND: [[3, 4]] } },
    });
  });

  test('that is in order ends at the bad day', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const report = await backfill(stack, {
      ...jobOf(stack, 7, { bad: ['2015-01-03'], work: 5 }),
      chunk: 7,
      dependsOnPast: true,
    });
    expect(report.outcomes).toMatchObject({
      succeeded: { RAN: [[0, 2]] },
      failed: { NODE_FAILED: [[2, 3]] },
      cancelled: { UPSTREAM_FAILED: [[3, 7]] },
    });
    expect(keysNoted(stack, 'start')).toEqual(keys(3));
  });
});

describe('failures', () => {
  test('stop a backfill that is told to stop, and what is left says why', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const report = await backfill(stack, {
      ...jobOf(stack, 8, { bad: keys(8) }),
      concurrency: 1,
      onFailure: 'stop',
      maxFailures: 3,
    });
    expect(report).toMatchObject({ failed: 3, cancelled: 5, outcomes: { cancelled: { AFTER_FAILURES: [[3, 8]] } } });
  });

  test('pause one that is told to pause, until it is resumed', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const options = { ...jobOf(stack, 5, { bad: ['2015-01-02'] }), concurrency: 1, onFailure: 'pause' as const };
    const handle = await stack.kedro.startBackfill(options);
    await until(async () => (await handle.progress()).phase === 'paused');
    expect(await handle.progress()).toMatchObject({ why: 'AFTER_FAILURES', running: [] });
    expect(noted(stack, 'start')).toHaveLength(2);
    await mend(stack);
    await handle.retry(['2015-01-02']);
    expect(await handle.result()).toMatchObject({ state: 'done', succeeded: 5 });
  });
});

describe('an interval that is running elsewhere', () => {
  async function twice(policy: 'join' | 'skip' | 'replace') {
    const stack = await openStack();
    await stack.startWorker();
    const options = { ...jobOf(stack, 1, { work: 1_500 }), ifRunning: policy };
    const runId = `${options.job}/2015-01-01`;
    const request = { ...options.request, runId };
    const runtimeParams = { ...request.runtimeParams, key: '2015-01-01' };
    const first = await stack.kedro.startRun({ ...request, runtimeParams }, QUICK);
    await until(() => noted(stack, 'start').length === 1);
    const report = await backfill(stack, options);
    return { stack, first, report };
  }

  test('is joined: its end is the interval’s end', async () => {
    const { stack, report } = await twice('join');
    expect(report).toMatchObject({ succeeded: 1, outcomes: { succeeded: { JOINED: [[0, 1]] } } });
    expect(noted(stack, 'start')).toHaveLength(1);
    expect(noted(stack, 'end')).toHaveLength(1);
  });

  test('is left alone where the policy is to skip', async () => {
    const { report, first } = await twice('skip');
    expect(report).toMatchObject({ skipped: 1, outcomes: { skipped: { RUNNING_ELSEWHERE: [[0, 1]] } } });
    await first.result();
  });

  test('is ended and run anew where the policy is to replace', async () => {
    const { stack, report } = await twice('replace');
    expect(report).toMatchObject({ succeeded: 1, outcomes: { succeeded: { RAN: [[0, 1]] } } });
    expect(noted(stack, 'start')).toHaveLength(2);
    expect(noted(stack, 'end')).toHaveLength(1);
  });
});

test('intervals as activities have no workflows of their own, and the same outcomes', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const options = { ...jobOf(stack, 9, { bad: ['2015-01-04'], work: 5 }), granularity: 'activity' as const };
  const report = await backfill(stack, options);
  expect(report).toMatchObject({ units: 'activity', succeeded: 8, failed: 1, failures: [{ key: '2015-01-04' }] });
  await expect(stack.client.workflow.getHandle(`${options.job}/2015-01-01`).describe()).rejects.toThrow();
  expect(await readJson(stack.folder, 'checked/2015-01-07.json')).toMatchObject({ key: '2015-01-07' });
  const longer = await backfill(stack, { ...options, to: '2015-01-12', skip: 'completed' });
  expect(longer).toMatchObject({ total: 11, skipped: 8, succeeded: 2, failed: 1 });
});

test('newest-first runs the newest first', async () => {
  const stack = await openStack();
  await stack.startWorker();
  await backfill(stack, { ...jobOf(stack, 4), order: 'newest-first', concurrency: 1 });
  expect(keysNoted(stack, 'end')).toEqual(keys(4).reverse());
});
