import { describe, expect, test } from 'vitest';
import { type IntervalOptions, intervalRule, planIntervals, type RuleOptions } from '../../src/calendar/index.ts';
import { isPipelineError } from '../../src/core/index.ts';
import { intervalAt, intervalsOf } from '../../src/planner/index.ts';

function messageOf(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    if (isPipelineError(error) && error.code === 'RANGE_INVALID') return error.message;
    throw error;
  }
  throw new Error('no error');
}

function keys(options: IntervalOptions): string[] {
  return [...intervalsOf(planIntervals(options))].map(({ key }) => key);
}

function starts(options: IntervalOptions): string[] {
  return [...intervalsOf(planIntervals(options))].map(({ start }) => start);
}

describe('words for a rule', () => {
  test.each([
    ['hour', ['hours', '1h', '1 hour', 'hourly', '@hourly', ' Hour ']],
    ['day', ['days', '1d', 'daily', '@daily', '@midnight', 'DAY']],
    ['week', ['1 week', 'w', 'weekly', '@weekly']],
    ['month', ['months', '1mo', 'monthly', '@monthly']],
    ['quarter', ['q', 'quarterly', '@quarterly']],
    ['year', ['1y', 'yearly', 'annually', '@yearly', '@annually']],
    ['6 hours', ['6h', '6 h', '6hours', '06 hours']],
    ['2 days', ['2d', '2 day']],
    ['30 6 * * mon-fri', ['30 6 * * MON-FRI', ' 30  6 * * mon-fri']],
    ['list:2015,2016-02', ['list: 2015, 2016-02', 'list:2015,2016-02,']],
  ])('%s is also %j', (every, others) => {
    for (const other of [every, ...others]) expect(intervalRule({ every: other }).every, other).toBe(every);
  });

  test.each<[string, string]>([
    ['dayly', 'Did you mean "daily"'],
    ['fortnight', 'Give hour, day, week'],
    ['15 minutes', '*/15 * * * *'],
    ['5m', 'months are "mo"'],
    ['2 daily', 'Did you mean "daily"'],
    ['0 days', '1 to 100000'],
    ['', 'Give hour'],
    ['0 0 6 * * *', 'without seconds'],
    ['0 6 * * mond', 'Did you mean "mon"'],
    ['61 * * * *', 'minute'],
    ['5/15 * * * *', '5/15'],
    ['0 0 L * *', 'unknown name "l"'],
    ['0 0 * * 5#2', '"#"'],
    ['0 0 30 2 *', 'no year has'],
    ['list:2015-01-01', 'one interval takes'],
    ['list:2015,tomorrow', 'at "tomorrow" is no date'],
    ['list:2015,2015-06-01T00:00:00.5Z', 'whole seconds'],
  ])('"%s" is refused: %s', (every, why) => {
    expect(messageOf(() => intervalRule({ every }))).toContain(why);
  });

  test('a rule says how long intervals are or where they start, not both and not neither', () => {
    expect(messageOf(() => intervalRule({}))).toContain('either every or at');
    expect(messageOf(() => intervalRule({ every: 'day', at: ['2015', '2016'] }))).toContain('either every or at');
  });
});

describe('defaults', () => {
  test.each([
    ['hour', 'twice'],
    ['6 hours', 'twice'],
    ['*/20 * * * *', 'twice'],
    ['0 */2 * * *', 'twice'],
    ['30 1 * * *', 'once'],
    ['0 6,18 * * mon', 'once'],
    ['day', 'once'],
    ['year', 'once'],
    ['list:2015,2016', 'once'],
  ])('a start that comes twice, every %s, counts %s', (every, overlap) => {
    expect(intervalRule({ every })).toEqual({ every, timeZone: 'UTC', dst: { gap: 'shift', overlap } });
  });

  test('a policy may be given by half, and a word that is none is refused', () => {
    expect(intervalRule({ every: 'day', dst: { gap: 'skip' } }).dst).toEqual({ gap: 'skip', overlap: 'once' });
    const dst = { overlap: 'onec' } as unknown as NonNullable<RuleOptions['dst']>;
    expect(messageOf(() => intervalRule({ every: 'day', dst }))).toContain('Did you mean "once"');
  });
});

