/** Flags of a backfill, and the options they say. */
import { type Command, Option } from 'commander';
import { type BackfillOptions, SKIP_MODES, type SkipMode } from '../../../backfill/index.ts';
import { intervalRule } from '../../../calendar/index.ts';
import { PipelineError } from '../../../core/index.ts';
import { ON_FAILURE, ORDERS } from '../../../planner/index.ts';
import { wholeNumber } from '../../flags.ts';
import type { FollowFlags } from '../../following.ts';
import { type RuleFlags, ruleOptionsOf, withRule } from '../../interval-rule.ts';
import { collectNames, parseIntervalParams } from '../../params.ts';
import { type RequestFlags, requestOf } from '../../request.ts';
import type { WorkerFlags } from '../../worker.ts';
import { type FoundJob, findJob } from './jobs.ts';

/** Flags that are options as they stand. */
const PLAIN = [
  'to',
  'concurrency',
  'order',
  'dependsOnPast',
  'granularity',
  'onFailure',
  'maxFailures',
  'ifRunning',
  'again',
] as const satisfies readonly (keyof BackfillOptions)[];

export type BackfillFlags = WorkerFlags &
  RequestFlags &
  RuleFlags &
  Pick<BackfillOptions, (typeof PLAIN)[number]> & {
    job?: string;
    from?: string;
    skip?: string[];
    chunk?: string;
    carry?: string;
    intervalParams?: string;
    untilLive?: boolean;
    priority?: number;
    yields?: boolean;
    yes?: boolean;
  } & FollowFlags;

/** Adds the flags that say which intervals, and how they run. */
export function withBackfill(command: Command): Command {
  command
    .option('--job <name>', 'a job of conf/<env>/temporal.yml, or a name for --pipelines; runs are <job>/<interval>')
    .option('--from <date>', 'first interval')
    .option('--to <date>', 'where the range ends, itself not part of it (default: the last interval that has ended)');
  return withRule(command)
    .option(
      '--interval-params <param=part,…>',
      'runtime params filled with the interval’s key, start, end, time_zone or scheduled_time (default: interval_key, …)',
    )
    .option('--concurrency <n>', 'most runs at once (default: the job’s, else 10)', wholeNumber)
    .addOption(new Option('--order <order>', 'which intervals first (default: forward)').choices([...ORDERS]))
    .option(
      '--skip <which>',
      `leave out intervals by their past runs or their data: ${SKIP_MODES.join(', ')}`,
      collectNames,
    )
    .option('--depends-on-past', 'start an interval when the one before has succeeded')
    .option('--carry <output:dataset>', 'hand an output of each run to the next, as that dataset')
    .option('--chunk <n|7d>', 'neighbouring intervals in one run')
    .addOption(
      new Option('--granularity <what>', 'what an interval’s run is (default: workflow)').choices([
        'workflow',
        'activity',
      ]),
    )
    .addOption(new Option('--on-failure <what>', 'what failures do (default: continue)').choices([...ON_FAILURE]))
    .option('--max-failures <n>', 'failures after which --on-failure takes hold (default: 1)', wholeNumber)
    .addOption(
      new Option('--if-running <what>', 'about an interval that is running elsewhere (default: join)').choices([
        'join',
        'skip',
        'replace',
      ]),
    )
    .option('--no-yields', 'do not give way while runs of schedules are late')
    .option('--priority <1-5>', 'of its runs; 1 goes first (default: 4)', wholeNumber)
    .option('--until-live', 'go on until now, then let the job’s schedule run again')
    .option('--again', 'run all intervals again although this range is done');
}

/** The options that the flags say, over those of the job in temporal.yml. Throws `REQUEST_INVALID`, `JOB_NOT_FOUND`. */
export async function optionsOf(flags: BackfillFlags): Promise<BackfillOptions> {
  const { job: name, from, untilLive, skip, carry, intervalParams, priority, yields } = flags;
  if (name === undefined) throw wrong('Say which job: --job NAME.');
  if (from === undefined) throw wrong('Say where the range begins: --from 2015-01-01.');
  const found = await findJob(flags, name);
  const rule = await ruleOf(flags, found);
  const given = PLAIN.map((key) => [key, flags[key]]).filter(([, value]) => value !== undefined);
  return {
    ...found.defaults,
    ...(Object.fromEntries(given) as Partial<BackfillOptions>),
    ...rule,
    job: found.job,
    from,
    request: await requestOf(flags),
    ...(skip === undefined ? {} : { skip: skip as SkipMode[] }),
    ...chunkOf(flags.chunk ?? found.chunk, found.every ?? rule.every ?? 'day'),
    ...(carry === undefined ? {} : { carry: carryOf(carry) }),
    ...(intervalParams === undefined ? {} : { intervalParams: parseIntervalParams(intervalParams) }),
    ...(yields === false ? { yields } : {}),
    ...(priority === undefined ? {} : { run: { priority: { priorityKey: priority } } }),
    ...(untilLive === true ? { untilLive: { scheduleId: found.scheduleId } } : {}),
  };
}

async function ruleOf(flags: RuleFlags, { every, job }: FoundJob) {
  if (every === undefined) return await ruleOptionsOf(flags);
  const given = [flags.every, flags.timeZone, flags.calendar, flags.anchor, flags.dstGap, flags.dstOverlap];
  if (given.every((flag) => flag === undefined)) return {};
  const name = typeof job === 'string' ? job : job.name;
  throw wrong(
    `The job "${name}" says in temporal.yml how its time is divided ("${every}"); leave --every, --time-zone, --calendar and --dst-… out.`,
  );
}

const HOURS: Record<string, number> = { h: 1, hour: 1, d: 24, day: 24, w: 168, week: 168 };

/** `7`, or `7d` in intervals of the rule. */
function chunkOf(text: string | number | undefined, every: string): { chunk?: number } {
  if (text === undefined) return {};
  const [, digits, unit] = /^(\d+)\s*([hdw])?$/.exec(String(text).trim()) ?? [];
  const count = Number(digits);
  if (digits === undefined || count < 1) {
    throw wrong(`The chunk is "${text}"; say a number of intervals, or a time like 7d.`);
  }
  if (unit === undefined) return { chunk: count };
  const [, times = '1', word = ''] = /^(?:(\d+) )?(hour|day|week)s?$/.exec(intervalRule({ every }).every) ?? [];
  const intervals = (count * (HOURS[unit] ?? 0)) / (Number(times) * (HOURS[word] ?? Number.NaN));
  if (Number.isInteger(intervals) && intervals >= 1) return { chunk: intervals };
  throw wrong(`The chunk ${text} is no whole number of intervals every "${every}"; say how many intervals.`);
}

function carryOf(text: string): { output: string; dataset: string } {
  const [output, dataset] = text.split(':');
  if (output && dataset) return { output, dataset };
  throw wrong(`--carry is "${text}"; say output:dataset.`);
}

function wrong(message: string): PipelineError {
  return new PipelineError('REQUEST_INVALID', message);
}
