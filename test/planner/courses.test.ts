import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Course,
  type CourseRules,
  cancelCourse,
  closeCourse,
  complement,
  courseRules,
  END_STATES,
  endedIn,
  hasIndex,
  type IndexSet,
  indexesOf,
  indexRange,
  indexSetOf,
  intersect,
  isOver,
  newCourse,
  nextRuns,
  ON_FAILURE,
  ORDERS,
  type Outcome,
  openIndexes,
  outcomeOf,
  pauseCourse,
  resumeCourse,
  retryIndexes,
  settleRun,
  sizeOf,
  skipIndexes,
  subtract,
  union,
} from '../../src/planner/index.ts';

const MOST = 14;

const rules: fc.Arbitrary<CourseRules> = fc
  .record({
    count: fc.integer({ min: 1, max: MOST }),
    initialCount: fc.integer({ min: 1, max: MOST }),
    order: fc.constantFrom(...ORDERS),
    dependsOnPast: fc.boolean(),
    onFailure: fc.constantFrom(...ON_FAILURE),
    maxFailures: fc.integer({ min: 1, max: 3 }),
    chunk: fc.constantFrom(1, 1, 2, 3),
  })
  .map((each) => ({
    ...each,
    initialCount: Math.min(each.initialCount, each.count),
    // Options that say otherwise are refused.
    order: each.dependsOnPast ? 'forward' : each.order,
  }));
const someIndexes = fc.array(fc.integer({ min: 0, max: MOST - 1 }), { maxLength: 4 }).map(indexSetOf);

type Step =
  | { do: 'end'; which: number; state: 'succeeded' | 'failed' | 'open' }
  | { do: 'pause' }
  | { do: 'resume' }
  | { do: 'cancel' }
  | { do: 'concurrency'; n: number }
  | { do: 'skip'; set: IndexSet }
  | { do: 'retry'; set: IndexSet };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      which: fc.nat(9),
      state: fc.constantFrom('succeeded' as const, 'succeeded' as const, 'failed' as const, 'open' as const),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom<Step[]>({ do: 'pause' }, { do: 'resume' }, { do: 'cancel' }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('concurrency' as const), n: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('skip' as const), set: someIndexes }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('retry' as const), set: someIndexes }) },
);

/** A course that is driven: runs start as it says, and end as the steps say. */
class Drive {
  readonly rules: CourseRules;
  course: Course;
  running: IndexSet[] = [];

  constructor(rules: CourseRules, concurrency: number, skipped: IndexSet) {
    this.rules = rules;
    this.course = newCourse(concurrency, { EXISTS: intersect(skipped, indexRange(0, rules.count)) });
    this.start();
  }

  start(): void {
    const before = this.course;
    const started = nextRuns(before, this.rules, this.running);
    for (const set of started) this.checkStart(set);
    this.running = [...this.running, ...started];
    if (started.length > 0) expect(this.running.length).toBeLessThanOrEqual(before.concurrency);
    expect(sizeOf(union(...this.running))).toBe(this.running.reduce((sum, set) => sum + sizeOf(set), 0));
  }

  /** A run is of open neighbours in one chunk, and comes after what it depends on (C1, C2). */
  checkStart(set: IndexSet): void {
    const { chunk, dependsOnPast, count } = this.rules;
    expect(this.course.phase).toBe('open');
    expect(set).toHaveLength(1);
    const [from = 0, to = 0] = set[0] ?? [];
    expect(subtract(set, openIndexes(this.course, count))).toEqual([]);
    expect(Math.floor(from / chunk)).toBe(Math.floor((to - 1) / chunk));
    const before = outcomeOf(this.course.outcomes, from - 1)?.state;
    if (dependsOnPast && from > 0) expect(['succeeded', 'skipped']).toContain(before);
  }

