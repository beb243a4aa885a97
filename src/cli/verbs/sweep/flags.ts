import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { parse } from 'yaml';
import type { SweepOptions } from '../../../client/index.ts';
import { isPlainObject, type JsonObject, type JsonValue, messageOf, PipelineError } from '../../../core/index.ts';
import type { Distribution, PointsSpec, Reducer, StopRule } from '../../../planner/index.ts';
import { defined } from '../../fields.ts';
import { wholeNumber } from '../../flags.ts';
import type { FollowFlags } from '../../following.ts';
import { collectNames } from '../../params.ts';
import { type RequestFlags, requestOf } from '../../request.ts';
import type { WorkerFlags } from '../../worker.ts';

export interface SweepFlags extends WorkerFlags, FollowFlags, Omit<RequestFlags, 'runId' | 'data'> {
  grid?: string[];
  random?: string[];
  count?: number;
  list?: string;
  repeat?: number;
  seedParam?: string;
  seed?: string;
  metric?: string[];
  top?: number;
  max?: boolean;
  min?: boolean;
  quantiles?: string[];
  stopAt?: string;
  patience?: number;
  maxFailures?: string;
  concurrency?: number;
  atOnce?: number;
  attempts?: number;
  rows?: boolean;
  after?: string[];
  afterDataset?: string;
  id?: string;
  again?: boolean;
}

/** What to sweep over and what to keep. */
export function withSweep(command: Command): Command {
  return command
    .option('--grid <param=values>', 'every combination of a=0.1,0.2 and b=1..5; may be repeated', collect)
    .option(
      '--random <param=distribution>',
      'draw --count points: uniform(0,1), log_uniform(0.001,1), int(1,10), normal(0,1), choice(a,b); may be repeated',
      collect,
    )
    .option('--count <n>', 'how many points to draw', wholeNumber)
    .option('--list <@file>', 'points as a list of objects, in a file of JSON or YAML')
    .option('--repeat <n>', 'run each point so often', wholeNumber)
    .option('--seed-param <name>', 'param that is another whole number at each point')
    .option('--seed <seed>', 'what draws and seeds are made from (default: the id)')
    .option(
      '--metric <names>',
      'outputs, or numbers inside them, to look at: score, score.r2; the first one ranks',
      collectNames,
    )
    .option('--top <n>', 'how many of the best points to show', wholeNumber, 5)
    .addOption(new Option('--max', 'the largest is the best (default)').conflicts('min'))
    .option('--min', 'the smallest is the best')
    .option('--quantiles <parts>', 'also the values below which these parts of all are: 0.05,0.5,0.95', collectNames)
    .option('--stop-at <value>', 'stop when a point is that good')
    .option('--patience <n>', 'stop when so many points have brought no better one', wholeNumber)
    .option('--max-failures <n>', 'stop when more points than that have failed')
    .option('--concurrency <n>', 'most batches at once (default: 4)', wholeNumber)
    .option('--at-once <n>', 'most points at once in a batch (default: 1)', wholeNumber)
    .option('--attempts <n>', 'how often to try a point (default: 2)', wholeNumber)
    .option('--rows', 'keep a row of each point in a file')
    .option(
      '--after <pipelines>',
      'run these after the points, with the rows of all of them as a dataset',
      collectNames,
    )
    .option('--after-dataset <name>', 'which dataset that is', 'points')
    .option('--id <id>', 'your name for the sweep (default: from what is asked for)')
    .option('--again', 'run all points again although this sweep is done');
}

/** The sweep that the flags say. Throws `REQUEST_INVALID`. */
export async function optionsOf(flags: SweepFlags): Promise<SweepOptions> {
  const { id, again, concurrency, atOnce, attempts, rows, after, afterDataset = 'points', maxFailures } = flags;
  const [metric] = flags.metric ?? [];
  const stopWhen = stopRule(flags, metric);
  return {
    request: await requestOf(flags),
    points: await pointsOf(flags),
    reduce: reducers(flags),
    ...defined({ id, again, concurrency, atOnce, attempts, rows }),
    ...(maxFailures === undefined ? {} : { maxFailures: number('--max-failures', maxFailures) }),
    ...(stopWhen === undefined ? {} : { stopWhen }),
    ...(after === undefined ? {} : { pipeline: { request: { pipelines: after }, dataset: afterDataset } }),
  };
}

