import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addIndex,
  complement,
  hasIndex,
  type IndexSet,
  indexesOf,
  indexRange,
  indexSetOf,
  intersect,
  NO_INDEXES,
  removeIndex,
  sizeOf,
  subtract,
  union,
} from '../../src/planner/index.ts';

const COUNT = 40;
const anIndex = fc.integer({ min: 0, max: COUNT - 1 });
const members = fc.array(anIndex, { maxLength: COUNT });

/** What a plain Set says, in the one form that a set of runs has. */
function modelOf(wanted: Set<number>): IndexSet {
  const runs: [number, number][] = [];
  for (let index = 0; index < COUNT; index++) {
    if (!wanted.has(index)) continue;
    const last = runs.at(-1);
    if (last?.[1] === index) last[1] = index + 1;
    else runs.push([index, index + 1]);
  }
  return runs;
}

function keep(condition: (index: number) => boolean): Set<number> {
  return new Set(Array.from({ length: COUNT }, (_, index) => index).filter(condition));
}

describe('sets of runs agree with plain sets', () => {
  test('building, membership, size and members', () => {
    fc.assert(
      fc.property(members, (list) => {
        const plain = new Set(list);
        const set = indexSetOf(list);
        expect(set).toEqual(modelOf(plain));
        expect(sizeOf(set)).toBe(plain.size);
        expect([...indexesOf(set)]).toEqual([...plain].sort((a, b) => a - b));
        for (let index = -1; index <= COUNT; index++) expect(hasIndex(set, index)).toBe(plain.has(index));
      }),
    );
  });

  test('adding and removing one by one, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), anIndex)), (steps) => {
        const plain = new Set<number>();
        let set = NO_INDEXES;
        for (const [adds, index] of steps) {
          if (adds) plain.add(index);
          else plain.delete(index);
          set = adds ? addIndex(set, index) : removeIndex(set, index);
          expect(set).toEqual(modelOf(plain));
        }
      }),
    );
  });

  test('union, intersection, difference and complement', () => {
    fc.assert(
      fc.property(members, members, (a, b) => {
        const [plainA, plainB] = [new Set(a), new Set(b)];
        const [setA, setB] = [indexSetOf(a), indexSetOf(b)];
        expect(union(setA, setB)).toEqual(modelOf(keep((i) => plainA.has(i) || plainB.has(i))));
        expect(intersect(setA, setB)).toEqual(modelOf(keep((i) => plainA.has(i) && plainB.has(i))));
        expect(subtract(setA, setB)).toEqual(modelOf(keep((i) => plainA.has(i) && !plainB.has(i))));
        expect(complement(setA, COUNT)).toEqual(modelOf(keep((i) => !plainA.has(i))));
      }),
    );
  });

  test('no operation changes the sets it was given', () => {
    fc.assert(
      fc.property(members, members, anIndex, (a, b, index) => {
        const [setA, setB] = [indexSetOf(a), indexSetOf(b)];
        const before = JSON.stringify([setA, setB]);
        union(setA, setB);
        subtract(setA, setB);
        intersect(setA, setB);
        addIndex(setA, index);
        removeIndex(setA, index);
        expect(JSON.stringify([setA, setB])).toBe(before);
      }),
    );
  });
});

test('a complement leaves out members beyond the count', () => {
  expect(complement([[2, 50]], 10)).toEqual([[0, 2]]);
  expect(complement(NO_INDEXES, 0)).toEqual([]);
});

test('an empty range is the empty set', () => {
  expect(indexRange(3, 3)).toEqual([]);
  expect(indexRange(4, 3)).toEqual([]);
  expect(indexRange(0, 3)).toEqual([[0, 3]]);
});

test('100,000 indexes done, but for 200 scattered ones, stay below 4 KB of JSON', () => {
  const failed = indexSetOf(Array.from({ length: 200 }, (_, i) => i * 499));
  const done = complement(failed, 100_000);
  expect(sizeOf(done)).toBe(99_800);
  expect(JSON.stringify(done).length).toBeLessThan(4096);
});
