/** Backfills beside schedules: catching up with now, and giving way. */
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { applySchedules } from '../../src/client/index.ts';
import type { Job } from '../../workflows/index.ts';
import { jobsOf } from '../jobs/files.ts';
import { journal } from '../projects/temporal/journal.ts';
import { openStack, QUICK, quietRuntime, type Stack, until } from './stack.ts';

beforeAll(quietRuntime);

/** A job that runs each minute, with its schedule on the server. */
async function minuteJob(stack: Stack, schedule: string): Promise<Job> {
  const name = stack.taskQueue.slice(0, 13);
  const days = `pipeline: days, params: { folder: "${stack.folder}", work: 1 }, interval_params: { key: key }`;
  const file = await jobsOf(`jobs:\n  ${name}: { ${days}, every: "* * * * *", schedule: ${schedule} }`);
  await applySchedules(stack.client, file.schedules, { taskQueue: stack.taskQueue });
  onTestFinished(async () => {
    await stack.client.schedule
      .getHandle(name)
      .delete()
      .catch(() => {});
  });
  const { granularity: _, backfill: __, description: ___, ...job } = file.jobs[name] ?? {};
  return { ...(job as Job), run: QUICK };
}

function minuteOf(ms: number): number {
  return Math.floor(ms / 60_000);
}

/** Minutes of keys like `2015-01-31T06-30`. */
function minutesRun(stack: Stack): number[] {
  return journal(stack.folder)
    .filter(({ what }) => what === 'end')
    .map(({ key }) => minuteOf(Date.parse(`${key.slice(0, 13)}:${key.slice(14)}Z`)));
}

test('until live: it catches up, lets the schedule run again, and no minute is missing or run twice', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const job = await minuteJob(stack, '{ paused: true }');
  const first = minuteOf(Date.now()) - 5;
  const from = new Date(first * 60_000).toISOString();
  const handle = await stack.kedro.startBackfill({ job, from, untilLive: { scheduleId: job.name } });
  const report = await handle.result();
  expect(report).toMatchObject({ state: 'done', failed: 0 });
  const { state } = await stack.client.schedule.getHandle(job.name).describe();
  expect(state).toMatchObject({ paused: false, note: expect.stringContaining('has caught up to') });
  const boundary = minuteOf(Date.parse(report.intervals.end));
  // The schedule's own first minutes come behind it.
  await until(() => minutesRun(stack).some((minute) => minute >= boundary), 'a scheduled run', 130_000);
  const minutes = minutesRun(stack);
  expect(minutes.toSorted((a, b) => a - b)).toEqual(Array.from(minutes, (_, i) => first + i));
}, 180_000);

test('gives way while a scheduled run waits for a worker, and keeps one run going', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const job = await minuteJob(stack, '{ paused: true }');
  // Nobody listens there: its runs are late.
  const away = { ...job, name: `${job.name}-away`, run: { ...QUICK, taskQueue: `${stack.taskQueue}-nobody` } };
  const late = await stack.client.workflow.start('scheduledRun', {
    workflowId: `${away.name}-start`,
    taskQueue: stack.taskQueue,
    args: [{ job: away }],
  });
  const slow = { ...job, parts: job.parts.map((part) => withWork(part, 700)) };
  const handle = await stack.kedro.startBackfill({
    job: slow,
    from: '2015-01-01T00:00Z',
    to: '2015-01-01T01:00Z',
    concurrency: 8,
  });
  await until(async () => (await handle.progress()).allowed < 8, 'giving way', 40_000);
  const { allowed, phase } = await handle.progress();
  expect([allowed >= 1, phase]).toEqual([true, 'open']);
  await late.terminate();
  await stack.client.workflow.getHandle(`${away.name}/${(await lateKeys(stack, away.name))[0]}`).terminate();
  await handle.cancel();
}, 120_000);

function withWork(part: Job['parts'][number], work: number): Job['parts'][number] {
  return { ...part, request: { ...part.request, runtimeParams: { ...part.request.runtimeParams, work } } };
}

async function lateKeys(stack: Stack, name: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { workflowId } of stack.client.workflow.list({ query: `WorkflowId STARTS_WITH '${name}/'` })) {
    keys.push(workflowId.slice(name.length + 1));
  }
  return keys;
}
