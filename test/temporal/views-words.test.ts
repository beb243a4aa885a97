/** Which word counts, where a run and backfills say different things of an interval; and how fast something goes of late. */
import { describe, expect, test } from 'vitest';
import { intervalRule, planIntervals } from '../../src/calendar/index.ts';
import type { BackfillStanding } from '../../src/client/backfill-reader.ts';
import { type ListedInterval, statesOf } from '../../src/client/interval-states.ts';
import { boundKeys, planOfRange, rangeOf } from '../../src/client/job-range.ts';
import { paceMemory } from '../../src/client/paces.ts';
import { NO_OUTCOMES, type Outcomes } from '../../src/planner/index.ts';

const RULE = intervalRule({ every: 'day' });
const HOUR = 3_600_000;

function backfillOf(
  id: string,
  hour: number,
  outcomes: Partial<Outcomes>,
  more: Partial<BackfillStanding> = {},
): BackfillStanding {
  return {
    id,
    job: 'a',
    phase: 'ended',
    parts: ['run'],
    rule: RULE,
    plan: planIntervals({ every: 'day', from: '2015-01-01', to: '2015-01-04' }),
    outcomes: { ...NO_OUTCOMES, ...outcomes },
    running: [],
    concurrency: 1,
    allowed: 1,
    startedAt: new Date(hour * HOUR).toISOString(),
    failures: [],
    ...more,
  };
}

function runOf(hour: number, state: ListedInterval['state'], parent?: string): ListedInterval {
  return { at: hour * HOUR, state, reason: 'RUN', ...(parent === undefined ? {} : { parent }) };
}

const NOTHING = { succeeded: {}, failed: {}, skipped: {}, cancelled: {}, running: [] };
const PLAN = planIntervals({ every: 'day', from: '2014-12-31', to: '2015-01-05' });

describe('the state of an interval', () => {
  test('a backfill says more of the runs that it has started, and of older ones', () => {
    const failed = backfillOf('b', 2, { failed: { NODE_FAILED: [[0, 2]] } });
    const runs = [undefined, runOf(3, 'failed', 'b'), runOf(1, 'succeeded')];
    expect(statesOf(PLAN, runs, [failed])).toEqual({ ...NOTHING, failed: { NODE_FAILED: [[1, 3]] } });
  });

  test('a newer run of somebody else says more than a backfill', () => {
    const failed = backfillOf('b', 2, { failed: { NODE_FAILED: [[0, 2]] } });
    const runs = [undefined, runOf(3, 'succeeded'), runOf(4, 'running', 'c')];
    expect(statesOf(PLAN, runs, [failed])).toEqual({ ...NOTHING, succeeded: { RUN: [[1, 2]] }, running: [[2, 3]] });
  });

  test('of two backfills the newer one is heard first; what it left to other runs is no word of its own', () => {
    const older = backfillOf('b', 1, { succeeded: { RAN: [[0, 1]] }, failed: { NODE_FAILED: [[1, 3]] } });
    const newer = backfillOf('c', 2, { skipped: { COMPLETED: [[0, 1]], EXISTS: [[1, 2]] } }, { running: [[2, 3]] });
    expect(statesOf(PLAN, [], [newer, older])).toEqual({
      ...NOTHING,
      succeeded: { RAN: [[1, 2]] },
      skipped: { EXISTS: [[2, 3]] },
      running: [[3, 4]],
    });
    // Where the server has forgotten the run, it is all that is known.
    expect(statesOf(PLAN, [], [newer]).skipped).toEqual({ COMPLETED: [[1, 2]], EXISTS: [[2, 3]] });
  });

  test('intervals of a backfill that are not in the plan are left out, whatever its rule was', () => {
    const short = planIntervals({ every: 'day', from: '2015-01-02', to: '2015-01-03' });
    const all = backfillOf('b', 1, { succeeded: { RAN: [[0, 3]] } });
    expect(statesOf(short, [], [all])).toEqual({ ...NOTHING, succeeded: { RAN: [[0, 1]] } });
    const months = planIntervals({ every: 'month', from: '2015-01', to: '2015-04' });
    expect(statesOf(short, [], [{ ...all, plan: months }])).toEqual(NOTHING);
  });
});

describe('the range of a job', () => {
  test('goes from the first to the last of what is known; ids that are no keys count for nothing', () => {
    const keys = boundKeys(RULE, ['2015-03-01--2015-03-04', 'manual', '2015-02-02', '2015-02-01', '2015-02-28x']);
    expect(keys).toEqual(['2015-02-01', '2015-02-02']);
    const range = rangeOf({ rule: RULE, isScheduled: false, keys, plans: [PLAN] });
    expect(range).toEqual({ from: '2014-12-31T00:00:00Z', to: '2015-02-03T00:00:00Z' });
    expect(planOfRange(RULE, range)?.count).toBe(34);
  });

  test('a rule that has changed since moves the bounds to where its intervals start', () => {
    const range = { from: '2014-12-31T00:00:00Z', to: '2015-01-20T00:00:00Z' };
    const plan = planOfRange(intervalRule({ every: 'week' }), range);
    expect(plan).toMatchObject({ start: '2015-01-05T00:00:00Z', end: '2015-01-26T00:00:00Z', count: 3 });
  });

  test('of more intervals than can be shown the last are', () => {
    const range = { from: '2000-01-01T00:00:00Z', to: '2010-01-01T00:00:00Z' };
    const plan = planOfRange(intervalRule({ every: 'hour' }), range);
    expect(plan).toMatchObject({ end: '2010-01-01T00:00:00Z', count: 50_000 });
  });

  test('nothing known, no range', () => {
    const range = rangeOf({ rule: RULE, isScheduled: true, keys: [], plans: [] });
    expect(planOfRange(RULE, range)).toBeUndefined();
  });
});

describe('a pace', () => {
  const second = (at: number, ended: number) => ({ at: at * 1000, ended, startedAt: 0 });

  test('is that since the start at first, then that of the last minute', () => {
    const pace = paceMemory();
    expect(pace('b', second(100, 50))).toBe(0.5);
    expect(pace('b', second(102, 60))).toBeCloseTo(60 / 102);
    expect(pace('b', second(110, 150))).toBe(10);
    expect(pace('b', second(165, 150))).toBeCloseTo(0);
  });

  test('is not known at the first look at what goes on from another', () => {
    const pace = paceMemory();
    expect(pace('b', { at: 1000, ended: 50 })).toBeUndefined();
    expect(pace('b', { at: 11_000, ended: 60 })).toBe(1);
  });

  test('forgets what was before a retry, which opens ended ones again', () => {
    const pace = paceMemory();
    pace('b', second(100, 50));
    expect(pace('b', { at: 110_000, ended: 10 })).toBeUndefined();
    expect(pace('b', { at: 120_000, ended: 20 })).toBe(1);
  });
});
