import { describe, expect, test } from 'vitest';
import { type IntervalOptions, planIntervals } from '../../src/calendar/index.ts';
import { isPipelineError } from '../../src/core/index.ts';

function failure(options: IntervalOptions): { code: string; message: string; details: Record<string, unknown> } {
  try {
    planIntervals(options);
  } catch (error) {
    if (isPipelineError(error)) return error;
    throw error;
  }
  throw new Error('planned without an error');
}

/** A later bound on which an interval of the rule starts. */
function farKey(every: string): string {
  return every === 'week' ? '2015-W20' : '2016-01';
}

describe('words for a bound', () => {
  test.each([
    '2015',
    '2015-01',
    '2015-01-01',
    '2015-01-01T00',
    '2015-01-01T00:00',
    '2015-01-01T00:00:00',
    '2015-01-01T00:00:00.000000',
    '2014-12-31T23:00Z',
    '2014-12-31T23:00:00.000Z',
    '2015-01-01T00:00+01:00',
    '2015-01-01T00:00:00+0100',
    '2014-12-31T18-0500',
  ])('%s is the first instant of 2015 in Berlin', (from) => {
    const plan = planIntervals({ every: 'day', from, to: '2015-01-02', timeZone: 'Europe/Berlin' });
    expect(plan.start).toBe('2014-12-31T23:00:00Z');
    expect(plan.firstKey).toBe('2015-01-01');
  });

  test('2015-W05 is a Monday', () => {
    expect(planIntervals({ every: 'day', from: '2015-W05', to: '2015-W06' })).toMatchObject({
      firstKey: '2015-01-26',
      count: 7,
    });
  });

  test.each([
    '',
    'yesterday',
    '2015-02-30',
    '2015-13',
    '15-01-01',
    '2015-01-01 06:00',
    '2015-01-01T25:00',
    '01/02/2015',
    '2015-01-01T00:00[Europe/Berlin]',
  ])('"%s" is no date', (to) => {
    const { code, message } = failure({ every: 'day', from: '2015-01-01', to });
    expect(code).toBe('RANGE_INVALID');
    expect(message).toContain(`to "${to}"`);
  });
});

describe('a bound on which no interval starts', () => {
  test.each<[string, string, string, string[]]>([
    ['month', '2015-01-15', 'Europe/Berlin', ['2015-01', '2015-02']],
    ['week', '2015-01-01', 'Europe/Berlin', ['2015-W01', '2015-W02']],
    ['day', '2015-01-31T06:00', 'UTC', ['2015-01-31', '2015-02-01']],
    ['day', '2015-01-31T00:00Z', 'Asia/Kathmandu', ['2015-01-31', '2015-02-01']],
    ['hour', '2015-01-31T00:00Z', 'Asia/Kathmandu', ['2015-01-31T05', '2015-01-31T06']],
    ['hour', '2015-11-01T01:30-05:00', 'America/New_York', ['2015-11-01T01-0500', '2015-11-01T02']],
  ])('every %s from %s in %s: the error names %j', (every, from, timeZone, nearest) => {
    const error = failure({ every, from, to: '2020-06', timeZone });
    expect(error.code).toBe('INTERVAL_BOUND_UNCLEAR');
    expect(error.details).toMatchObject({ bound: 'from', nearest });
    for (const bound of nearest) {
      expect(error.message).toContain(bound);
      expect(planIntervals({ every, from: bound, to: farKey(every), timeZone }).firstKey).toBe(bound);
    }
  });

  test('the end of a range is looked at as well', () => {
    const error = failure({ every: 'month', from: '2015-01', to: '2015-03-31' });
    expect(error.details).toMatchObject({ bound: 'to', nearest: ['2015-03', '2015-04'] });
  });
});

describe('local times that are not one instant', () => {
  const newYork = { every: 'hour', to: '2016', timeZone: 'America/New_York' } as const;

  test('an hour or a time that comes twice is refused with the choices', () => {
    expect(failure({ ...newYork, from: '2015-11-01T01' }).details.nearest).toEqual([
      '2015-11-01T01-0400',
      '2015-11-01T01-0500',
    ]);
    expect(failure({ ...newYork, from: '2015-11-01T01:00' })).toMatchObject({
      code: 'INTERVAL_BOUND_UNCLEAR',
      details: { nearest: ['2015-11-01T05:00:00Z', '2015-11-01T06:00:00Z'] },
    });
  });

  test('a time that the clocks jump over is refused with the instant of the jump', () => {
    const error = failure({ ...newYork, from: '2015-03-08T02:30' });
    expect(error.code).toBe('INTERVAL_BOUND_UNCLEAR');
    expect(error.message).toContain('does not exist in America/New_York');
    expect(error.details.nearest).toEqual(['2015-03-08T07:00:00Z']);
  });

  test('the time at which the clocks jump is the instant of the jump', () => {
    expect(planIntervals({ ...newYork, from: '2015-03-08T02:00' }).firstKey).toBe('2015-03-08T03');
    const midnight = {
      every: 'day',
      from: '2018-11-04T00:00',
      to: '2018-11-05',
      timeZone: 'America/Sao_Paulo',
    } as const;
    expect(planIntervals(midnight).firstKey).toBe('2018-11-04');
  });
});

test.each([
  ['2015-02', '2015-01'],
  ['2015-01', '2015-01'],
])('a range from %s to %s holds nothing and is refused', (from, to) => {
  const { code, message } = failure({ every: 'day', from, to });
  expect(code).toBe('RANGE_INVALID');
  expect(message).toContain('later than from');
});

test.each([
  ['Europe/Berln', '"Europe/Berlin"'],
  ['berlin', '"Europe/Berlin"'],
  ['New York', '"America/New_York"'],
  ['Nowhere/Land', 'time zone'],
])('the time zone "%s" is unknown: the error offers %s', (timeZone, offered) => {
  const { code, message } = failure({ every: 'day', from: '2015', to: '2016', timeZone });
  expect(code).toBe('TIME_ZONE_UNKNOWN');
  expect(message).toContain(offered);
});

test('names of zones are spelt as the time-zone data spells them', () => {
  expect(planIntervals({ every: 'day', from: '2015', to: '2016', timeZone: 'europe/berlin' }).timeZone).toBe(
    'Europe/Berlin',
  );
});

test('a day of a cron rule stands for the first start in it; a time that is none is refused', () => {
  const every = '0 6 * * mon-fri';
  const plan = planIntervals({ every, from: '2015-01-01', to: '2015-01-10' });
  expect([plan.start, plan.end, plan.count]).toEqual(['2015-01-01T06:00:00Z', '2015-01-12T06:00:00Z', 7]);
  expect(planIntervals({ every, from: '2015-01-01T06-00', to: '2015-01-12T06-00' }).hash).toBe(plan.hash);
  expect(() => planIntervals({ every, from: '2015-01-01T05:00', to: '2015-01-10' })).toThrow('The nearest starts are');
});

test('a bound that several units do not reach names the anchor that would', () => {
  expect(() => planIntervals({ every: '3 days', from: '2015-01-01', to: '2015-01-10' })).toThrow(
    'To count from there, give the rule an anchor: 2015-01-01.',
  );
  expect(planIntervals({ every: '3 days', anchor: '2015-01-01', from: '2015-01-01', to: '2015-01-10' }).count).toBe(3);
});
