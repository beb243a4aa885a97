/** Hands on a backfill of this process, on runs that wait until they are told to go on. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  type BackfillOptions,
  type BackfillProgress,
  backfillLocally,
  planBackfillLocally,
} from '../../src/backfill/index.ts';
import { intervalRule } from '../../src/calendar/index.ts';
import { PipelineError, type PipelineSession } from '../../src/core/index.ts';
import { indexesOf } from '../../src/planner/index.ts';
import { failure, type MadeSession, madeSession } from './made-session.ts';

const days = (count: number, more: Partial<BackfillOptions> = {}): BackfillOptions => ({
  job: 'made',
  from: '2015-01-01',
  to: `2015-01-${String(count + 1).padStart(2, '0')}`,
  run: { retry: { initialInterval: 0 } },
  ...more,
});

/** Runs that go on when they are let go, or end when they are cancelled. */
function gate() {
  const waiting = new Map<string, () => void>();
  const arrivals: (() => void)[] = [];
  const session = madeSession(
    (key, _, { signal }) =>
      new Promise((resolve, reject) => {
        waiting.set(key, () => resolve(undefined));
        signal?.addEventListener('abort', () => reject(new Error('a driver was interrupted')));
        for (const tell of arrivals.splice(0)) tell();
      }),
  );
  return {
    session,
    /** Waits until these runs wait. */
    async arrived(...keys: string[]) {
      while (!keys.every((key) => waiting.has(key))) await new Promise<void>((resolve) => arrivals.push(resolve));
    },
    go(key: string) {
      waiting.get(key)?.();
    },
  };
}

const keysOf = (session: MadeSession) => session.attempts.map(({ key }) => key);
const running = ({ running }: BackfillProgress) => [...indexesOf(running)];

test('a pause starts nothing more, a resume goes on', async () => {
  const { session, arrived, go } = gate();
  const handle = await backfillLocally(session, days(3, { concurrency: 1 }));
  await arrived('2015-01-01');
  expect(await handle.pause()).toMatchObject({ phase: 'paused', why: 'BY_HAND', running: [[0, 1]] });
  go('2015-01-01');
  await expect.poll(async () => (await handle.progress()).running).toEqual([]);
  expect(keysOf(session)).toEqual(['2015-01-01']);
  await handle.resume();
  await arrived('2015-01-02');
  go('2015-01-02');
  await arrived('2015-01-03');
  go('2015-01-03');
  expect(await handle.result()).toMatchObject({ state: 'done', succeeded: 3 });
});

test('a cancel ends what runs and starts nothing more; a retry goes on', async () => {
  const { session, arrived, go } = gate();
  const handle = await backfillLocally(session, days(5, { concurrency: 2 }));
  await arrived('2015-01-01', '2015-01-02');
  go('2015-01-01');
  await arrived('2015-01-03');
  expect(await handle.cancel()).toMatchObject({ phase: 'closing', why: 'BY_HAND' });
  expect(await handle.result()).toMatchObject({
    state: 'cancelled',
    outcomes: { succeeded: { RAN: [[0, 1]] }, cancelled: { BY_HAND: [[1, 5]] } },
    failures: [],
  });
  await expect(handle.pause()).rejects.toMatchObject({ code: 'BACKFILL_ENDED' });
  expect(running(await handle.retry(['2015-01-05']))).toEqual([4]);
  await arrived('2015-01-05');
  go('2015-01-05');
  expect(await handle.result()).toMatchObject({ succeeded: 2, cancelled: 3 });
});

test('the signal of the caller cancels it', async () => {
  const { session, arrived } = gate();
  const stop = new AbortController();
  const handle = await backfillLocally(session, days(3, { concurrency: 1 }), { signal: stop.signal });
  await arrived('2015-01-01');
  stop.abort();
  expect(await handle.result()).toMatchObject({ outcomes: { cancelled: { BY_HAND: [[0, 3]] } } });
});