  take(each: Step): void {
    const { count } = this.rules;
    const ended = (course: Course) => endedIn(course.outcomes);
    const before = this.course;
    if (each.do === 'end') this.end(each);
    else if (each.do === 'pause') this.course = pauseCourse(before);
    else if (each.do === 'resume') this.course = resumeCourse(before);
    else if (each.do === 'cancel') this.course = cancelCourse(before);
    else if (each.do === 'concurrency') this.course = { ...before, concurrency: each.n };
    else if (each.do === 'skip') this.course = skipIndexes(before, count, subtract(each.set, union(...this.running)));
    else this.course = retryIndexes(before, each.set);
    // Only a retry opens what has ended, and nothing else changes how it ended (C1).
    if (each.do !== 'retry') {
      for (const index of indexesOf(ended(before)))
        expect(outcomeOf(this.course.outcomes, index)).toEqual(outcomeOf(before.outcomes, index));
    }
    this.start();
  }

  end({ which, state }: { which: number; state: 'succeeded' | 'failed' | 'open' }): void {
    const set = this.running[which % Math.max(1, this.running.length)];
    if (set === undefined) return;
    this.running = this.running.filter((other) => other !== set);
    // A chunk may end without some of its days: those behind a bad one stay open.
    if (state === 'open') return;
    this.course = settleRun(this.course, this.rules, set, outcomeFor(state));
  }

  /** Goes on to the end, however many steps that takes, with one place only. */
  finish(): void {
    this.course = { ...resumeCourse(this.course), concurrency: 1 };
    for (let left = 3 * MOST; !isOver(this.course, this.rules, this.running); left--) {
      if (left === 0) throw new Error('it does not come to an end');
      if (this.course.phase === 'paused') this.course = resumeCourse(this.course);
      this.start();
      const isStuck = this.running.length === 0 && this.course.phase === 'open';
      if (isStuck && !isOver(this.course, this.rules, this.running)) throw new Error('nothing runs and nothing starts');
      this.end({ which: 0, state: 'succeeded' });
    }
    this.course = closeCourse(this.course, this.rules);
  }
}

function outcomeFor(state: 'succeeded' | 'failed'): Outcome {
  return state === 'succeeded' ? { state, reason: 'RAN' } : { state, reason: 'NODE_FAILED' };
}

const drives = fc.tuple(rules, fc.integer({ min: 1, max: 5 }), someIndexes, fc.array(step, { maxLength: 40 }));

describe('a course, whatever happens to it', () => {
  test('starts open neighbours only, what they depend on first, and never more than it may (C1, C2)', () => {
    fc.assert(
      fc.property(drives, ([rules, concurrency, skipped, steps]) => {
        const drive = new Drive(rules, concurrency, skipped);
        for (const each of steps) drive.take(each);
      }),
      { numRuns: 300 },
    );
  });

  test('comes to an end with one place, and each interval in exactly one state (C3)', () => {
    fc.assert(
      fc.property(drives, ([rules, concurrency, skipped, steps]) => {
        const drive = new Drive(rules, concurrency, skipped);
        for (const each of steps) drive.take(each);
        drive.finish();
        const sets = END_STATES.flatMap((state) => Object.values(drive.course.outcomes[state]));
        const all = sets.flatMap((set) => [...indexesOf(set)]).sort((a, b) => a - b);
        expect(all).toEqual([...indexesOf(indexRange(0, rules.count))]);
      }),
      { numRuns: 300 },
    );
  });

  test('opens by a retry exactly the failed and cancelled ones that were named', () => {
    fc.assert(
      fc.property(drives, someIndexes, ([rules, concurrency, skipped, steps], set) => {
        const drive = new Drive(rules, concurrency, skipped);
        for (const each of steps) drive.take(each);
        drive.finish();
        const again = intersect(endedIn(drive.course.outcomes, 'failed', 'cancelled'), set);
        const open = retryIndexes(drive.course, set);
        expect(openIndexes(open, rules.count)).toEqual(again);
        expect(open.phase).toBe('open');
      }),
    );
  });

  test('starts nothing while it is paused or closing, and is over only when nothing can start', () => {
    fc.assert(
      fc.property(drives, ([rules, concurrency, skipped, steps]) => {
        const drive = new Drive(rules, concurrency, skipped);
        for (const each of steps) drive.take(each);
        for (const still of [pauseCourse(resumeCourse(drive.course)), cancelCourse(drive.course)])
          expect(nextRuns(still, rules, drive.running)).toEqual([]);
        if (isOver(drive.course, rules, drive.running)) {
          expect(drive.running).toEqual([]);
          expect(nextRuns(drive.course, rules, [])).toEqual([]);
        }
      }),
    );
  });
});

