/** The state of every interval of a job, cheap to ask again. */
import type { Client } from '@temporalio/client';
import { checkJobName } from '../backfill/index.ts';
import type { IntervalRule } from '../calendar/index.ts';
import { PipelineError } from '../core/index.ts';
import { type FrozenPlan, indexOfKey, intervalsOf } from '../planner/index.ts';
import type { BackfillReader, BackfillStanding } from './backfill-reader.ts';
import { boundedMap } from './bounded-map.ts';
import { type ListedInterval, type StateSets, statesOf } from './interval-states.ts';
import { boundKeys, planOfRange, rangeOf } from './job-range.ts';
import { type JobListing, jobListing } from './listed-intervals.ts';

/** Whose intervals. */
export interface JobIntervalsOptions {
  /** Name of the job. */
  job: string;
  /** How time is divided. Default: as the newest backfill of the job divides it. */
  rule?: IntervalRule | undefined;
  /** Whether the range goes on to the last interval that has ended. Default: false, to the last one that is known. */
  isScheduled?: boolean;
}

/** All intervals of a job, from the first one of which anything is known. */
export interface IntervalStanding {
  job: string;
  every: string;
  timeZone: string;
  /** Of its intervals; undefined while nothing is known of any. The same object as long as the intervals are the same. */
  span: IntervalSpan | undefined;
  states: StateSets;
}

/** The intervals of a plan. Instants are ISO 8601, UTC. */
export interface IntervalSpan {
  plan: FrozenPlan;
  keys: readonly string[];
  starts: readonly string[];
}

/**
 * Reads the states of a job's intervals. Throws `JOB_NOT_FOUND` for a job without a rule of which no backfill is known, and
 * `SERVER_UNREACHABLE`.
 */
export type IntervalReader = (options: JobIntervalsOptions) => Promise<IntervalStanding>;

const MOST_JOBS = 100;

// Each is read once, but heard at each update.
const MOST_BACKFILLS = 100;

const NO_STATES: StateSets = { succeeded: {}, failed: {}, skipped: {}, cancelled: {}, running: [] };

/** Makes a reader, which remembers what it has read of each job. */
export function intervalReader(client: Client, taskQueue: string, backfills: BackfillReader): IntervalReader {
  const jobs = boundedMap<string, JobMemory>(MOST_JOBS);
  return async (options) => {
    const { job } = options;
    checkJobName(job);
    const memory = jobs.get(job) ?? new JobMemory(jobListing(client, taskQueue, job), backfills);
    jobs.set(job, memory);
    return await memory.read(options);
  };
}

class JobMemory {
  readonly #list: () => Promise<JobListing>;
  readonly #backfills: BackfillReader;
  /** Runs by index of the span's plan. */
  #runs: (ListedInterval | undefined)[] = [];
  #span: IntervalSpan | undefined;
  /** Keys of runs that are not in `#runs` as they stand; undefined: all. */
  #stale: Set<string> | undefined;
  /** The first and the last key, of how many, by which rule. */
  #bounds: { keys: string[]; size: number; rule: string } | undefined;
  /** What the span was made of. */
  #spanOf = '';
  /** Two readings at once would both take what has changed. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(list: () => Promise<JobListing>, backfills: BackfillReader) {
    this.#list = list;
    this.#backfills = backfills;
  }

  read(options: JobIntervalsOptions): Promise<IntervalStanding> {
    const next = this.#turn.then(() => this.#read(options));
    this.#turn = next.catch(() => {});
    return next;
  }

  async #read({ job, rule, isScheduled = false }: JobIntervalsOptions): Promise<IntervalStanding> {
    const listing = await this.#list();
    this.#note(listing);
    const words = await this.#wordsOf(listing);
    const given = rule ?? words[0]?.rule;
    if (given === undefined) throw unknownJob(job);
    const keys = this.#boundsOf(given, listing);
    const range = rangeOf({ rule: given, isScheduled, keys, plans: words.map(({ plan }) => plan) });
    const spanOf = JSON.stringify([given, range]);
    if (spanOf !== this.#spanOf) this.#setSpan(planOfRange(given, range));
    this.#spanOf = spanOf;
    const span = this.#span;
    const states = span === undefined ? NO_STATES : statesOf(span.plan, this.#placed(span.plan, listing), words);
    return { job, every: given.every, timeZone: given.timeZone, span, states };
  }

  // What a reading has brought is kept when something after it fails.
  #note({ changed }: JobListing): void {
    if (changed === undefined) this.#stale = undefined;
    for (const key of changed ?? []) this.#stale?.add(key);
  }

  async #wordsOf({ backfills }: JobListing): Promise<BackfillStanding[]> {
    const newest = [...backfills.values()].sort((a, b) => b.startTime.getTime() - a.startTime.getTime());
    const told = await Promise.all(newest.slice(0, MOST_BACKFILLS).map((each) => this.#backfills.of(each)));
    return told.sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt));
  }

  #boundsOf(rule: IntervalRule, { runs, changed }: JobListing): string[] {
    const text = JSON.stringify(rule);
    const known = this.#bounds;
    if (changed !== undefined && known?.size === runs.size && known.rule === text) return known.keys;
    const keys = boundKeys(rule, runs.keys());
    this.#bounds = { keys, size: runs.size, rule: text };
    return keys;
  }

  #setSpan(plan: FrozenPlan | undefined): void {
    if (plan !== undefined && plan.hash === this.#span?.plan.hash) return;
    this.#span = plan && spanOf(plan);
    this.#stale = undefined;
  }

  #placed(plan: FrozenPlan, { runs }: JobListing): (ListedInterval | undefined)[] {
    if (this.#stale === undefined) this.#runs = [];
    for (const key of this.#stale ?? runs.keys()) {
      const index = indexOfKey(plan, key);
      if (index !== undefined) this.#runs[index] = runs.get(key);
    }
    this.#stale = new Set();
    return this.#runs;
  }
}

function spanOf(plan: FrozenPlan): IntervalSpan {
  const [keys, starts]: [string[], string[]] = [[], []];
  for (const { key, start } of intervalsOf(plan)) {
    keys.push(key);
    starts.push(start);
  }
  return { plan, keys, starts };
}

function unknownJob(job: string): PipelineError {
  const message = `No intervals are known of a job "${job}": temporal.yml has no such job with "every", and the server knows no backfill of it.`;
  return new PipelineError('JOB_NOT_FOUND', message, { details: { job } });
}
