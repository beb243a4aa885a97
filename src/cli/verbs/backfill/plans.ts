/** `backfill plan` and `backfill apply`: looking before starting. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { type BackfillPlan, plannedIntervals } from '../../../backfill/index.ts';
import { PipelineError } from '../../../core/index.ts';
import { intervalAt, sizeOf } from '../../../planner/index.ts';
import { table } from '../../table.ts';
import { duration, styled } from '../../terminal.ts';

const MOST_ROWS = 20;

/** Keeps a plan in the project's own folder, where `apply` finds it by its hash. */
export async function storePlan(project: string, plan: BackfillPlan): Promise<void> {
  const file = fileOf(project, plan.hash);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(path.join(path.dirname(path.dirname(file)), '.gitignore'), '*\n');
  await writeFile(file, JSON.stringify(plan));
}

/** The plan with that hash, or in that file. Throws `REQUEST_INVALID`. */
export async function readPlan(project: string, hash: string): Promise<BackfillPlan> {
  const file = /^[0-9a-f]{16}$/.test(hash) ? fileOf(project, hash) : hash;
  try {
    return JSON.parse(await readFile(file, 'utf8')) as BackfillPlan;
  } catch (cause) {
    throw new PipelineError(
      'REQUEST_INVALID',
      `There is no plan ${hash} here; "backfill plan" makes one and prints its hash.`,
      { cause },
    );
  }
}

/** A plan as one JSON document: every interval in full. */
export function planJson(plan: BackfillPlan) {
  const { hash, id, job, total, toRun, estimate, skipped } = plan;
  return {
    hash,
    id,
    job,
    total,
    to_run: toRun,
    skipped: Object.fromEntries(Object.entries(skipped).map(([reason, set]) => [reason, sizeOf(set)])),
    ...(estimate === undefined ? {} : { estimate: { duration_ms: estimate.durationMs, runs: estimate.runs } }),
    intervals: [...plannedIntervals(plan)],
  };
}

/** A plan for a person: its intervals (the first and the last of many), and what it comes to. */
export function planText(plan: BackfillPlan): string {
  const rows: string[][] = [];
  const half = MOST_ROWS / 2;
  for (const { key, start, end, action, reason } of plannedIntervals(plan)) {
    const place = rows.length;
    rows.push([key, start, end, action, reason ?? '']);
    if (plan.total > MOST_ROWS && place >= half && rows.length > MOST_ROWS) rows.splice(half, 1);
  }
  if (plan.total > MOST_ROWS) rows.splice(half, 0, ['…', `${plan.total - MOST_ROWS} more`, '', '', '']);
  return `${table(['interval', 'start', 'end', 'what', 'why'], rows)}\n\n${summaryOf(plan)}`;
}

/** What a plan comes to, in a line or two. */
export function summaryOf(plan: BackfillPlan): string {
  const { total, toRun, skipped, estimate, input, hash } = plan;
  const [first, last] = [intervalAt(input.plan, 0), intervalAt(input.plan, total - 1)];
  const out = Object.entries(skipped).map(([reason, set]) => `${sizeOf(set)} left out (${reason})`);
  const time =
    estimate === undefined
      ? 'no past run to say how long'
      : `about ${duration(estimate.durationMs)}, by ${estimate.runs} past runs`;
  const what = [
    `${toRun} of ${total} to run, ${first.key} to ${last.key}`,
    ...out,
    `${input.concurrency} at once`,
    time,
  ];
  return `${what.join(' · ')}\nplan ${styled('bold', hash, process.stdout)}`;
}

/** Asks the person at the terminal, where there is one who wants to be asked. Throws `RUN_CANCELLED` where the answer is no. */
export async function checkWanted(flags: { yes?: boolean }, plan: () => Promise<BackfillPlan>): Promise<void> {
  if (flags.yes || !process.stdin.isTTY || !process.stderr.isTTY) return;
  const answer = await answerTo(`${summaryOf(await plan())}\nRun it? [Y/n] `);
  if (!/^(y(es)?)?$/i.test(answer.trim()))
    throw new PipelineError(
      'RUN_CANCELLED',
      'Nothing was started: the answer was no. --yes starts without a question.',
    );
}

async function answerTo(question: string): Promise<string> {
  const questions = createInterface({ input: process.stdin, output: process.stderr });
  // At the end of the input, and at Ctrl-C, it closes and answers nothing.
  const closed = new Promise<string>((resolve) => questions.once('close', () => resolve('no')));
  try {
    return await Promise.race([questions.question(question), closed]);
  } finally {
    questions.close();
  }
}

function fileOf(project: string, hash: string): string {
  return path.join(path.resolve(project), '.kedro-temporal', 'plans', `${hash}.json`);
}
