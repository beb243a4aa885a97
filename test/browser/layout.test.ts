/** Where the intervals of each kind of rule stand in a calendar, and where keys of the keyboard go from one. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layoutOf } from '../../src/page/calendar/layout.ts';
import { Moves } from '../../src/page/calendar/moves.ts';
import { daysOf } from './worlds.ts';

const times = (hours: readonly string[], days = daysOf('2015-01-30', 4)) =>
  days.flatMap((day) => hours.map((hour) => `${day}T${hour}`));

describe('a calendar', () => {
  test('has a block a year for days: weeks are columns, Monday is the first row', () => {
    const { shape, blocks } = layoutOf(daysOf('2015-01-01', 400));
    expect(shape).toBe('days');
    expect(blocks.map(({ title }) => title)).toEqual(['2015', '2016']);
    // 2015-01-01 was a Thursday, 2015-01-05 the Monday after it.
    expect(blocks[0]?.rows[3]).toMatchObject({ label: 'Thu' });
    expect(blocks[0]?.rows[3]?.cells[0]).toBe(0);
    expect(blocks[0]?.rows[0]?.cells.slice(0, 2)).toEqual([undefined, 4]);
    expect(blocks[1]?.rows[4]?.cells[0]).toBe(365);
  });

  test('puts the head of a month above the week of its first day, in every year', () => {
    for (let year = 1990; year < 2030; year++) {
      const keys = daysOf(`${year}-01-01`, 365);
      const [block] = layoutOf(keys).blocks;
      let column = 0;
      for (const [month, { span }] of (block?.heads ?? []).entries()) {
        const week = block?.rows.map(({ cells }) => cells[column]);
        expect(week).toContain(keys.indexOf(`${year}-${String(month + 1).padStart(2, '0')}-01`));
        column += span;
      }
      expect(column).toBe(block?.rows[0]?.cells.length);
    }
  });

  test('has a row a day for hours, a block a month, and a column for an hour that comes twice', () => {
    const { shape, blocks } = layoutOf(times(['00', '06', '12', '18']));
    expect([shape, blocks.map(({ title }) => title)]).toEqual(['times', ['Jan 2015', 'Feb 2015']]);
    expect(blocks[1]?.rows.map(({ label, cells }) => [label, cells])).toEqual([
      ['2015-02-01', [8, 9, 10, 11]],
      ['2015-02-02', [12, 13, 14, 15]],
    ]);
    const [november] = layoutOf(['2015-11-01T00', '2015-11-01T01-0400', '2015-11-01T01-0500', '2015-11-01T02']).blocks;
    expect(november?.rows[0]?.cells).toEqual([0, 1, 2, 3]);
  });

  test('has days for a cron of each morning, and times for one of each quarter of an hour', () => {
    expect(layoutOf(times(['06-30'])).shape).toBe('days');
    expect(layoutOf(times(['06-00', '06-15', '06-30', '06-45'])).blocks[0]?.rows[0]?.cells).toEqual([0, 1, 2, 3]);
  });

  test.each([
    [['2014-W52', '2015-W01'], 'weeks', [51, 0]],
    [['2014-12', '2015-01'], 'months', [11, 0]],
    [['2014-Q4', '2015-Q1'], 'quarters', [3, 0]],
    [['2019', '2020'], 'years', [9, 0]],
  ] as const)('has a row a year or decade for %j', (keys, shape, columns) => {
    const layout = layoutOf(keys);
    expect(layout.shape).toBe(shape);
    expect(layout.blocks[0]?.rows.map(({ cells }) => cells.findIndex((index) => index !== undefined))).toEqual(columns);
  });

  test('has rows as they come for keys of several forms, and for keys of none', () => {
    expect(layoutOf(['2015-01-01', '2015-02-15T06-30']).shape).toBe('list');
    expect(layoutOf(['<b>', '2015-01-01']).shape).toBe('list');
  });

  test('has a place for every interval, and one only', () => {
    const start = fc.date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(start, fc.integer({ min: 1, max: 900 }), fc.boolean(), (date, size, isHours) => {
        const step = isHours ? 3_600_000 : 86_400_000;
        const length = isHours ? 13 : 10;
        const keys = Array.from({ length: size }, (_, i) =>
          new Date(date.getTime() + i * step).toISOString().slice(0, length),
        );
        const cells = layoutOf(keys).blocks.flatMap(({ rows }) => rows.flatMap((row) => row.cells));
        const found = cells.filter((index) => index !== undefined).sort((a, b) => a - b);
        expect(found).toEqual(keys.map((_, i) => i));
      }),
      { numRuns: 60 },
    );
  });
});

describe('keys in a calendar', () => {
  const moves = new Moves(layoutOf(daysOf('2015-01-01', 730)));
  const from = (index: number, key: string, withControl = false) => moves.from(index, key, withControl);

  test('go to the next day and week, over the end of a year too', () => {
    expect(from(0, 'ArrowDown')).toBe(1);
    expect(from(0, 'ArrowRight')).toBe(7);
    expect(from(7, 'ArrowLeft')).toBe(0);
    // Friday 2015-12-25 is in the last week that has a Friday; the next one is 2016-01-01.
    expect(from(358, 'ArrowRight')).toBe(365);
    expect(from(365, 'ArrowLeft')).toBe(358);
    expect(from(0, 'PageDown')).toBe(365);
  });

  test('go to both ends, and nowhere beyond them', () => {
    expect(from(100, 'Home', true)).toBe(0);
    expect(from(100, 'End', true)).toBe(729);
    expect(from(0, 'ArrowLeft')).toBeUndefined();
    expect(from(729, 'ArrowRight')).toBeUndefined();
    expect(from(0, 'a')).toBeUndefined();
  });
});
