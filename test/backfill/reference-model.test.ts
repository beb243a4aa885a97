/** Random small backfills against a model that knows nothing of courses, sets or promises. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BackfillOptions, type BackfillReport, backfillLocally } from '../../src/backfill/index.ts';
import { intervalAt, outcomeOf } from '../../src/planner/index.ts';
import { failure, madeSession } from './made-session.ts';

interface Case {
  count: number;
  /** Failures before the first success, by index; 9 for one that fails for good. */
  failing: number[];
  there: boolean[];
  order: NonNullable<BackfillOptions['order']>;
  dependsOnPast: boolean;
  chunk: number;
  concurrency: number;
  onFailure: 'continue' | 'stop';
  maxFailures: number;
}

const FOR_GOOD = 9;
const MOST_ATTEMPTS = 3;
const DAY_MS = 86_400_000;

const cases: fc.Arbitrary<Case> = fc
  .record({
    count: fc.integer({ min: 1, max: 9 }),
    failing: fc.array(fc.constantFrom(0, 0, 0, 1, 2, 3, FOR_GOOD), { minLength: 9, maxLength: 9 }),
    there: fc.array(fc.constantFrom(false, false, false, true), { minLength: 9, maxLength: 9 }),
    order: fc.constantFrom('forward' as const, 'backward' as const, 'newest-first' as const),
    dependsOnPast: fc.boolean(),
    chunk: fc.constantFrom(1, 1, 2, 3),
    concurrency: fc.integer({ min: 1, max: 4 }),
    onFailure: fc.constantFrom('continue' as const, 'stop' as const),
    maxFailures: fc.integer({ min: 1, max: 3 }),
  })
  .map((each) => ({
    ...each,
    order: each.dependsOnPast ? 'forward' : each.order,
    // Who else is running when a failure stops it is a matter of luck.
    concurrency: each.onFailure === 'stop' ? 1 : each.concurrency,
  }));

function keyOf(index: number): string {
  return new Date(Date.UTC(2015, 0, 1) + index * DAY_MS).toISOString().slice(0, 10);
}

function optionsOf({ count, there: _, failing: __, ...policies }: Case): BackfillOptions {
  const retry = { maximumAttempts: MOST_ATTEMPTS, initialInterval: 0 };
  return { job: 'made', from: '2015-01-01', to: keyOf(count), skip: 'existing', run: { retry }, ...policies };
}

/** Days in the groups in which they are run, in that order. */
function groupsOf({ count, there, chunk, order }: Case): number[][] {
  const groups: number[][] = [];
  for (let day = 0; day < count; day++) {
    if (there[day]) continue;
    const last = groups.at(-1);
    if (last !== undefined && last.at(-1) === day - 1 && day % chunk !== 0) last.push(day);
    else groups.push([day]);
  }
  return order === 'forward' ? groups : groups.reverse();
}

function modelOf(given: Case): string[] {
  const { count, there, failing, dependsOnPast, onFailure, maxFailures } = given;
  const ends: string[] = Array.from({ length: count }, (_, day) => (there[day] ? 'skipped EXISTS' : ''));
  const isGood = (day: number) => day < 0 || /^s/.test(ends[day] ?? '');
  let failures = 0;
  for (const group of groupsOf(given)) {
    if (onFailure === 'stop' && failures >= maxFailures) break;
    for (const day of group) {
      if (dependsOnPast && !isGood(day - 1)) break;
      const isBad = (failing[day] ?? 0) >= MOST_ATTEMPTS;
      ends[day] = isBad ? 'failed NODE_FAILED' : 'succeeded RAN';
      if (isBad) failures++;
    }
  }
  const why = onFailure === 'stop' && failures >= maxFailures ? 'AFTER_FAILURES' : 'UPSTREAM_FAILED';
  return ends.map((end) => (end === '' ? `cancelled ${why}` : end));
}

function endsOf({ total, outcomes }: BackfillReport): string[] {
  return Array.from({ length: total }, (_, index) => {
    const { state, reason } = outcomeOf(outcomes, index) ?? {};
    return `${state} ${reason}`;
  });
}

function sessionOf({ failing, there, count }: Case, isMended: () => boolean = () => false) {
  const indexOf = (key: string) => (Date.parse(key) - Date.UTC(2015, 0, 1)) / DAY_MS;
  const present = new Set(Array.from({ length: count }, (_, day) => keyOf(day)).filter((_, day) => there[day]));
  return madeSession((key, attempt) => {
    const times = failing[indexOf(key)] ?? 0;
    if (attempt <= times && !isMended()) throw failure(`${key} fails`, times !== FOR_GOOD);
    return undefined;
  }, present);
}

test('ends each interval as the model says', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (given) => {
      const session = sessionOf(given);
      const handle = await backfillLocally(session, optionsOf(given));
      const report = await handle.result();
      expect(endsOf(report)).toEqual(modelOf(given));
      const failed = report.failures.map(({ key, code }) => `${key} ${code}`).sort();
      expect(failed).toEqual(
        modelOf(given).flatMap((end, i) => (end.startsWith('f') ? [`${keyOf(i)} NODE_FAILED`] : [])),
      );
      expect(session.most).toBeLessThanOrEqual(given.concurrency);
      expect(await handle.progress()).toMatchObject({ phase: 'ended', running: [] });
    }),
    { numRuns: 150 },
  );
});

test('tries a day as often as it must, each time as the same run, going on where it stood', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (given) => {
      const session = sessionOf(given);
      const report = await (await backfillLocally(session, optionsOf(given))).result();
      for (const [index, end] of endsOf(report).entries()) {
        const { key } = intervalAt(report.intervals, index);
        const tries = session.attempts.filter((each) => each.key === key);
        const times = given.failing[index] ?? 0;
        const wanted = times === FOR_GOOD ? 1 : Math.min(times + 1, MOST_ATTEMPTS);
        expect(tries).toHaveLength(/^(skipped|cancelled)/.test(end) ? 0 : wanted);
        expect(tries.map(({ resumed }) => resumed)).toEqual(tries.map((_, i) => i > 0));
        expect(new Set(tries.map(({ request }) => request.saveVersion)).size).toBe(tries.length === 0 ? 0 : 1);
        expect(tries.every(({ request }) => request.runId === `made/${key}`)).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});

test('a retry runs what failed or was cancelled, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (given) => {
      let isMended = false;
      const session = sessionOf(given, () => isMended);
      const handle = await backfillLocally(session, optionsOf(given));
      const first = endsOf(await handle.result());
      isMended = true;
      const before = session.attempts.length;
      await handle.retry();
      const second = endsOf(await handle.result());
      expect(second).toEqual(first.map((end) => (/^[fc]/.test(end) ? 'succeeded RAN' : end)));
      const again = session.attempts.slice(before).map(({ key }) => key);
      expect(again.sort()).toEqual(first.flatMap((end, index) => (/^[fc]/.test(end) ? [keyOf(index)] : [])));
    }),
    { numRuns: 100 },
  );
});

test('one that pauses after failures and is resumed each time ends as one that goes on', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (given) => {
      const session = sessionOf(given);
      const handle = await backfillLocally(
        session,
        { ...optionsOf(given), onFailure: 'pause' },
        { onProgress: ({ phase }) => void (phase === 'paused' && queueMicrotask(() => void handle.resume())) },
      );
      expect(endsOf(await handle.result())).toEqual(modelOf({ ...given, onFailure: 'continue' }));
    }),
    { numRuns: 100 },
  );
});