describe('several units', () => {
  test.each<[string, string, string, string[]]>([
    ['6 hours', '2015-01-31', '2015-02-01', ['2015-01-31T00', '2015-01-31T06', '2015-01-31T12', '2015-01-31T18']],
    ['5 hours', '1970-01-05', '1970-01-05T20', ['1970-01-05T00', '1970-01-05T05', '1970-01-05T10', '1970-01-05T15']],
    ['2 days', '1970-01-05', '1970-01-09', ['1970-01-05', '1970-01-07']],
    ['2 weeks', '2015-W02', '2015-W06', ['2015-W02', '2015-W04']],
    ['3 months', '2015', '2016', ['2015-01', '2015-04', '2015-07', '2015-10']],
    ['2 quarters', '2015', '2016', ['2015-Q1', '2015-Q3']],
    ['10 years', '2000', '2020', ['2000', '2010']],
  ])('every %s counts from a fixed anchor', (every, from, to, expected) => {
    expect(keys({ every, from, to })).toEqual(expected);
  });

  test('an anchor of its own moves a rule', () => {
    expect(keys({ every: '2 weeks', anchor: '2015-01-12', from: '2015-W03', to: '2015-W07' })).toEqual([
      '2015-W03',
      '2015-W05',
    ]);
    const fiscal = { every: '12 months', anchor: '2015-04-01', timeZone: 'Asia/Kolkata' };
    expect(keys({ ...fiscal, from: '2014-04', to: '2016-04' })).toEqual(['2014-04', '2015-04']);
  });

  test('an anchor on which no unit starts, and one of a rule that needs none, are refused', () => {
    expect(messageOf(() => intervalRule({ every: '2w', anchor: '2015-01-13' }))).toContain('on which a week starts');
    expect(messageOf(() => intervalRule({ every: '2y', anchor: '2015-04-01' }))).toContain('12 months');
    expect(messageOf(() => intervalRule({ every: '0 6 * * *', anchor: '2015-01-01' }))).toContain('says itself');
  });
});

describe('policies', () => {
  const newYork = { timeZone: 'America/New_York' };
  const spring = { ...newYork, every: '30 2 * * *', from: '2015-03-07T02-30', to: '2015-03-09T02-30' };
  const autumn = { ...newYork, every: '30 1 * * *', from: '2015-10-31T01-30', to: '2015-11-02T01-30' };

  test('a start that the clocks jump over is at the jump', () => {
    expect(starts(spring)).toEqual(['2015-03-07T07:30:00Z', '2015-03-08T07:00:00Z']);
    expect(keys(spring)).toEqual(['2015-03-07T02-30', '2015-03-08T02-30']);
  });

  test('or left out, so that the interval before goes on', () => {
    expect(starts({ ...spring, dst: { gap: 'skip' } })).toEqual(['2015-03-07T07:30:00Z']);
  });

  test('a start that comes twice counts the first time', () => {
    expect(starts(autumn)).toEqual(['2015-10-31T05:30:00Z', '2015-11-01T05:30:00Z']);
  });

  test('or both times, told apart by their offset', () => {
    expect(keys({ ...autumn, dst: { overlap: 'twice' } })).toEqual([
      '2015-10-31T01-30',
      '2015-11-01T01-30-0400',
      '2015-11-01T01-30-0500',
    ]);
  });

  test('an hour that comes twice is one of two hours under once', () => {
    const plan = planIntervals({
      ...newYork,
      every: 'hour',
      dst: { overlap: 'once' },
      from: '2015-11-01T01',
      to: '2015-11-01T02',
    });
    expect(plan.count).toBe(1);
    expect(intervalAt(plan, 0)).toMatchObject({
      key: '2015-11-01T01',
      start: '2015-11-01T05:00:00Z',
      end: '2015-11-01T07:00:00Z',
    });
  });
});

describe('calendars', () => {
  const december = { every: 'day', from: '2015-12-23', to: '2016-01-04' };

  test.each<[NonNullable<RuleOptions['calendar']>, string]>([
    [{ weekdays: 'business-days' }, '23 24 25 28 29 30 31 01'],
    [{ weekdays: ['sun', 'sat'] }, '26 27 02 03'],
    [{ exclude: ['2015-12-25', '2014-12-26'] }, '23 24 26 27 28 29 30 31 01 02 03'],
    [{ exclude: ['12-25..01-01'] }, '23 24 02 03'],
    [{ exclude: ['2015-12-25..2016-01-01', '12-24'] }, '23 02 03'],
    [{ weekdays: 'business-days', exclude: ['01-01'] }, '23 24 25 28 29 30 31'],
  ])('%j leaves %s', (calendar, days) => {
    expect(keys({ ...december, calendar }).map((key) => key.slice(-2))).toEqual(days.split(' '));
  });

  test('one that leaves nothing out is none', () => {
    const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
    expect(intervalRule({ every: 'day', calendar: { weekdays, exclude: [] } })).not.toHaveProperty('calendar');
  });

  test.each<[unknown, string]>([
    [{ weekday: ['mon'] }, 'Did you mean "weekdays"'],
    [{ weekdays: ['mno'] }, 'Did you mean "mon"'],
    [{ weekdays: 'weekdays' }, 'business-days'],
    [{ exclude: '2015-12-25' }, 'a list of dates'],
    [{ exclude: ['2015-02-30'] }, '"2015-02-30"'],
    [{ exclude: ['02-30'] }, '"02-30"'],
    [{ exclude: ['2015-12-25..12-26'] }, '"2015-12-25..12-26"'],
    [{ exclude: ['2015-12-26..2015-12-25'] }, '"2015-12-26..2015-12-25"'],
    ['business-days', 'weekdays and exclude'],
  ])('%j is refused: %s', (calendar, why) => {
    const options = { every: 'day', calendar: calendar as NonNullable<RuleOptions['calendar']> };
    expect(messageOf(() => intervalRule(options))).toContain(why);
  });

  test('a range of which it leaves nothing is refused', () => {
    const weekend = { every: 'day', from: '2015-01-03', to: '2015-01-05' };
    expect(messageOf(() => planIntervals({ ...weekend, calendar: { weekdays: 'business-days' } }))).toContain(
      'the calendar leaves all of it out',
    );
  });
});