async function pointsOf({ grid, random, count, list, repeat, seedParam, seed }: SweepFlags): Promise<PointsSpec> {
  if (random !== undefined && count === undefined) throw invalid('--random needs --count: how many points to draw.');
  if (count !== undefined && random === undefined)
    throw invalid('--count is for --random; --repeat runs points several times.');
  return {
    ...(list === undefined ? {} : { list: await listFrom(list) }),
    ...(grid === undefined ? {} : { grid: Object.fromEntries(grid.map(gridParam)) }),
    ...(random === undefined
      ? {}
      : { random: { space: Object.fromEntries(random.map(randomParam)), count: count ?? 0 } }),
    ...defined({ repeat, seedParam }),
    ...(seed === undefined ? {} : { seed: /^-?\d{1,15}$/.test(seed) ? Number(seed) : seed }),
  };
}

function reducers({ metric = [], top = 5, min, quantiles }: SweepFlags): Record<string, Reducer> {
  const [first, ...others] = metric;
  if (first === undefined) return {};
  const reduce: Record<string, Reducer> = { best: { topK: { metric: first, k: top, order: min ? 'min' : 'max' } } };
  const at = quantiles?.map((part) => number('--quantiles', part));
  for (const each of [first, ...others]) {
    const name = each === first ? '' : `.${each}`;
    reduce[`mean${name}`] = { mean: { metric: each } };
    if (at !== undefined) reduce[`quantiles${name}`] = { quantiles: { metric: each, at } };
  }
  return reduce;
}

function stopRule({ stopAt, patience, min }: SweepFlags, metric: string | undefined): StopRule | undefined {
  if (stopAt === undefined && patience === undefined) return undefined;
  if (stopAt !== undefined && patience !== undefined) throw invalid('Give --stop-at or --patience, not both.');
  if (metric === undefined) throw invalid('--stop-at and --patience need a --metric.');
  if (patience !== undefined) return { metric, patience, order: min ? 'min' : 'max' };
  const value = number('--stop-at', stopAt ?? '');
  return min ? { metric, atMost: value } : { metric, atLeast: value };
}

// A range of whole numbers, or values as YAML reads them.
function gridParam(text: string): [string, JsonValue[]] {
  const [name, values] = split('--grid', text);
  const range = /^(-?\d+)\.\.(-?\d+)$/.exec(values);
  if (range === null) return [name, listOf('--grid', text, values)];
  const [from, to] = [Number(range[1]), Number(range[2])];
  if (to < from || to - from >= MOST_IN_RANGE)
    throw invalid(`--grid has "${text}": a range goes up, over at most ${MOST_IN_RANGE} numbers.`);
  return [name, Array.from({ length: to - from + 1 }, (_, i) => from + i)];
}

const MOST_IN_RANGE = 100_000;

function randomParam(text: string): [string, Distribution] {
  const [name, how] = split('--random', text);
  const [, kind, values] = /^(\w+)\((.*)\)$/.exec(how) ?? [];
  if (kind === undefined)
    throw invalid(`--random has "${text}", which is not param=distribution(…): lr=log_uniform(0.001,0.1).`);
  // Which distributions there are, and what they take, the planner knows.
  return [name, { [kind]: listOf('--random', text, values ?? '') } as unknown as Distribution];
}

function split(flag: string, text: string): [string, string] {
  const at = text.indexOf('=');
  if (at >= 1) return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  throw invalid(`${flag} has "${text}", which is not param=values.`);
}

function listOf(flag: string, text: string, values: string): JsonValue[] {
  try {
    return parse(`[${values}]`) as JsonValue[];
  } catch (cause) {
    throw invalid(`${flag} has "${text}", which cannot be read: ${messageOf(cause)}`, cause);
  }
}

async function listFrom(text: string): Promise<JsonObject[]> {
  const file = text.replace(/^@/, '');
  const points: unknown = await readFile(file, 'utf8')
    .then(parse)
    .catch((cause: unknown) => {
      throw invalid(`"${file}" cannot be read: ${messageOf(cause)}`, cause);
    });
  if (Array.isArray(points) && points.every(isPlainObject)) return points as JsonObject[];
  throw invalid(`"${file}" does not hold a list of objects.`);
}

function number(flag: string, text: string): number {
  const value = Number(text);
  if (text !== '' && Number.isFinite(value)) return value;
  throw invalid(`${flag} has "${text}", which is no number.`);
}

function collect(item: string, before: string[] = []): string[] {
  return [...before, item];
}

function invalid(message: string, cause?: unknown): PipelineError {
  return new PipelineError('REQUEST_INVALID', message, { cause });
}