test('a wait between two attempts ends with a cancel', async () => {
  const session = madeSession((key) => {
    throw failure(key, true);
  });
  const tried = new Promise<void>((resolve) => {
    const run = session.run;
    session.run = (request, live) => run(request, live).finally(() => setImmediate(resolve));
  });
  const handle = await backfillLocally(session, days(1, { run: { retry: { initialInterval: '1 hour' } } }));
  await tried;
  await handle.cancel();
  expect(await handle.result()).toMatchObject({ outcomes: { cancelled: { BY_HAND: [[0, 1]] } } });
});

test('concurrency holds from when it is set', async () => {
  const { session, arrived, go } = gate();
  const handle = await backfillLocally(session, days(5, { concurrency: 1 }));
  expect(running(await handle.setConcurrency(3))).toEqual([0, 1, 2]);
  await arrived('2015-01-01', '2015-01-02', '2015-01-03');
  await handle.setConcurrency(1);
  go('2015-01-01');
  await expect.poll(async () => running(await handle.progress())).toEqual([1, 2]);
  await expect(handle.setConcurrency(0)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  await handle.cancel();
  await handle.result();
});

describe('a skip', () => {
  test('leaves out days to come, and ends those that run', async () => {
    const { session, arrived, go } = gate();
    const handle = await backfillLocally(session, days(4, { concurrency: 1 }));
    await arrived('2015-01-01');
    // What runs has not ended yet.
    const { outcomes } = await handle.skip(['2015-01-01', '2015-01-03']);
    expect(outcomes.skipped).toEqual({ BY_HAND: [[2, 3]] });
    await arrived('2015-01-02');
    go('2015-01-02');
    await arrived('2015-01-04');
    go('2015-01-04');
    expect(await handle.result()).toMatchObject({
      outcomes: {
        succeeded: {
          RAN: [
            [1, 2],
            [3, 4],
          ],
        },
        skipped: {
          BY_HAND: [
            [0, 1],
            [2, 3],
          ],
        },
      },
    });
  });

  test('of one day of a chunk that runs leaves the others to be run', async () => {
    const { session, arrived, go } = gate();
    const handle = await backfillLocally(session, days(3, { chunk: 3 }));
    await arrived('2015-01-01');
    await handle.skip(['2015-01-02']);
    await expect.poll(() => keysOf(session)).toEqual(['2015-01-01', '2015-01-01', '2015-01-03']);
    go('2015-01-01');
    go('2015-01-03');
    const report = await handle.result();
    expect(report).toMatchObject({
      outcomes: {
        succeeded: {
          RAN: [
            [0, 1],
            [2, 3],
          ],
        },
        skipped: { BY_HAND: [[1, 2]] },
      },
    });
  });

  test('of a day that is not there says so', async () => {
    const { session } = gate();
    const handle = await backfillLocally(session, days(1));
    await expect(handle.skip(['2015-02-01'])).rejects.toMatchObject({ code: 'INTERVAL_NOT_FOUND' });
    await handle.cancel();
  });
});

test('progress is told at each change, the last time with the end', async () => {
  const told: BackfillProgress[] = [];
  const session = madeSession(() => undefined);
  const handle = await backfillLocally(session, days(3, { concurrency: 1 }), { onProgress: (each) => told.push(each) });
  await handle.result();
  expect(told.map(({ phase, running }) => [phase, [...indexesOf(running)]])).toEqual([
    ['open', [0]],
    ['open', [1]],
    ['open', [2]],
    ['ended', []],
  ]);
});

describe('limits', () => {
  test('an attempt that takes too long is ended and tried again; all of them together are not', async () => {
    const never: Parameters<typeof madeSession>[0] = (_, __, { signal }) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))));
    const retry = { initialInterval: 0, maximumAttempts: 3 };
    const each = madeSession(never);
    const options = days(1, { run: { retry, startToCloseTimeout: 5 } });
    expect(await (await backfillLocally(each, options)).result()).toMatchObject({
      failures: [{ code: 'RUN_TIMED_OUT' }],
    });
    expect(each.attempts).toHaveLength(3);
    const all = madeSession(never);
    const once = days(1, { run: { retry, scheduleToCloseTimeout: '5 ms' } });
    expect(await (await backfillLocally(all, once)).result()).toMatchObject({ failures: [{ code: 'RUN_TIMED_OUT' }] });
    expect(all.attempts).toHaveLength(1);
  });

  test.each([
    ['that is final by its code', () => failure('x', true), { nonRetryableErrorTypes: ['NODE_FAILED'] }, 1],
    ['of a session that is closed', () => new PipelineError('SESSION_CLOSED', 'x'), {}, 1],
    ['that is not ours', () => new Error('x'), { maximumAttempts: 2 }, 2],
    ['where nobody says how often', () => failure('x', true), {}, 5],
  ])('a failure %s', async (_, error, retry, attempts) => {
    const session = madeSession(() => {
      throw error();
    });
    const options = days(1, { run: { retry: { initialInterval: 0, ...retry } } });
    expect(await (await backfillLocally(session, options)).result()).toMatchObject({ failed: 1 });
    expect(session.attempts).toHaveLength(attempts);
  });

  test('a duration that is none is an error of the days', async () => {
    const options = days(1, { run: { startToCloseTimeout: 'soon' as never } });
    const report = await (
      await backfillLocally(
        madeSession(() => undefined),
        options,
      )
    ).result();
    expect(report.failures).toMatchObject([{ code: 'REQUEST_INVALID', message: expect.stringContaining('"soon"') }]);
  });
});

