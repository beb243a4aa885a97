/** A backfill in hand: what changes while it runs, in one object that only the backfill's own workflow touches. */
import type { CancellationScope } from '@temporalio/workflow';
import {
  type Course,
  type CourseRules,
  courseRules,
  type FrozenPlan,
  type IndexSet,
  newCourse,
  type Outcome,
  union,
} from '../src/planner/index.ts';
import type { BackfillInput, BackfillProgress, BackfillState, IntervalFailure } from './backfill-words.ts';

/** See above. `version` grows by each change, so that the main loop wakes. */
export interface Backfill {
  readonly input: BackfillInput;
  plan: FrozenPlan;
  course: Course;
  failures: IntervalFailure[];
  readonly startedAt: number;
  readonly initialCount: number;
  carried: BackfillState['carried'];
  running: RunInHand[];
  /** Most runs at once while live runs are late. */
  allowed: number;
  /** Milliseconds since the epoch; when live runs were last looked at. */
  lookedAt: number;
  /** Whether its schedule runs again. */
  isLive: boolean;
  hasEnded: boolean;
  version: number;
}

/** A run of one interval, or of a chunk of them. */
export interface RunInHand {
  readonly set: IndexSet;
  readonly scope: CancellationScope;
  /** Which of its intervals were ended by hand, and how they count where they had not ended by themselves. */
  mark?: { set: IndexSet; outcome: Outcome };
}

const MOST_FAILURES = 20;

export function openBackfill(input: BackfillInput): Backfill {
  const { plan, state } = input;
  return {
    input,
    plan,
    course: state?.course ?? newCourse(input.concurrency, input.skipped),
    failures: [...(state?.failures ?? [])],
    startedAt: state?.startedAt ?? Date.now(),
    initialCount: state?.initialCount ?? plan.count,
    carried: state?.carried,
    running: [],
    allowed: Number.POSITIVE_INFINITY,
    lookedAt: Date.now(),
    isLive: state?.isLive ?? false,
    hasEnded: false,
    version: 0,
  };
}

/** Puts another course in place of the one there is. */
export function turn(own: Backfill, course: Course): void {
  own.course = course;
  own.version++;
}

export function noteFailure(own: Backfill, failure: IntervalFailure): void {
  if (own.failures.length < MOST_FAILURES) own.failures.push(failure);
}

export function rulesOf({ input, plan, initialCount }: Backfill): CourseRules {
  return courseRules(input, plan.count, initialCount);
}

export function runningSets(own: Backfill): IndexSet[] {
  return own.running.map(({ set }) => set);
}

export function progressOf(own: Backfill): BackfillProgress {
  const { phase, why, concurrency, outcomes } = own.course;
  return {
    job: own.input.job.name,
    total: own.plan.count,
    phase: own.hasEnded ? 'ended' : phase,
    ...(why === undefined ? {} : { why }),
    concurrency,
    allowed: Math.min(concurrency, own.allowed),
    running: union(...runningSets(own)),
    outcomes,
    failures: own.failures,
    startedAt: own.startedAt,
  };
}

/** The argument with which another execution goes on from here. */
export function inputOf(own: Backfill): BackfillInput & { state: BackfillState } {
  const { input, plan, course, failures, startedAt, initialCount, isLive, carried } = own;
  const state = { course, failures, startedAt, initialCount, isLive, ...(carried === undefined ? {} : { carried }) };
  return { ...input, plan, state };
}