describe('lists', () => {
  const berlin = { timeZone: 'Europe/Berlin' };

  test('the last start ends the interval before it, and keys say no more than they need to', () => {
    const at = ['2015-03-01T06:30', '2015', '2015-02-15', '2015-03-02T06:30:15Z', '2015-04'];
    expect(keys({ ...berlin, at })).toEqual(['2015-01-01', '2015-02-15', '2015-03-01T06-30', '2015-03-02T07-30-15']);
  });

  test('a part of it may be planned, a bound that is not in it may not', () => {
    const list = { ...berlin, every: 'list:2015-01-01,2015-02-01,2015-03-01,2015-04-01' };
    expect(keys({ ...list, from: '2015-02-01', to: '2015-03' })).toEqual(['2015-02-01']);
    expect(() => planIntervals({ ...list, to: '2015-05-01' })).toThrow('The nearest starts are 2015-04-01');
  });

  test('local times in it keep to the policy, instants are what they are', () => {
    const gap = { at: ['2015-03-28', '2015-03-29T02:30', '2015-03-30'], ...berlin };
    expect(starts(gap)).toEqual(['2015-03-27T23:00:00Z', '2015-03-29T01:00:00Z']);
    expect(starts({ ...gap, dst: { gap: 'skip' } })).toEqual(['2015-03-27T23:00:00Z']);
    const overlap = { at: ['2015-10-25', '2015-10-25T02:30', '2015-10-26'], ...berlin };
    expect(keys(overlap)).toEqual(['2015-10-25', '2015-10-25T02-30+0200']);
    expect(keys({ ...overlap, dst: { overlap: 'twice' } })).toHaveLength(3);
  });

  test('a day whose midnight was jumped over is called by its date', () => {
    const at = ['2018-11-03', '2018-11-04', '2018-11-05'];
    expect(keys({ at, timeZone: 'America/Sao_Paulo' })).toEqual(['2018-11-03', '2018-11-04']);
  });

  test('equal steps are written once', () => {
    const at = Array.from({ length: 5000 }, (_, day) => new Date(day * 86_400_000).toISOString());
    const plan = planIntervals({ at });
    expect(plan.count).toBe(4999);
    expect(JSON.stringify(plan).length).toBeLessThan(500);
  });
});

test('100,000 workday mornings, 383 years of changing clocks, stay below 3 KB', () => {
  const plan = planIntervals({
    every: '0 6 * * mon-fri',
    from: '1900-01-01T06-00',
    to: '2283-04-23T06-00',
    timeZone: 'America/New_York',
  });
  expect(plan.count).toBe(100_000);
  expect(JSON.stringify(plan).length).toBeLessThan(3072);
});

test('the hash is of what a rule means: not how it is spelt, but its zone, its policy and its calendar', () => {
  const hash = (more: Partial<IntervalOptions>) =>
    planIntervals({ every: '0 6 * * 1-5', from: '2015-01-01T06-00', to: '2015-02-02T06-00', ...more }).hash;
  expect(hash({ every: '0 6 * * mon,tue,wed,thu,fri' })).toBe(hash({}));
  const others: Partial<IntervalOptions>[] = [
    { every: '0 6 * * *' },
    { timeZone: 'Africa/Abidjan' },
    { dst: { gap: 'skip' } },
    { dst: { overlap: 'twice' } },
    { calendar: { exclude: ['2015-01-06'] } },
    { calendar: { exclude: ['01-06'] } },
  ];
  expect(new Set([hash({}), ...others.map(hash)]).size).toBe(others.length + 1);
});
