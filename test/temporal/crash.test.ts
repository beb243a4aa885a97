import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { BackfillHandle } from '../../src/client/index.ts';
import { openDevServer } from '../../src/dev/index.ts';
import { type Command, startCommand } from '../cli/command.ts';
import { journal } from '../projects/temporal/journal.ts';
import { openStack, PROJECT, QUICK, quietRuntime, readJson, type Stack, until } from './stack.ts';

beforeAll(quietRuntime);

const DAYS = 60;
const AT_ONCE = 6;

/** A worker as a process of its own, which takes tasks when this returns. */
async function startWorkerProcess({ address, taskQueue }: Stack): Promise<Command> {
  const command = startCommand(['worker', '--project', PROJECT, '--address', address, '--task-queue', taskQueue]);
  await command.said('is ready');
  return command;
}

function startDays(stack: Stack): Promise<BackfillHandle> {
  return stack.kedro.startBackfill({
    job: 'days',
    from: '2015-01-01',
    to: '2015-03-02',
    request: { pipelines: ['days'], runtimeParams: { folder: stack.folder, work: 60 } },
    intervalParams: { key: 'key' },
    concurrency: AT_ONCE,
    run: QUICK,
  });
}

function daysEnded(stack: Stack): number {
  return journal(stack.folder).filter(({ what }) => what === 'end').length;
}

/** Every day has its two files, whole; what a killed process was writing is under a hidden name of its own. */
async function expectWholeFiles(stack: Stack, killed: readonly number[]): Promise<void> {
  const keys = Array.from({ length: DAYS }, (_, i) => new Date(Date.UTC(2015, 0, 1 + i)).toISOString().slice(0, 10));
  for (const [name, whole] of [
    ['made', (key: string) => ({ key, twice: `${key}${key}` })],
    ['checked', (key: string) => ({ key, letters: 20 })],
  ] as const) {
    const files = await readdir(path.join(stack.folder, name));
    expect(files.filter((file) => !file.startsWith('.')).sort()).toEqual(keys.map((key) => `${key}.json`));
    const hidden = files.filter((file) => file.startsWith('.'));
    expect(hidden.filter((file) => !killed.some((pid) => file.includes(`.${pid}.`)))).toEqual([]);
    for (const key of keys) expect(await readJson(stack.folder, name, `${key}.json`)).toEqual(whole(key));
  }
}

/** Each day is one workflow, executed once, and only days that were in hand at the crash were begun again. */
async function expectNoneTwice(stack: Stack): Promise<void> {
  // The list of executions follows their ends by a moment.
  let executions = await listRuns(stack);
  await until(async () => {
    executions = await listRuns(stack);
    return executions.every(({ status }) => status === 'COMPLETED');
  }, 'the end of all runs');
  expect(executions).toHaveLength(DAYS);
  expect(new Set(executions.map(({ workflowId }) => workflowId)).size).toBe(DAYS);
  const begun = journal(stack.folder).filter(({ what }) => what === 'start');
  expect(begun.length).toBeLessThanOrEqual(DAYS + AT_ONCE);
}

async function listRuns({ client, taskQueue }: Stack): Promise<{ workflowId: string; status: string }[]> {
  const runs: { workflowId: string; status: string }[] = [];
  const query = `TaskQueue="${taskQueue}" AND WorkflowType="runJob"`;
  for await (const { workflowId, status } of client.workflow.list({ query })) {
    runs.push({ workflowId, status: status.name });
  }
  return runs;
}

test('kill -9 of the worker in mid-backfill, then a new one: every day done, none twice, no half-written file', async () => {
  const stack = await openStack();
  const first = await startWorkerProcess(stack);
  const handle = await startDays(stack);
  await until(() => daysEnded(stack) >= 15, 'a quarter of the days');
  first.child.kill('SIGKILL');
  await first.ended;
  expect(daysEnded(stack)).toBeLessThan(DAYS - AT_ONCE);
  await startWorkerProcess(stack);
  expect(await handle.result()).toMatchObject({ total: DAYS, succeeded: DAYS, failed: 0, skipped: 0 });
  await expectNoneTwice(stack);
  await expectWholeFiles(stack, [first.pid]);
  expect(new Set(journal(stack.folder).map(({ pid }) => pid)).size).toBe(2);
});

test('kill -9 of the server in mid-backfill, then a new one on its file: the worker goes on, with the same result', async () => {
  const files = await openStack();
  const options = {
    dbFile: path.join(files.folder, 'state.db'),
    ui: false,
    environment: { ...process.env, TEMPORAL_ADDRESS: '' },
  };
  await using first = await openDevServer({ ...options, port: 0 });
  const stack = await openStack(first.address);
  const worker = await startWorkerProcess(stack);
  const handle = await startDays(stack);
  await until(() => daysEnded(stack) >= 15, 'a quarter of the days');
  process.kill(first.pid ?? 0, 'SIGKILL');
  await until(() => !isAlive(first.pid ?? 0), 'the end of the server');
  expect(daysEnded(stack)).toBeLessThan(DAYS - AT_ONCE);
  await using second = await openDevServer({ ...options, port: Number(first.address.split(':')[1]) });
  expect(second.address).toBe(first.address);
  expect(second.pid).not.toBe(first.pid);
  expect(await handle.result()).toMatchObject({ total: DAYS, succeeded: DAYS, failed: 0, skipped: 0 });
  await expectNoneTwice(stack);
  await expectWholeFiles(stack, []);
  worker.child.kill('SIGTERM');
  expect(await worker.ended).toMatchObject({ code: 0 });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
