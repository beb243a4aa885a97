import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EVERY, type Every, unitOf } from '../../src/planner/index.ts';

// 0001-02-01 to 9998-12-31: four-digit years, whatever the unit.
const localTime = fc.integer({ min: -62_132_000_000_000, max: 253_370_700_000_000 });

describe.each([...EVERY])('the unit %s', (every) => {
  const unit = unitOf(every);

  test('holds each local time in exactly one of its members', () => {
    fc.assert(
      fc.property(localTime, (ms) => {
        const ordinal = unit.ordinalAt(ms);
        expect(unit.localStart(ordinal)).toBeLessThanOrEqual(ms);
        expect(unit.localStart(ordinal + 1)).toBeGreaterThan(ms);
      }),
    );
  });

  test('reads each label back', () => {
    fc.assert(
      fc.property(localTime, (ms) => {
        const ordinal = unit.ordinalAt(ms);
        expect(unit.ordinalOf(unit.label(ordinal))).toBe(ordinal);
      }),
    );
  });
});

test.each<[Every, string]>([
  ['hour', '2015-01-31T24'],
  ['hour', '2015-02-29T00'],
  ['day', '2015-02-30'],
  ['day', '2015-1-3'],
  ['day', '2015-01-31T05'],
  ['week', '2015-W54'],
  ['week', '2015-W00'],
  ['week', '2014-W53'],
  ['month', '2015-13'],
  ['month', '2015-00'],
  ['month', ''],
  ['quarter', '2015-Q0'],
  ['quarter', '2015-Q5'],
  ['year', '15'],
  ['year', '2015-01'],
])('has no %s "%s"', (every, label) => {
  expect(unitOf(every).ordinalOf(label)).toBeUndefined();
});

test.each([
  ['2015-01-01', '2015-W01'],
  ['2010-01-03', '2009-W53'],
  ['2018-12-31', '2019-W01'],
  ['2020-12-31', '2020-W53'],
  ['2021-01-03', '2020-W53'],
  ['0099-06-15', '0099-W25'],
])('%s is in week %s of ISO 8601', (date, week) => {
  const unit = unitOf('week');
  expect(unit.label(unit.ordinalAt(Date.parse(date)))).toBe(week);
});
