import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type OffsetSpan, packOffsets, unpackOffsets } from '../../src/planner/index.ts';

const START = Date.parse('2015-01-01T00:00Z');

const spans: fc.Arbitrary<OffsetSpan[]> = fc
  .array(fc.tuple(fc.constantFrom(3600, 7200, 15_552_000, 1), fc.constantFrom(-17_762, 0, 3600, 19_800)), {
    minLength: 1,
    maxLength: 50,
  })
  .map((kinds) => {
    let start = START;
    return kinds.map(([seconds, offset]) => {
      const span = { start, end: start + seconds * 1000, offset };
      start = span.end;
      return span;
    });
  });

test('what was packed comes back', () => {
  fc.assert(
    fc.property(spans, (each) => {
      expect(unpackOffsets(packOffsets(each), START)).toEqual(each);
    }),
  );
});

test('each kind of stretch is written once', () => {
  const year = [
    [7200, 3600],
    [3600, 0],
  ] as const;
  const packed = { kinds: year, order: Array.from({ length: 200 }, (_, index) => index % 2) };
  expect(packOffsets(unpackOffsets(packed, START))).toEqual(packed);
});
