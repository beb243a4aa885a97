import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  countOutcomes,
  END_STATES,
  endedAmong,
  endedIn,
  forget,
  indexesOf,
  indexSetOf,
  NO_OUTCOMES,
  type Outcome,
  type Outcomes,
  outcomeOf,
  settle,
} from '../../src/planner/index.ts';

const COUNT = 20;
const members = fc.array(fc.integer({ min: 0, max: COUNT - 1 }), { maxLength: 8 });
const outcome: fc.Arbitrary<Outcome> = fc.record({
  state: fc.constantFrom(...END_STATES),
  reason: fc.constantFrom('RAN', 'NODE_FAILED', 'BY_HAND'),
});
/** Settles the members as that outcome; forgets them where there is none. */
const steps = fc.array(fc.tuple(members, fc.option(outcome, { nil: undefined })), { maxLength: 12 });

function replay(list: [number[], Outcome | undefined][]): { outcomes: Outcomes; plain: Map<number, Outcome> } {
  const plain = new Map<number, Outcome>();
  let outcomes = NO_OUTCOMES;
  for (const [indexes, end] of list) {
    for (const index of indexes) {
      if (end === undefined) plain.delete(index);
      else plain.set(index, end);
    }
    const set = indexSetOf(indexes);
    outcomes = end === undefined ? forget(outcomes, set) : settle(outcomes, set, end);
  }
  return { outcomes, plain };
}

describe('outcomes agree with a plain map of the last word for each index', () => {
  test('each index is in one set at most, and in the one of its last outcome (O1)', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const { outcomes, plain } = replay(list);
        const sets = END_STATES.flatMap((state) => Object.values(outcomes[state]));
        const all = sets.flatMap((set) => [...indexesOf(set)]);
        expect(all.sort((a, b) => a - b)).toEqual([...plain.keys()].sort((a, b) => a - b));
        for (let index = 0; index < COUNT; index++) expect(outcomeOf(outcomes, index)).toEqual(plain.get(index));
      }),
    );
  });

  test('the same outcomes have one form, however they came about, without empty reasons (O2)', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const { outcomes, plain } = replay(list);
        const straight = [...plain].reduce((sum, [index, end]) => settle(sum, [[index, index + 1]], end), NO_OUTCOMES);
        expect(outcomes).toEqual(straight);
        for (const state of END_STATES) expect(Object.values(outcomes[state])).not.toContainEqual([]);
      }),
    );
  });

  test('counts, and the members of some states', () => {
    fc.assert(
      fc.property(steps, members, fc.subarray([...END_STATES], { minLength: 1 }), (list, among, states) => {
        const { outcomes, plain } = replay(list);
        const inStates = [...plain].filter(([, { state }]) => states.includes(state)).map(([index]) => index);
        expect(endedIn(outcomes, ...states)).toEqual(indexSetOf(inStates));
        expect(endedAmong(outcomes, indexSetOf(among), ...states)).toEqual(
          indexSetOf(inStates.filter((index) => among.includes(index))),
        );
        const counts = countOutcomes(outcomes);
        for (const state of END_STATES)
          expect(counts[state]).toBe([...plain.values()].filter((each) => each.state === state).length);
      }),
    );
  });

  test('what was given is not changed', () => {
    fc.assert(
      fc.property(steps, members, outcome, (list, indexes, end) => {
        const { outcomes } = replay(list);
        const before = JSON.stringify(outcomes);
        settle(outcomes, indexSetOf(indexes), end);
        forget(outcomes, indexSetOf(indexes));
        expect(JSON.stringify(outcomes)).toBe(before);
      }),
    );
  });
});
