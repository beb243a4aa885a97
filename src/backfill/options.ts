/** What a user says of a backfill, and what the workflow gets. */
import type { BackfillInput, Carry, DurableRunOptions, IntervalPart, Job } from '../../workflows/index.ts';
import {
  type IntervalOptions,
  type IntervalRule,
  intervalRule,
  lastIntervalBefore,
  planIntervals,
} from '../calendar/index.ts';
import { type JsonObject, PipelineError, type RunRequest, suggestion } from '../core/index.ts';
import { type FrozenPlan, hashJson, ON_FAILURE, ORDERS } from '../planner/index.ts';

export const SKIP_MODES = ['none', 'failed', 'completed', 'existing'] as const;

/** What to leave out: intervals whose newest run failed, or succeeded, or whose outputs are all there. */
export type SkipMode = (typeof SKIP_MODES)[number];

/** Options of a backfill. */
export interface BackfillOptions extends Partial<Omit<IntervalOptions, 'from' | 'to'>> {
  /** A job, or the name of one that `request` describes: it names the runs, `<job>/<key>`. */
  job: string | Job;
  /** Where the first interval starts: `2015-01-01`, a month, year or instant. */
  from: string;
  /** First instant that is not in the range any more. Default: the end of the last interval that has ended. */
  to?: string;
  /** Pipelines, params and filters of each run. With a job, its `runtimeParams` only: they go over those of each part. */
  request?: RunRequest;
  /** Runtime param → part of the interval. Default: `interval_key`, `interval_start` and `interval_end`. */
  intervalParams?: Readonly<Record<string, IntervalPart>>;
  /** Most runs at once, 1 to 1,000. Default: 10. */
  concurrency?: number;
  /** Default: `forward`. */
  order?: BackfillInput['order'];
  /** Default: `none`. */
  skip?: SkipMode | readonly SkipMode[];
  /** An interval starts when the one before has succeeded or was skipped. Default: false. */
  dependsOnPast?: boolean;
  /** An output that each run hands to the next; implies `dependsOnPast`. */
  carry?: Carry;
  /** What failures do: `continue`, `stop` or `pause`. Default: `continue`. */
  onFailure?: BackfillInput['onFailure'];
  /** Failures after which `onFailure` takes hold. Default: 1. */
  maxFailures?: number;
  /** Most neighbouring intervals in one run. Default: 1. */
  chunk?: number;
  /** `activity`: intervals have no workflow of their own, which costs a sixth. Default: `workflow`. */
  granularity?: BackfillInput['granularity'];
  /** What to do about an interval that is running elsewhere: `join`, `skip` or `replace`. Default: `join`. */
  ifRunning?: BackfillInput['ifRunning'];
  /** Whether it gives way while runs of schedules are late. Default: true. */
  yields?: boolean;
  /** Schedule to let run again when the range has caught up with now. */
  untilLive?: { scheduleId: string };
  /** Start again although a backfill of this job, range and request is done. Default: false. */
  again?: boolean;
  run?: DurableRunOptions;
}

// A workflow may have 2,000 children that have not ended; half of that leaves room for a server that is set lower.
const MOST_AT_ONCE = 1000;

/** Behind live runs, whose key is 3 by default and 2 from a schedule. */
const BACKFILL_PRIORITY = 4;

/** The workflow's argument, without what past runs decide. Throws `REQUEST_INVALID` and what dates throw. */
export function backfillInput(options: BackfillOptions, now = new Date()): BackfillInput {
  const job = jobOf(options);
  check(options, job);
  const { concurrency = 10, order, dependsOnPast, carry, onFailure, maxFailures, chunk, granularity } = options;
  const { ifRunning, yields, untilLive, run } = options;
  const given = {
    order,
    dependsOnPast,
    carry,
    onFailure,
    maxFailures,
    chunk,
    granularity,
    ifRunning,
    yields,
    untilLive,
  };
  return {
    job,
    plan: planOf(options, job, now),
    concurrency,
    priority: run?.priority ?? job.run?.priority ?? { priorityKey: BACKFILL_PRIORITY },
    keepsCompleted: skipModes(options).includes('completed'),
    ...(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<BackfillInput>),
  };
}

/** One id for a job, a range and what each run does, so that asking twice is asking once. */
export function backfillId({ job, plan, untilLive }: BackfillInput): string {
  const { name, parts, intervalParams = {} } = job;
  // One that goes on until now is one, whenever it is asked for.
  const range = untilLive === undefined ? plan.hash : { until_live: plan.start };
  const what = { range, parts, intervalParams } as unknown as JsonObject;
  return `${name}/backfill/${hashJson(JSON.parse(JSON.stringify(what)) as JsonObject)}`;
}

