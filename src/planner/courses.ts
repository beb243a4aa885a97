/**
 * The course of a backfill: every decision about what starts next and how it ends, pure, so that a workflow and a process
 * without a server decide alike.
 *
 * Phases: `open` starts intervals; `paused` starts none and waits for a resume; `closing` starts none and ends when what
 * runs has ended.
 *
 * C1. An interval is open, running or ended; it ends in one state with a reason, and only `retry` opens it again.
 * C2. With `dependsOnPast` an interval starts only when the one before has succeeded or was skipped; one that waits holds
 *     no place.
 * C3. When nothing runs and nothing can start, the course is over, unless it is paused; what is left is then cancelled,
 *     with the reason why it could not start.
 */
import { complement, type IndexSet, indexRange, intersect, NO_INDEXES, sizeOf, subtract, union } from './index-sets.ts';
import { endedAmong, endedIn, forget, NO_OUTCOMES, type Outcome, type Outcomes, settle } from './outcomes.ts';

export const ORDERS = ['forward', 'backward', 'newest-first'] as const;

/** Which intervals start first. `newest-first` differs from `backward` where a range grows: what is added goes first. */
export type Order = (typeof ORDERS)[number];

export const ON_FAILURE = ['continue', 'stop', 'pause'] as const;

/** What failures do: nothing more, start no further interval, or wait for a person. */
export type OnFailure = (typeof ON_FAILURE)[number];

/** What decides; complete. */
export interface CourseRules {
  /** How many intervals there are. */
  count: number;
  /** How many there were at first, where the range has grown since. */
  initialCount: number;
  order: Order;
  /** Whether an interval waits for the one before it. */
  dependsOnPast: boolean;
  onFailure: OnFailure;
  /** After how many failures `stop` and `pause` take hold, counted from the start or the last resume or retry. */
  maxFailures: number;
  /** Most intervals in one run: neighbours, from a multiple of this on. 1 for none. */
  chunk: number;
}

/** Where a course stands. Plain JSON; never changed in place. */
export interface Course {
  readonly phase: 'open' | 'paused' | 'closing';
  /** Why it is paused or closing: `BY_HAND` or `AFTER_FAILURES`. */
  readonly why?: string;
  /** Most runs at once. */
  readonly concurrency: number;
  readonly outcomes: Outcomes;
  /** Failures since the start, or the last resume or retry. */
  readonly failures: number;
}

/** Complete rules of what was said of a backfill. */
export function courseRules(
  said: Partial<CourseRules> & { carry?: unknown },
  count: number,
  initialCount = count,
): CourseRules {
  return {
    count,
    initialCount,
    order: said.order ?? 'forward',
    dependsOnPast: said.dependsOnPast === true || said.carry !== undefined,
    onFailure: said.onFailure ?? 'continue',
    maxFailures: said.maxFailures ?? 1,
    chunk: said.chunk ?? 1,
  };
}

/** A course that has not begun, with what is left out from the start. */
export function newCourse(concurrency: number, skipped: Readonly<Record<string, IndexSet>> = {}): Course {
  const outcomes = Object.entries(skipped).reduce(
    (sum, [reason, set]) => settle(sum, set, { state: 'skipped', reason }),
    NO_OUTCOMES,
  );
  return { phase: 'open', concurrency, outcomes, failures: 0 };
}

/** What runs now: one set a run. */
export type Running = readonly IndexSet[];

/** The runs to start now, in the order in which to start them: sets of neighbours, `limit` of runs at once. */
export function nextRuns(course: Course, rules: CourseRules, running: Running, limit = course.concurrency): IndexSet[] {
  if (course.phase !== 'open') return [];
  const places = Math.min(limit, course.concurrency) - running.length;
  let free = startable(course, rules, running);
  const chosen: IndexSet[] = [];
  while (chosen.length < places) {
    const run = firstRun(free, rules);
    if (run === undefined) break;
    chosen.push(run);
    free = subtract(free, run);
  }
  return chosen;
}

