import { describe, expect, test } from 'vitest';
import { type IntervalOptions, planIntervals } from '../../src/calendar/index.ts';
import { intervalAt, intervalsOf } from '../../src/planner/index.ts';

const HOUR = 3_600_000;

/** Key, start and hours of each interval. */
function rows(options: IntervalOptions): [string, string, number][] {
  return [...intervalsOf(planIntervals(options))].map(({ key, start, end }) => [
    key,
    start,
    (Date.parse(end) - Date.parse(start)) / HOUR,
  ]);
}

function bytesOf(options: IntervalOptions): number {
  return JSON.stringify(planIntervals(options)).length;
}

describe('days on which the clocks change', () => {
  test.each([
    ['America/Sao_Paulo', '2018-11-03', '2018-11-06', [24, 23, 24], 'midnight does not exist'],
    ['America/Sao_Paulo', '2018-02-17', '2018-02-19', [25, 24], 'midnight goes back to 23:00'],
    ['Asia/Beirut', '2022-03-26', '2022-03-29', [24, 23, 24], 'midnight does not exist'],
    ['Africa/Cairo', '2023-04-27', '2023-04-30', [24, 23, 24], 'midnight does not exist'],
    ['Africa/Cairo', '2023-10-26', '2023-10-28', [25, 24], 'midnight goes back to 23:00'],
    ['Australia/Lord_Howe', '2015-04-04', '2015-04-07', [24, 24.5, 24], 'back by half an hour'],
    ['Australia/Lord_Howe', '2015-10-03', '2015-10-06', [24, 23.5, 24], 'on by half an hour'],
    ['Antarctica/Troll', '2022-03-26', '2022-03-29', [24, 22, 24], 'on by two hours'],
    ['America/Havana', '2015-10-31', '2015-11-03', [24, 25, 24], 'midnight comes twice'],
    ['America/Havana', '2015-03-07', '2015-03-10', [24, 23, 24], 'midnight does not exist'],
    ['Asia/Kathmandu', '1985-12-31', '1986-01-02', [24, 23.75], 'the offset moves by a quarter of an hour'],
    ['Pacific/Apia', '2011-12-28', '2012-01-01', [24, 24, 24], 'a day does not exist'],
  ])('%s from %s to %s: %j hours (%5$s)', (timeZone, from, to, hours) => {
    expect(rows({ every: 'day', from, to, timeZone }).map(([, , length]) => length)).toEqual(hours);
  });

  test('where midnight does not exist the day starts at the jump', () => {
    const [first] = rows({ every: 'day', from: '2018-11-04', to: '2018-11-05', timeZone: 'America/Sao_Paulo' });
    expect(first).toEqual(['2018-11-04', '2018-11-04T03:00:00Z', 23]);
  });

  test('where midnight comes twice the day starts at the first', () => {
    const [first] = rows({ every: 'day', from: '2015-11-01', to: '2015-11-02', timeZone: 'America/Havana' });
    expect(first).toEqual(['2015-11-01', '2015-11-01T04:00:00Z', 25]);
  });

  test('a day that a place went without has no interval, as a bound it is the instant between its neighbours', () => {
    const apia = { every: 'day', timeZone: 'Pacific/Apia' } as const;
    const keys = rows({ ...apia, from: '2011-12-29', to: '2012-01-01' }).map(([key]) => key);
    expect(keys).toEqual(['2011-12-29', '2011-12-31']);
    expect(rows({ ...apia, from: '2011-12-29', to: '2011-12-30' })).toEqual(
      rows({ ...apia, from: '2011-12-29', to: '2011-12-31' }),
    );
  });
});