describe('order', () => {
  const orderOf = (order: CourseRules['order'], initialCount = 6, chunk = 1) => {
    const rules = courseRules({ order, chunk }, 6, initialCount);
    return nextRuns(newCourse(9), rules, []).map((set) => [...indexesOf(set)].join('+'));
  };

  test('forward, backward and newest-first', () => {
    expect(orderOf('forward')).toEqual(['0', '1', '2', '3', '4', '5']);
    expect(orderOf('backward')).toEqual(['5', '4', '3', '2', '1', '0']);
    expect(orderOf('newest-first')).toEqual(['5', '4', '3', '2', '1', '0']);
  });

  test('what a range has grown by comes last for backward, first for newest-first', () => {
    expect(orderOf('backward', 4)).toEqual(['3', '2', '1', '0', '4', '5']);
    expect(orderOf('newest-first', 4)).toEqual(['5', '4', '3', '2', '1', '0']);
  });

  test('chunks begin at multiples of their size, whichever way', () => {
    expect(orderOf('forward', 6, 4)).toEqual(['0+1+2+3', '4+5']);
    expect(orderOf('backward', 6, 4)).toEqual(['4+5', '0+1+2+3']);
  });
});

describe('failures', () => {
  const failing = (said: Parameters<typeof courseRules>[0], ends: IndexSet[]) => {
    const rules = courseRules(said, 9);
    return ends.reduce((course, set) => settleRun(course, rules, set, outcomeFor('failed')), newCourse(1));
  };

  test('count by interval, and take hold when there are enough', () => {
    expect(failing({ onFailure: 'stop', maxFailures: 3 }, [[[0, 2]]])).toMatchObject({ phase: 'open', failures: 2 });
    const stopped = failing({ onFailure: 'stop', maxFailures: 3 }, [[[0, 2]], [[4, 5]]]);
    expect(stopped).toMatchObject({ phase: 'closing', why: 'AFTER_FAILURES' });
    expect(failing({ onFailure: 'pause' }, [[[0, 1]]])).toMatchObject({ phase: 'paused', why: 'AFTER_FAILURES' });
    expect(failing({}, [[[0, 9]]])).toMatchObject({ phase: 'open' });
  });

  test('a pause by hand outlasts a retry, one after failures does not', () => {
    const byHand = pauseCourse(failing({}, [[[0, 1]]]));
    expect(retryIndexes(byHand, [[0, 1]])).toMatchObject({ phase: 'paused', why: 'BY_HAND', failures: 0 });
    const after = failing({ onFailure: 'pause' }, [[[0, 1]]]);
    expect(retryIndexes(after, [[0, 1]])).toMatchObject({ phase: 'open', failures: 0 });
  });

  test('of one that others depend on holds back only what is behind it', () => {
    const rules = courseRules({ dependsOnPast: true }, 6);
    let course = newCourse(9, { EXISTS: [[3, 4]] });
    expect(nextRuns(course, rules, [])).toEqual([[[0, 1]], [[4, 5]]]);
    course = settleRun(course, rules, [[0, 1]], outcomeFor('failed'));
    course = settleRun(course, rules, [[4, 6]], outcomeFor('succeeded'));
    expect(isOver(course, rules, [])).toBe(true);
    const { outcomes } = closeCourse(course, rules);
    expect(outcomes.cancelled).toEqual({ UPSTREAM_FAILED: [[1, 3]] });
    expect(complement(endedIn(outcomes), 6)).toEqual([]);
    expect(hasIndex(endedIn(outcomes, 'succeeded'), 5)).toBe(true);
  });
});
