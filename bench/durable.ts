/**
 * What we add to Temporal, in turn on one server and one worker:
 *
 * - a backfill of no-op days against bare child workflows with one no-op activity each, the same number in the same window;
 * - the same with an activity a day against bare activities;
 * - a long backfill: its history, its state, and what the worker's memory does;
 * - a scheduled run behind a deep backfill: how late it starts, against an idle queue;
 * - the plan of 100,000 intervals.
 */
import { Client, Connection } from '@temporalio/client';
import { type BackfillHandle, type BackfillOptions, createKedroClient, type KedroClient } from 'kedro-temporal/client';
import { openDevServer } from 'kedro-temporal/dev';
import { inform, median, report } from './measure.ts';
import { openWorker, TASK_QUEUE } from './worker.ts';

const WINDOW = 50;
const ROUNDS = 3;
const DAY = 86_400_000;

/** Returns false when an aim is missed. */
export async function benchDurable(): Promise<boolean> {
  await using server = await openDevServer({
    port: 0,
    ui: false,
    environment: { ...process.env, TEMPORAL_ADDRESS: '' },
  });
  const worker = await openWorker(server.address);
  const client = new Client({ connection: await Connection.connect({ address: server.address }) });
  const kedro = createKedroClient(client, { taskQueue: TASK_QUEUE });
  return await worker.runUntil(async () => {
    const met = [
      await compareDays(client, kedro, { what: 'days as child workflows', bare: 'bareParent', count: 1_000, aim: 0.9 }),
      await compareDays(client, kedro, {
        what: 'days as activities',
        bare: 'bareActivities',
        count: 5_000,
        aim: 0.8,
        granularity: 'activity',
      }),
      await longBackfill(client, kedro),
    ];
    await planMany(kedro);
    await liveBehind(client, kedro);
    return met.every(Boolean);
  });
}

interface Comparison {
  what: string;
  /** Workflow that does the bare thing. */
  bare: 'bareParent' | 'bareActivities';
  count: number;
  aim: number;
  granularity?: 'activity';
}

async function compareDays(client: Client, kedro: KedroClient, comparison: Comparison): Promise<boolean> {
  const { what, bare, count, aim, granularity } = comparison;
  const ratios: number[] = [];
  const each = { bare: 0, ours: 0 };
  for (let round = 0; round <= ROUNDS; round++) {
    const isWarmUp = round === 0;
    const size = isWarmUp ? 100 : count;
    const theirs = await timed(() => runBare(client, bare, size, round));
    const job = `${granularity ?? 'workflow'}-${round}`;
    const own = await timed(() => runBackfill(kedro, job, size, granularity === undefined ? {} : { granularity }));
    if (isWarmUp) continue;
    ratios.push(theirs / own);
    each.bare = theirs / size;
    each.ours = own / size;
  }
  const ratio = median(ratios);
  const detail = `${each.ours.toFixed(1)} ms each, bare ${each.bare.toFixed(1)}`;
  report(`durable: ${count} no-op ${what} against bare (${detail})`, ratio.toFixed(2), `>= ${aim}`, ratio >= aim);
  return ratio >= aim;
}

/** 10,000 days against as many bare children, each once, and what they leave. */
async function longBackfill(client: Client, kedro: KedroClient): Promise<boolean> {
  const count = 10_000;
  const bare = await timed(() => runBare(client, 'bareParent', count, 9));
  const memory: number[] = [];
  const look = setInterval(() => memory.push(process.memoryUsage().rss), 1_000);
  const handle = await startBackfill(kedro, 'long', count);
  const own = await timed(() => allSucceeded(handle, count));
  clearInterval(look);
  const ratio = bare / own;
  report(`durable: ${count} no-op days against bare children, once`, ratio.toFixed(2), '>= 0.9', ratio >= 0.9);
  const { historyLength, raw } = await client.workflow.getHandle(handle.id).describe();
  inform('durable: events of its last execution', String(historyLength));
  inform('durable: bytes of its last history', String(raw.workflowExecutionInfo?.historySizeBytes ?? 0));
  const state = await client.workflow.getHandle(handle.id).query('input');
  inform('durable: bytes that an execution hands to the next', String(Buffer.byteLength(JSON.stringify(state))));
  const at = (part: number) => `${Math.round((memory[Math.floor((memory.length - 1) * part)] ?? 0) / 2 ** 20)}`;
  inform('durable: worker (and client) resident at start, middle, end, MiB', `${at(0)}, ${at(0.5)}, ${at(1)}`);
  return ratio >= 0.9;
}