export function skipModes({ skip = 'none' }: BackfillOptions): SkipMode[] {
  return (Array.isArray(skip) ? [...skip] : [skip as SkipMode]).filter((mode) => mode !== 'none');
}

function planOf(options: BackfillOptions, job: Job, now: Date): FrozenPlan {
  const rule = job.rule ?? ruleOf(options);
  const to = options.to ?? lastIntervalBefore(rule, now.toISOString())?.end;
  if (to === undefined)
    throw new PipelineError('RANGE_INVALID', `No interval has ended before ${now.toISOString()} yet.`);
  return planIntervals({ ...rule, from: options.from, to });
}

function ruleOf({ every, at, timeZone, dst, calendar, anchor }: BackfillOptions): IntervalRule {
  const given = { every: every ?? (at === undefined ? 'day' : undefined), at, timeZone, dst, calendar, anchor };
  return intervalRule(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
}

/** The job, with its rule and with what the options say of its runs. */
function jobOf(options: BackfillOptions): Job {
  const { job, request = {}, intervalParams, run } = options;
  if (typeof job === 'string') {
    const own: Job = { name: job, parts: [{ name: 'run', request }], rule: ruleOf(options) };
    return { ...own, ...(intervalParams && { intervalParams }), ...(run && { run }) };
  }
  const rule = job.rule ?? ruleOf(options);
  const { runtimeParams = {}, ...rest } = request;
  if (Object.keys(rest).length > 0) {
    throw invalid(
      `The job "${job.name}" says what it runs; only runtimeParams can be given beside it, not ${Object.keys(rest).join(', ')}.`,
    );
  }
  const parts = job.parts.map((part) => ({
    ...part,
    request: { ...part.request, runtimeParams: { ...part.request.runtimeParams, ...runtimeParams } },
  }));
  return { ...job, rule, parts, ...(intervalParams && { intervalParams }), run: { ...job.run, ...run } };
}

function check(options: BackfillOptions, { name, parts, waitsFor = [], pool }: Job): void {
  const { concurrency = 10, maxFailures = 1, chunk = 1, order = 'forward', onFailure = 'continue' } = options;
  checkJobName(name);
  checkConcurrency(concurrency);
  checkWhole('maxFailures', maxFailures);
  checkWhole('chunk', chunk);
  checkWord('order', order, ORDERS);
  checkWord('onFailure', onFailure, ON_FAILURE);
  for (const mode of skipModes(options)) checkWord('skip', mode, SKIP_MODES);
  const isChain = options.dependsOnPast === true || options.carry !== undefined;
  if (isChain && order !== 'forward') throw invalid(`An interval that depends on the one before cannot run ${order}.`);
  if (chunk > 1 && options.carry !== undefined)
    throw invalid('A chunk is one run: nothing can be carried inside it. Leave chunk or carry out.');
  if (chunk > 1 && parts.length > 1)
    throw invalid(`A chunk runs one part, and job "${name}" has ${parts.length}: leave chunk out.`);
  const isBare = chunk > 1 || options.granularity === 'activity';
  if (isBare && (waitsFor.length > 0 || pool !== undefined)) {
    throw invalid(
      `Job "${name}" waits for another job or has a pool: its intervals need workflows of their own (no chunk, no granularity "activity").`,
    );
  }
  if (options.untilLive !== undefined && options.to !== undefined)
    throw invalid('A backfill until live ends now: leave "to" out.');
}

/** Throws `REQUEST_INVALID` for a name that cannot name runs and files. */
export function checkJobName(name: string): void {
  if (/^[\w.-]+$/.test(name)) return;
  throw invalid(`The job "${name}" may hold letters, digits, "_", "-" and "." only: it names runs and files.`);
}

/** Throws `REQUEST_INVALID` unless it is a whole number from 1 to 1,000. */
export function checkConcurrency(concurrency: number): void {
  checkWhole('concurrency', concurrency, MOST_AT_ONCE);
}

function checkWhole(name: string, value: number, most = Number.POSITIVE_INFINITY): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  const range = most === Number.POSITIVE_INFINITY ? 'from 1' : `from 1 to ${most}`;
  throw invalid(`${name} is ${value}; it must be a whole number ${range}.`);
}

function checkWord(name: string, value: string, words: readonly string[]): void {
  if (!words.includes(value))
    throw invalid(`There is no ${name} "${value}".${suggestion(value, words)} There are: ${words.join(', ')}.`);
}

function invalid(message: string): PipelineError {
  return new PipelineError('REQUEST_INVALID', message);
}
