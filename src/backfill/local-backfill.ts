/** A backfill in this process: the planner's course decides, as it does in the workflow; here is only what takes time. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BackfillInput, BackfillProgress, BackfillReport, IntervalFailure } from '../../workflows/index.ts';
import { cancelledBy, isPipelineError, type PipelineSession } from '../core/index.ts';
import {
  type Course,
  type CourseRules,
  closeCourse,
  countOutcomes,
  courseRules,
  hasIndex,
  type IndexSet,
  indexesOf,
  intervalAt,
  isOver,
  newCourse,
  nextRuns,
  type Outcome,
  settleRun,
  union,
} from '../planner/index.ts';
import { failedEnd, type IntervalEnd, type IntervalRuns, runUnit } from './interval-runs.ts';

/** What changes while a backfill runs, in one object that only this room touches. */
export interface LocalCourse {
  readonly id: string;
  readonly runs: IntervalRuns;
  readonly rules: CourseRules;
  readonly onProgress: ((progress: BackfillProgress) => void) | undefined;
  course: Course;
  running: RunInHand[];
  failures: IntervalFailure[];
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** How it ends; `report` while it has not. */
  end: { promise: Promise<BackfillReport>; report: (report: BackfillReport) => void };
  hasEnded: boolean;
}

/** A run of one interval, or of a chunk of them. */
interface RunInHand {
  readonly set: IndexSet;
  readonly stop: AbortController;
  /** How intervals count when it is cancelled; those in none stay open. */
  marks: { set: IndexSet; outcome: Outcome }[];
}

const MOST_FAILURES = 20;

export function openCourse(
  id: string,
  session: PipelineSession,
  input: BackfillInput,
  onProgress?: (progress: BackfillProgress) => void,
): LocalCourse {
  return {
    id,
    runs: { session, input, carried: new Map() },
    rules: courseRules(input, input.plan.count),
    onProgress,
    course: newCourse(input.concurrency, input.skipped),
    running: [],
    failures: [],
    startedAt: Date.now(),
    end: newEnd(),
    hasEnded: false,
  };
}

/** Opens one that has ended. */
export function openAgain(own: LocalCourse): void {
  own.course = { ...own.course, phase: 'open' };
  own.startedAt = Date.now();
  own.end = newEnd();
  own.hasEnded = false;
}

/** Puts another course in place of the one there is, starts what it says, and ends when it says so. */
export function turn(own: LocalCourse, course: Course): void {
  own.course = course;
  for (const set of nextRuns(own.course, own.rules, runningSets(own))) start(own, set);
  if (isOver(own.course, own.rules, runningSets(own))) {
    own.course = closeCourse(own.course, own.rules);
    own.hasEnded = true;
  }
  own.onProgress?.(progressOf(own));
  if (own.hasEnded) own.end.report(reportOf(own));
}

/** Ends the runs that have intervals of `set`; those count as `outcome` says. */
export function endRuns(own: LocalCourse, set: IndexSet, outcome: Outcome): void {
  for (const hand of own.running) {
    if (![...indexesOf(hand.set)].some((index) => hasIndex(set, index))) continue;
    hand.marks.push({ set, outcome });
    hand.stop.abort();
  }
}

export function runningSets(own: LocalCourse): IndexSet[] {
  return own.running.map(({ set }) => set);
}

export function progressOf(own: LocalCourse): BackfillProgress {
  const { phase, why, concurrency, outcomes } = own.course;
  const { job, plan } = own.runs.input;
  return {
    job: job.name,
    total: plan.count,
    phase: own.hasEnded ? 'ended' : phase,
    ...(why === undefined ? {} : { why }),
    concurrency,
    allowed: concurrency,
    running: union(...runningSets(own)),
    outcomes,
    failures: [...own.failures],
    startedAt: own.startedAt,
  };
}

function start(own: LocalCourse, set: IndexSet): void {
  const hand: RunInHand = { set, stop: new AbortController(), marks: [] };
  own.running.push(hand);
  void follow(own, hand);
}

async function follow(own: LocalCourse, hand: RunInHand): Promise<void> {
  const ends = await run(own, hand).catch((error: unknown) => badEnds(hand, error));
  own.running = own.running.filter((each) => each !== hand);
  for (const end of ends) settle(own, end);
  turn(own, own.course);
}

async function run(own: LocalCourse, { set, stop: { signal } }: RunInHand): Promise<IntervalEnd[]> {
  // Runs that never wait for anything would else let neither a Ctrl-C nor a timer through.
  await nextTurn();
  if (signal.aborted) throw cancelledBy(signal.reason);
  return await runUnit(own.runs, set, signal);
}

function badEnds({ set, stop, marks }: RunInHand, error: unknown): IntervalEnd[] {
  if (!stop.signal.aborted || !isCancel(error)) {
    return [...indexesOf(set)].map((index) => ({ index, ...failedEnd(error) }));
  }
  return [...indexesOf(set)].flatMap((index) => {
    const mark = marks.find((each) => hasIndex(each.set, index));
    return mark === undefined ? [] : [{ index, ...mark.outcome }];
  });
}

// A wait between two attempts that is broken off throws the platform's own error.
function isCancel(error: unknown): boolean {
  if (isPipelineError(error)) return error.code === 'RUN_CANCELLED';
  return error instanceof Error && error.name === 'AbortError';
}

function settle(own: LocalCourse, { index, state, reason, message, carried }: IntervalEnd): void {
  own.course = settleRun(own.course, own.rules, [[index, index + 1]], { state, reason });
  if (carried !== undefined) own.runs.carried.set(index, carried);
  // Only this one has waited for it, and it will not run again.
  if (state === 'succeeded') own.runs.carried.delete(index - 1);
  if (state !== 'failed' || own.failures.length >= MOST_FAILURES) return;
  const { key } = intervalAt(own.runs.input.plan, index);
  own.failures.push({ key, code: reason, message: message ?? '' });
}

function newEnd(): LocalCourse['end'] {
  let report: (report: BackfillReport) => void = () => {};
  const promise = new Promise<BackfillReport>((resolve) => {
    report = resolve;
  });
  return { promise, report };
}

function reportOf({ runs: { input }, course, failures, startedAt }: LocalCourse): BackfillReport {
  const counts = countOutcomes(course.outcomes);
  return {
    job: input.job.name,
    intervals: input.plan,
    units: (input.chunk ?? 1) > 1 ? 'chunk' : (input.granularity ?? 'workflow'),
    state: counts.cancelled > 0 ? 'cancelled' : 'done',
    total: input.plan.count,
    ...counts,
    outcomes: course.outcomes,
    failures: [...failures],
    startedAt: new Date(startedAt).toISOString(),
    durationMs: Date.now() - startedAt,
  };
}