async function planMany(kedro: KedroClient): Promise<void> {
  const started = performance.now();
  const plan = await kedro.planBackfill({ ...optionsOf('planned', 100_000), every: 'hour', to: hourAfter(100_000) });
  inform(`durable: plan of ${plan.total} hours, ms`, (performance.now() - started).toFixed(0));
  inform('durable: its bytes', String(Buffer.byteLength(JSON.stringify(plan))));
}

/** How late the activity of a scheduled run starts, with and without a deep backfill before it. */
async function liveBehind(client: Client, kedro: KedroClient): Promise<void> {
  const idle = await startsLate(client, 'idle');
  const handle = await startBackfill(kedro, 'deep', 4_000, { concurrency: 200 });
  const behind = await startsLate(client, 'behind');
  await handle.cancel();
  await handle.result();
  const each = `${idle.toFixed(0)}, ${behind.toFixed(0)}`;
  inform('durable: a scheduled run starts late by, idle and behind 200 days, ms', each);
}

async function startsLate(client: Client, name: string): Promise<number> {
  const job = {
    name,
    rule: { every: 'day', timeZone: 'UTC', dst: { gap: 'shift', overlap: 'once' } },
    parts: [{ name: 'part', request: { pipelines: ['chain'], runtimeData: { value_0: 1 } } }],
  };
  const schedule = await client.schedule.create({
    scheduleId: name,
    spec: {},
    action: { type: 'startWorkflow', workflowType: 'scheduledRun', taskQueue: TASK_QUEUE, args: [{ job }] },
  });
  const late: number[] = [];
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const asked = Date.now();
    await schedule.trigger();
    late.push(await untilRun(client, name, asked));
  }
  await schedule.delete();
  return median(late);
}

/** Milliseconds from the trigger to the end of what it started. */
async function untilRun(client: Client, name: string, asked: number): Promise<number> {
  for (;;) {
    const { info } = await client.schedule.getHandle(name).describe();
    const started = info.recentActions.at(-1);
    if (started !== undefined && started.takenAt.getTime() >= asked - 1_000) {
      const { workflowId } = started.action.workflow;
      await client.workflow.getHandle(workflowId).result();
      const { closeTime } = await client.workflow.getHandle(workflowId).describe();
      return (closeTime?.getTime() ?? Date.now()) - asked;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function runBare(client: Client, type: string, count: number, round: number): Promise<void> {
  const done = await client.workflow.execute(type, {
    workflowId: `${type}/${round}`,
    taskQueue: TASK_QUEUE,
    args: [count, WINDOW],
  });
  if (done !== count) throw new Error(`${done} of ${count} ran`);
}

async function runBackfill(
  kedro: KedroClient,
  job: string,
  count: number,
  more: Partial<BackfillOptions>,
): Promise<void> {
  await allSucceeded(await startBackfill(kedro, job, count, more), count);
}

async function startBackfill(kedro: KedroClient, job: string, count: number, more: Partial<BackfillOptions> = {}) {
  return await kedro.startBackfill({ ...optionsOf(job, count), ...more });
}

async function allSucceeded(handle: BackfillHandle, count: number): Promise<void> {
  const { succeeded } = await handle.result();
  if (succeeded !== count) throw new Error(`${succeeded} of ${count} days succeeded`);
}

function optionsOf(job: string, count: number): BackfillOptions {
  return {
    job,
    from: '2000-01-01',
    to: new Date(Date.UTC(2000, 0, 1) + count * DAY).toISOString().slice(0, 10),
    concurrency: WINDOW,
    request: { pipelines: ['chain'], runtimeData: { value_0: 1 } },
  };
}

function hourAfter(hours: number): string {
  return `${new Date(Date.UTC(2000, 0, 1) + hours * 3_600_000).toISOString().slice(0, 13)}:00Z`;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