/** What has ended, and how. */
export function settleRun(course: Course, rules: CourseRules, set: IndexSet, outcome: Outcome): Course {
  const settled = { ...course, outcomes: settle(course.outcomes, set, outcome) };
  if (outcome.state !== 'failed') return settled;
  const failures = course.failures + sizeOf(set);
  const isEnough = rules.onFailure !== 'continue' && failures >= rules.maxFailures && course.phase === 'open';
  if (!isEnough) return { ...settled, failures };
  return { ...settled, failures, phase: rules.onFailure === 'pause' ? 'paused' : 'closing', why: 'AFTER_FAILURES' };
}

/** Whether nothing more will happen by itself. */
export function isOver(course: Course, rules: CourseRules, running: Running): boolean {
  if (running.length > 0) return false;
  if (openIndexes(course, rules.count).length === 0) return true;
  return course.phase === 'closing' || (course.phase === 'open' && startable(course, rules, running).length === 0);
}

/** The course with all that is left ended, with the reason why it was not run. */
export function closeCourse(course: Course, rules: CourseRules): Course {
  const reason = course.phase === 'closing' ? (course.why ?? 'BY_HAND') : 'UPSTREAM_FAILED';
  const left = openIndexes(course, rules.count);
  return { ...course, outcomes: settle(course.outcomes, left, { state: 'cancelled', reason }) };
}

export function pauseCourse(course: Course): Course {
  return course.phase === 'open' ? { ...course, phase: 'paused', why: 'BY_HAND' } : course;
}

/** Opens it again; failures are counted anew. */
export function resumeCourse({ why: _, ...course }: Course): Course {
  return { ...course, phase: 'open', failures: 0 };
}

/** Starts nothing more. What runs is the caller's to end. */
export function cancelCourse(course: Course): Course {
  return { ...course, phase: 'closing', why: 'BY_HAND' };
}

/** Leaves out the members of `set` that have not ended. */
export function skipIndexes(course: Course, count: number, set: IndexSet): Course {
  const open = intersect(openIndexes(course, count), set);
  return { ...course, outcomes: settle(course.outcomes, open, { state: 'skipped', reason: 'BY_HAND' }) };
}

/** Opens the members of `set` that failed or were cancelled, and the course with them, unless a person has paused it. */
export function retryIndexes(course: Course, set: IndexSet): Course {
  const again = endedAmong(course.outcomes, set, 'failed', 'cancelled');
  const open = { ...course, outcomes: forget(course.outcomes, again) };
  return course.phase === 'paused' && course.why === 'BY_HAND' ? { ...open, failures: 0 } : resumeCourse(open);
}

/** Those that have not ended, running ones included. */
export function openIndexes(course: Course, count: number): IndexSet {
  return complement(endedIn(course.outcomes), count);
}

function startable(course: Course, rules: CourseRules, running: Running): IndexSet {
  const free = subtract(openIndexes(course, rules.count), union(...running));
  if (!rules.dependsOnPast) return free;
  const good = endedIn(course.outcomes, 'succeeded', 'skipped');
  const heads = union([[0, 1]], ...good.map(([, to]) => indexRange(to, to + 1)));
  // Neighbours in one run go in order by themselves: the free ones right behind a head may start with it.
  return union(
    ...free.map(([from, to]) => {
      const [head] = intersect([[from, to]], heads)[0] ?? [];
      return head === undefined ? NO_INDEXES : intersect([[head, to]], chunkFrom(head, rules.chunk));
    }),
  );
}

function chunkFrom(index: number, chunk: number): IndexSet {
  return indexRange(index, (Math.floor(index / chunk) + 1) * chunk);
}

function firstRun(free: IndexSet, { order, chunk, initialCount }: CourseRules): IndexSet | undefined {
  if (order === 'forward') return lowest(free, chunk);
  if (order === 'newest-first') return highest(free, chunk);
  return highest(intersect(free, indexRange(0, initialCount)), chunk) ?? lowest(free, chunk);
}

function lowest(free: IndexSet, chunk: number): IndexSet | undefined {
  const [part] = free;
  return part === undefined ? undefined : intersect([part], chunkFrom(part[0], chunk));
}

function highest(free: IndexSet, chunk: number): IndexSet | undefined {
  const part = free.at(-1);
  if (part === undefined) return undefined;
  const [from, to] = part;
  return indexRange(Math.max(from, Math.floor((to - 1) / chunk) * chunk), to);
}
