/** A worker whose runs are in threads: a node that computes for a minute keeps nobody waiting, and a cancel ends it. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { openNativeSession } from '../../src/index.ts';
import { doings, journal } from '../projects/temporal/journal.ts';
import { openStack, PROJECT, QUICK, quietRuntime, type Stack, until } from './stack.ts';

beforeAll(quietRuntime);

const MINUTE = 60_000;

async function inThreads(threads: number): Promise<Stack> {
  const stack = await openStack();
  await stack.startWorker({}, { session: () => openNativeSession({ project: PROJECT, isolation: 'thread', threads }) });
  return stack;
}

function unique(name: string): string {
  return `${name}-${crypto.randomUUID().slice(0, 8)}`;
}

async function heartbeatOf({ client }: Stack, workflowId: string): Promise<number> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const [activity] = raw.pendingActivities ?? [];
  return Number(activity?.lastHeartbeatTime?.seconds ?? 0);
}

test('a node that spins for a minute: heartbeats go on, another run is served, and a cancel ends it within seconds', async () => {
  const stack = await inThreads(2);
  const runId = unique('spin');
  const run = await stack.kedro.startRun(
    { runId, pipelines: ['spin'], runtimeParams: { folder: stack.folder, spin: MINUTE } },
    QUICK,
  );
  await until(() => doings(stack.folder).includes('spin'), 'the node spins');
  // Three beats of a run that may be silent for two seconds at most.
  const first = await heartbeatOf(stack, runId);
  await until(async () => (await heartbeatOf(stack, runId)) >= first + 4, 'heartbeats go on');
  expect(await run.status()).toMatchObject({ state: 'running', attempt: 1, progress: { running: 'spin' } });

  const other = await stack.kedro.run({ pipelines: ['steps'], runtimeParams: { folder: stack.folder } }, QUICK);
  expect(other.outputs).toMatchObject({ result: { tries: 1 } });

  const at = Date.now();
  await run.cancel();
  await expect(run.result()).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
  const took = Date.now() - at;
  expect(await run.status()).toMatchObject({ state: 'cancelled' });
  // Two on a machine that has nothing else to do; the node itself would need most of a minute.
  expect(took).toBeLessThan(8_000);

  const after = [1, 2].map((key) =>
    stack.kedro.run(
      { pipelines: ['spin'], runtimeParams: { folder: stack.folder, key: `after ${key}`, spin: 50 } },
      QUICK,
    ),
  );
  for (const report of await Promise.all(after)) expect(report.outputs).toEqual({ spun: { turns: true } });
  expect(doings(stack.folder).filter((what) => what === 'spun')).toHaveLength(2);
  expect(new Set(journal(stack.folder).map(({ pid }) => pid)).size).toBe(1);
});

test('a run whose thread dies is tried again and goes on after what was saved', async () => {
  const stack = await inThreads(1);
  const report = stack.kedro.run(
    { runId: unique('dies'), pipelines: ['wait'], runtimeParams: { folder: stack.folder, how: 'exit' } },
    QUICK,
  );
  await until(() => doings(stack.folder).filter((what) => what === 'wait').length === 2, 'the second attempt waits');
  await writeFile(path.join(stack.folder, 'go'), '');
  expect((await report).nodes.map(({ name, status }) => `${name} ${status}`)).toEqual(['begin skipped', 'wait done']);
});