describe('a pool', () => {
  const pooled = (name: string, size: number) => ({
    name,
    parts: [{ name: 'run', request: {} }],
    rule: intervalRule({ every: 'day' }),
    pool: { name: 'two', size },
  });

  test('has no more runs at once than places, however many may run', async () => {
    const session = madeSession(async () => {
      await nextTurn();
      return {};
    });
    const handle = await backfillLocally(session, { ...days(9, { concurrency: 9 }), job: pooled('wide', 2) });
    expect(await handle.result()).toMatchObject({ succeeded: 9 });
    expect(session.most).toBe(2);
  });

  test('holds for all backfills of a session, and a cancelled run that waits for a place leaves', async () => {
    const { session, arrived, go } = gate();
    const wide = { concurrency: 5 };
    const first = await backfillLocally(session, { ...days(2, wide), job: pooled('first', 2) });
    await arrived('2015-01-01', '2015-01-02');
    const second = await backfillLocally(session, { ...days(4, wide), job: pooled('second', 2), from: '2015-01-03' });
    expect(running(await second.progress())).toEqual([0, 1]);
    // By then both stand in line.
    for (let i = 0; i < 5; i++) await nextTurn();
    await second.skip(['2015-01-03']);
    go('2015-01-01');
    await arrived('2015-01-04');
    go('2015-01-02');
    go('2015-01-04');
    expect(await first.result()).toMatchObject({ succeeded: 2 });
    expect(await second.result()).toMatchObject({ succeeded: 1, skipped: 1 });
    expect(session.most).toBe(2);
    expect(keysOf(session)).toEqual(['2015-01-01', '2015-01-02', '2015-01-04']);
  });
});

describe('what only a server knows is refused', () => {
  const waiting = {
    name: 'later',
    parts: [{ name: 'run', request: {} }],
    rule: intervalRule({ every: 'day' }),
    waitsFor: [{ job: 'ingest', rule: intervalRule({ every: 'day' }), interval: 'same' as const }],
  };
  test.each<[string, Partial<BackfillOptions>, RegExp]>([
    ['skip by past runs', { skip: 'completed' }, /no past|none without a server; use "existing"/],
    ['skip by failures among others', { skip: ['existing', 'failed'] }, /"failed" goes by past runs/],
    ['until live', { untilLive: { scheduleId: 's' } }, /schedule/],
    ['a job that waits for another', { job: waiting }, /waits for runs of "ingest"/],
  ])('%s', async (_, more, message) => {
    const session: PipelineSession = madeSession(() => undefined);
    const wanted = expect.objectContaining({ code: 'REQUEST_INVALID', message: expect.stringMatching(message) });
    await expect(backfillLocally(session, days(1, more))).rejects.toEqual(wanted);
    await expect(planBackfillLocally(session, days(1, more))).rejects.toEqual(wanted);
  });
});
