/** What the console's routes answer, with a real server and a real worker behind them. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { SweepOptions } from '../../src/client/index.ts';
import { openNativeSession } from '../../src/index.ts';
import type {
  About,
  BackfillList,
  BackfillView,
  JobIntervals,
  JobList,
  PipelineList,
  RunList,
  RunView,
  SweepList,
  SweepView,
  WorkerList,
} from '../../src/server/api.ts';
import { jobsOf } from '../jobs/files.ts';
import { backfill, jobOf, keys } from '../temporal/backfills.ts';
import { openStack, PROJECT, QUICK, quietRuntime, type Stack, until } from '../temporal/stack.ts';
import { at, openConsole } from './console.ts';

beforeAll(quietRuntime);

async function openStarted(): Promise<Stack> {
  const stack = await openStack();
  await stack.startWorker();
  return stack;
}

function uiOf({ client, taskQueue }: Stack) {
  return { temporal: { client, taskQueue, uiUrl: 'http://ui.test/' } };
}

test('a run by its id, slashes and all: nodes that wait are named, links are filled', async () => {
  const stack = await openStarted();
  const session = await openNativeSession({ project: PROJECT });
  const logsUrl = 'https://logs.test/?q={run_id}&from={start}&to={end}';
  const console = openConsole(stack, { ...uiOf(stack), session, logsUrl });
  const runId = `a/b c/${crypto.randomUUID()}`;
  await stack.kedro.startRun({ runId, pipelines: ['wait'], runtimeParams: { folder: stack.folder } }, QUICK);
  const states = async () => (await console.durableRunView(runId)).nodes.map(({ name, state }) => `${name} ${state}`);
  await until(async () => (await states()).join() === 'begin waiting,wait waiting', 'the run waits for its first sign');
  await until(async () => (await states())[1] === 'wait running', 'the second node runs');
  expect(await states()).toEqual(['begin done', 'wait running']);
  await writeFile(path.join(stack.folder, 'go'), '');
  const report = await stack.kedro.getRun(runId).result();
  const view: RunView = await console.durableRunView(runId);
  expect(view).toMatchObject({
    run_id: runId,
    mode: 'durable',
    state: 'succeeded',
    save_version: report.saveVersion,
    attempts: [{ part: 'wait', attempt: 1, state: 'succeeded' }],
    nodes: [
      { name: 'begin', state: 'done', started_at: new Date(report.nodes[0]?.at ?? 0).toISOString() },
      { name: 'wait', state: 'done', duration_ms: report.nodes[1]?.durationMs },
    ],
  });
  const id = encodeURIComponent(runId);
  expect(view.links).toEqual({
    temporal: `http://ui.test/namespaces/default/workflows/${id}`,
    logs: `https://logs.test/?q=${id}&from=${encodeURIComponent(view.started_at)}&to=${encodeURIComponent(view.ended_at ?? '')}`,
  });
  const { runs } = await console.get<RunList>('/runs?limit=1');
  expect(runs).toMatchObject([{ run_id: runId }]);
  await session.close();
});

test('jobs: those of the file, and those of which there is a backfill', async () => {
  const stack = await openStarted();
  const name = `job-${crypto.randomUUID().slice(0, 8)}`;
  const days = `jobs:\n  ${name}: { pipeline: days, every: day, time_zone: Europe/Berlin, description: A day. }`;
  const console = openConsole(stack, { jobs: () => jobsOf(days) });
  const options = jobOf(stack, 2, { work: 1 });
  await backfill(stack, options);
  await until(async () => (await console.get<JobList>('/jobs')).jobs.length === 2, 'the backfill is listed');
  const { jobs } = await console.get<JobList>('/jobs');
  expect(jobs).toMatchObject([
    { name, description: 'A day.', every: 'day', time_zone: 'Europe/Berlin', parts: ['days'], configured: true },
    { name: options.job, every: 'day', configured: false, parts: ['run'], backfill: { phase: 'ended', succeeded: 2 } },
  ]);
  expect(jobs[0]).not.toHaveProperty('backfill');
  const empty = await console.get<JobIntervals>(at`/jobs/${name}/intervals`);
  expect(empty).toMatchObject({ every: 'day', time_zone: 'Europe/Berlin', keys: [], starts: [] });
  expect(await console.refused('/jobs/nobody/intervals')).toMatchObject({ status: 404, code: 'JOB_NOT_FOUND' });
});

test('a backfill is read, paused, steered, skipped, resumed, cancelled and retried', async () => {
  const stack = await openStarted();
  const console = openConsole(stack, uiOf(stack));
  const options = jobOf(stack, 6, { bad: ['2015-01-01'], work: 1 });
  const handle = await stack.kedro.startBackfill({ ...options, concurrency: 1, onFailure: 'pause' });
  const of = (control: string) => `${at`/backfills/${handle.id}`}/${control}`;
  const view = () => console.get<BackfillView>(at`/backfills/${handle.id}`);
  await until(async () => (await view()).phase === 'paused', 'it has paused by itself');
  expect(await view()).toMatchObject({
    id: handle.id,
    job: options.job,
    why: 'AFTER_FAILURES',
    first_key: '2015-01-01',
    start: '2015-01-01T00:00:00Z',
    end: '2015-01-07T00:00:00Z',
    total: 6,
    failed: 1,
    failures: [{ key: '2015-01-01', code: 'NODE_FAILED' }],
    links: { temporal: `http://ui.test/namespaces/default/workflows/${encodeURIComponent(handle.id)}` },
  });
  expect(await console.post(of('concurrency'), { concurrency: 3 })).toMatchObject({ concurrency: 3 });
  expect(await console.post(of('skip'), { keys: ['2015-01-05'] })).toMatchObject({ skipped: 1 });
  expect(await console.refused(of('skip'), { keys: ['2015-02-05'] })).toMatchObject({
    status: 404,
    code: 'INTERVAL_NOT_FOUND',
  });
  expect(await console.refused(of('concurrency'), { concurrency: 0 })).toMatchObject({
    status: 422,
    code: 'REQUEST_INVALID',
  });
  expect(await console.refused(of('skip'), {})).toMatchObject({
    status: 422,
    message: expect.stringContaining('keys'),
  });
  await writeFile(path.join(stack.folder, 'mended'), '');
  await console.post(of('retry'));
  await console.post(of('resume'));
  await handle.result();
  await until(async () => (await view()).phase === 'ended', 'it has ended');
  expect(await view()).toMatchObject({ succeeded: 5, skipped: 1, failed: 0, failures: [] });
  expect(await console.refused(of('pause'))).toMatchObject({ status: 409, code: 'BACKFILL_ENDED' });
  // One that has ended goes on.
  expect(await console.post(of('retry'), { keys: ['2015-01-02'] })).toMatchObject({ id: handle.id });
  await handle.result();
  const { backfills } = await console.get<BackfillList>(`/backfills?job=${options.job}`);
  expect(backfills).toMatchObject([{ id: handle.id }]);
  const { keys: shown, states } = await console.get<JobIntervals>(`/jobs/${options.job}/intervals`);
  expect(shown).toEqual(keys(6));
  expect(states.skipped).toEqual({ BY_HAND: [[4, 5]] });
  expect(console.unmeant).toEqual([]);
});

test('cancel ends a backfill, and controls of what is none are refused', async () => {
  const stack = await openStarted();
  const console = openConsole(stack);
  const handle = await stack.kedro.startBackfill({ ...jobOf(stack, 4, { work: 1 }), concurrency: 1 });
  await console.post(at`/backfills/${handle.id}/pause`);
  await console.post(at`/backfills/${handle.id}/cancel`);
  expect((await handle.result()).state).toBe('cancelled');
  for (const control of ['pause', 'resume', 'cancel', 'retry']) {
    const refused = await console.refused(at`/backfills/${'nobody/backfill/1'}/${control}`);
    expect(refused).toMatchObject({ status: 404, code: 'RUN_NOT_FOUND' });
  }
  expect(await console.refused(at`/sweeps/${handle.id}/pause`)).toMatchObject({ status: 404, code: 'RUN_NOT_FOUND' });
  expect(await console.refused(at`/backfills/${'nobody'}`)).toMatchObject({ status: 404, code: 'RUN_NOT_FOUND' });
});

test('a control that no worker takes is refused, and nothing hangs', async () => {
  const stack = await openStack();
  const console = openConsole(stack);
  const handle = await stack.kedro.startBackfill(jobOf(stack, 2));
  expect(await console.refused(at`/backfills/${handle.id}/pause`)).toMatchObject({
    status: 503,
    code: 'WORKER_UNREACHABLE',
    message: expect.stringContaining(stack.taskQueue),
  });
});

function sweepOf(stack: Stack, more: Partial<SweepOptions> = {}): SweepOptions {
  return {
    id: `sweep/${crypto.randomUUID().slice(0, 8)}`,
    request: { pipelines: ['score'], runtimeParams: { folder: stack.folder, trouble: { bad: [1] } } },
    points: { grid: { x: [0, 1, 2, 3, 4], 'other.flag': [true, false] } },
    reduce: { best: { topK: { metric: 'score.value', k: 2 } }, value: { mean: { metric: 'score.value' } } },
    run: QUICK,
    ...more,
  };
}

test('a sweep without rows shows its best points, one with rows all of them', async () => {
  const stack = await openStarted();
  const console = openConsole(stack, { project: stack.folder });
  const lean = await stack.kedro.startSweep(sweepOf(stack));
  const full = await stack.kedro.startSweep(sweepOf(stack, { rows: true, reduce: {} }));
  await Promise.all([lean.result(), full.result()]);
  await until(async () => (await console.get<SweepList>('/sweeps')).sweeps.every(({ state }) => state === 'done'));
  const { sweeps } = await console.get<SweepList>('/sweeps');
  expect(sweeps.map(({ id, phase }) => `${id} ${phase}`).sort()).toEqual(
    [`${lean.id} ended`, `${full.id} ended`].sort(),
  );
  const best = await console.get<SweepView>(at`/sweeps/${lean.id}`);
  expect(best).toMatchObject({
    phase: 'ended',
    state: 'done',
    pipelines: ['score'],
    total: 10,
    succeeded: 8,
    failed: 2,
    not_run: 0,
    points_from: 'best',
    params: ['x', 'other.flag'],
    metrics: ['score.value'],
    best: { index: 6, metrics: { 'score.value': 0 }, params: { x: 3, 'other.flag': true } },
    goal: { metric: 'score.value', order: 'max' },
  });
  expect(best.points.map(({ index }) => index)).toEqual([6, 7]);
  const rows = await console.get<SweepView>(at`/sweeps/${full.id}`);
  expect(rows.points_from).toBe('rows');
  expect(rows.points.map(({ index }) => index)).toEqual([0, 1, 4, 5, 6, 7, 8, 9]);
  expect(rows).not.toHaveProperty('best');
  expect(rows.points[2]).toMatchObject({ index: 4, params: { x: 2, 'other.flag': true } });
});

test('a sweep is paused, resumed and cancelled', async () => {
  const stack = await openStarted();
  const console = openConsole(stack);
  const handle = await stack.kedro.startSweep(
    sweepOf(stack, {
      request: { pipelines: ['score'], runtimeParams: { folder: stack.folder, trouble: { slow: [2] } } },
    }),
  );
  const url = at`/sweeps/${handle.id}`;
  expect(await console.post(`${url}/pause`)).toMatchObject({ phase: 'paused', points_from: expect.any(String) });
  expect(await console.post(`${url}/resume`)).toMatchObject({ phase: 'running' });
  await console.post(`${url}/cancel`);
  await handle.result();
  expect(await console.get(url)).toMatchObject({ phase: 'ended', state: 'cancelled' });
});

test('workers, pipelines, and what the endpoint is', async () => {
  const stack = await openStarted();
  const session = await openNativeSession({ project: PROJECT });
  const console = openConsole(stack, { ...uiOf(stack), session, allow: { pipelines: ['days', 'echo'] } });
  expect(await console.get<WorkerList>('/workers')).toMatchObject({
    task_queue: stack.taskQueue,
    workers: [{ state: 'done', engine: 'native', warm: [] }],
  });
  const list = await console.get<PipelineList>('/pipelines');
  expect(Object.keys(list.pipelines).sort()).toEqual(['days', 'echo']);
  expect(list).toMatchObject({
    project: 'temporal',
    engine: 'native',
    pipelines: { echo: { nodes: [{ name: 'echo', inputs: ['params:key'], outputs: ['echo'], tags: ['quick'] }] } },
    datasets: { made: { type: 'json.JSONDataset' } },
  });
  expect(await console.get<About>('/about')).toEqual({
    project: 'temporal',
    version: '1',
    task_queue: stack.taskQueue,
    namespace: 'default',
    temporal_ui: 'http://ui.test/',
    durable: true,
    direct: true,
  });
  await session.close();
});

test('a task queue without workers has none; a process without a session has no pipelines', async () => {
  const stack = await openStack();
  const console = openConsole(stack);
  expect(await console.get<WorkerList>('/workers')).toEqual({ task_queue: stack.taskQueue, workers: [] });
  expect(await console.refused('/pipelines')).toMatchObject({ status: 503, code: 'SESSION_CLOSED' });
});