describe('hours', () => {
  test('an hour that the clocks jump over has no interval', () => {
    const options = { every: 'hour', from: '2015-03-08', to: '2015-03-09', timeZone: 'America/New_York' } as const;
    const keys = rows(options).map(([key]) => key);
    expect(keys).toHaveLength(23);
    expect(keys.slice(1, 3)).toEqual(['2015-03-08T01', '2015-03-08T03']);
  });

  test('of a half-hour change the one hour is short, or comes again for half an hour', () => {
    const lordHowe = { every: 'hour', timeZone: 'Australia/Lord_Howe' } as const;
    expect(rows({ ...lordHowe, from: '2015-10-04T01', to: '2015-10-04T04' })).toEqual([
      ['2015-10-04T01', '2015-10-03T14:30:00Z', 1],
      ['2015-10-04T02', '2015-10-03T15:30:00Z', 0.5],
      ['2015-10-04T03', '2015-10-03T16:00:00Z', 1],
    ]);
    expect(rows({ ...lordHowe, from: '2015-04-05T00', to: '2015-04-05T03' })).toEqual([
      ['2015-04-05T00', '2015-04-04T13:00:00Z', 1],
      ['2015-04-05T01+1100', '2015-04-04T14:00:00Z', 1],
      ['2015-04-05T01+1030', '2015-04-04T15:00:00Z', 0.5],
      ['2015-04-05T02', '2015-04-04T15:30:00Z', 1],
    ]);
  });

  test('one pass of an hour that comes twice keeps its key in a range without the other', () => {
    const newYork = { every: 'hour', timeZone: 'America/New_York' } as const;
    const first = rows({ ...newYork, from: '2015-11-01T00', to: '2015-11-01T01-0500' });
    const second = rows({ ...newYork, from: '2015-11-01T01-0500', to: '2015-11-01T02' });
    expect(first.at(-1)?.[0]).toBe('2015-11-01T01-0400');
    expect(second).toEqual([['2015-11-01T01-0500', '2015-11-01T06:00:00Z', 1]]);
  });

  test('a range that begins after the clocks went back still tells the second pass from the first', () => {
    const troll = { every: 'hour', timeZone: 'Antarctica/Troll' } as const;
    const keys = rows({ ...troll, from: '2022-10-30T02+0000', to: '2022-10-30T04' }).map(([key]) => key);
    expect(keys).toEqual(['2022-10-30T02+0000', '2022-10-30T03']);
  });

  test('a change at 00:01 makes an hour of one minute and hours told apart by their offset', () => {
    const options = { every: 'hour', timeZone: 'America/St_Johns' } as const;
    const found = rows({ ...options, from: '2006-10-28T22', to: '2006-10-29T02' });
    expect(found.map(([key, , length]) => [key, Math.round(length * 60)])).toEqual([
      ['2006-10-28T22', 60],
      ['2006-10-28T23-0230', 60],
      ['2006-10-29T00-0230', 1],
      ['2006-10-28T23-0330', 59],
      ['2006-10-29T00-0330', 60],
      ['2006-10-29T01', 60],
    ]);
  });

  test('offsets before standard time have seconds, in keys too', () => {
    const options = { every: 'hour', timeZone: 'America/New_York' } as const;
    const keys = rows({ ...options, from: '1883-11-18T11', to: '1883-11-18T14' }).map(([key]) => key);
    expect(keys).toEqual(['1883-11-18T11', '1883-11-18T12-045602', '1883-11-18T12-0500', '1883-11-18T13']);
  });
});

test('weeks are ISO weeks, months are months, also over a change of the clocks', () => {
  const berlin = { timeZone: 'Europe/Berlin' };
  expect(rows({ ...berlin, every: 'week', from: '2015-03-23', to: '2015-04-06' })).toEqual([
    ['2015-W13', '2015-03-22T23:00:00Z', 167],
    ['2015-W14', '2015-03-29T22:00:00Z', 168],
  ]);
  expect(rows({ ...berlin, every: 'month', from: '2016-02', to: '2016-04' })).toEqual([
    ['2016-02', '2016-01-31T23:00:00Z', 29 * 24],
    ['2016-03', '2016-02-29T23:00:00Z', 31 * 24 - 1],
  ]);
});

test('the zone is UTC unless one is named, and the plan says what it was made with', () => {
  const plan = planIntervals({ every: 'day', from: '2015', to: '2016' });
  expect(plan).toMatchObject({ version: 2, every: 'day', timeZone: 'UTC', tzdata: process.versions.tz, count: 365 });
});

describe('the size of a plan does not grow with its intervals', () => {
  test('100,000 days in UTC stay below 400 bytes', () => {
    expect(planIntervals({ every: 'day', from: '1900-01-01', to: '2173-10-16' }).count).toBe(100_000);
    expect(bytesOf({ every: 'day', from: '1900-01-01', to: '2173-10-16' })).toBeLessThan(400);
  });

  test('100,000 hours in New York stay below 1 KB', () => {
    const options = { every: 'hour', from: '2010', to: '2021-06', timeZone: 'America/New_York' } as const;
    expect(planIntervals(options).count).toBeGreaterThan(100_000);
    expect(bytesOf(options)).toBeLessThan(1024);
  });

  test('100,000 days in New York, 273 years of changing clocks, stay below 2,500 bytes', () => {
    const options = { every: 'day', from: '1900-01-01', to: '2173-10-16', timeZone: 'America/New_York' } as const;
    const plan = planIntervals(options);
    expect(plan.count).toBe(100_000);
    expect(intervalAt(plan, 99_999)).toMatchObject({ key: '2173-10-15', end: '2173-10-16T04:00:00Z' });
    expect(bytesOf(options)).toBeLessThan(2500);
  });
});
