/**
 * How intervals ended: sets of indexes by state and reason, a few KB for 100,000 intervals.
 *
 * O1. An index is in at most one set of all states and reasons.
 * O2. Reasons without members are left out: the same outcomes have one form.
 */
import { hasIndex, type IndexSet, intersect, NO_INDEXES, sizeOf, subtract, union } from './index-sets.ts';

/** The terminal states of an interval. */
export const END_STATES = ['succeeded', 'failed', 'skipped', 'cancelled'] as const;

export type EndState = (typeof END_STATES)[number];

/** State → reason → indexes. Plain JSON. */
export type Outcomes = Readonly<Record<EndState, Readonly<Record<string, IndexSet>>>>;

/** How one index ended. */
export interface Outcome {
  state: EndState;
  /** `RAN` and `JOINED` for successes, an error code for failures, a word in capitals else. */
  reason: string;
}

/** Nothing has ended yet. */
export const NO_OUTCOMES: Outcomes = Object.freeze({ succeeded: {}, failed: {}, skipped: {}, cancelled: {} });

/** The outcomes with `set` moved to one state and reason. */
export function settle(outcomes: Outcomes, set: IndexSet, { state, reason }: Outcome): Outcomes {
  if (set.length === 0) return outcomes;
  const others = forget(outcomes, set);
  const reasons = others[state];
  return { ...others, [state]: { ...reasons, [reason]: union(reasons[reason] ?? NO_INDEXES, set) } };
}

/** The outcomes without `set`, whose members are open again. */
export function forget(outcomes: Outcomes, set: IndexSet): Outcomes {
  const without = (reasons: Readonly<Record<string, IndexSet>>) =>
    Object.fromEntries(
      Object.entries(reasons)
        .map(([reason, members]) => [reason, subtract(members, set)] as const)
        .filter(([, members]) => members.length > 0),
    );
  return {
    succeeded: without(outcomes.succeeded),
    failed: without(outcomes.failed),
    skipped: without(outcomes.skipped),
    cancelled: without(outcomes.cancelled),
  };
}

/** Every index that ended in one of the states; in any, when none is named. */
export function endedIn(outcomes: Outcomes, ...states: readonly EndState[]): IndexSet {
  return union(...(states.length === 0 ? END_STATES : states).flatMap((state) => Object.values(outcomes[state])));
}

/** How an index ended; undefined while it has not. */
export function outcomeOf(outcomes: Outcomes, index: number): Outcome | undefined {
  for (const state of END_STATES) {
    for (const [reason, set] of Object.entries(outcomes[state])) if (hasIndex(set, index)) return { state, reason };
  }
  return undefined;
}

/** How many ended in each state. */
export function countOutcomes(outcomes: Outcomes): Record<EndState, number> {
  const size = (state: EndState) => Object.values(outcomes[state]).reduce((sum, set) => sum + sizeOf(set), 0);
  return {
    succeeded: size('succeeded'),
    failed: size('failed'),
    skipped: size('skipped'),
    cancelled: size('cancelled'),
  };
}

/** The members of `set` that ended in one of the states. */
export function endedAmong(outcomes: Outcomes, set: IndexSet, ...states: readonly EndState[]): IndexSet {
  return intersect(endedIn(outcomes, ...states), set);
}
