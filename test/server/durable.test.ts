/** Durable runs by HTTP, and a server that is away. */
import { Client, Connection } from '@temporalio/client';
import { beforeAll, expect, test } from 'vitest';
import { jobsOf } from '../jobs/files.ts';
import { pipelineFile, withSession } from '../projects/tiny.ts';
import { jobOf } from '../temporal/backfills.ts';
import { openStack, quietRuntime, until } from '../temporal/stack.ts';
import { type Asking, allOf, eventsOf, withEndpoint } from './asking.ts';

beforeAll(quietRuntime);

const newId = () => `run-${crypto.randomUUID()}`;

const served =
  (work: (asking: Asking, stack: Awaited<ReturnType<typeof openStack>>) => Promise<void>, timeoutMs = 20_000) =>
  async () => {
    const stack = await openStack();
    const temporal = { client: stack.client, taskQueue: stack.taskQueue };
    await withEndpoint(undefined, { temporal, limits: { timeoutMs } }, (asking) => work(asking, stack));
  };

test(
  'a durable run answers as a direct one, twice the same, and can be looked at and followed',
  served(async ({ get, post, url }, stack) => {
    await stack.startWorker();
    const request = { pipelines: ['echo'], runtime_params: { key: 'a' }, run_id: newId() };
    const first = await post('/run', request);
    expect(first.body).toMatchObject({
      status: 'success',
      mode: 'durable',
      outputs: { echo: 'a' },
      run_id: request.run_id,
    });
    expect((await post('/run', request)).body).toEqual(first.body);
    expect((await post('/run', { ...request, runtime_params: { key: 'b' } })).status).toBe(409);
    expect((await get(`/runs/${request.run_id}`)).body).toMatchObject({ mode: 'durable', state: 'succeeded' });
    const events = await allOf(eventsOf(`${url}/runs/${request.run_id}/events`));
    expect(events.at(-1)).toMatchObject({ event: 'run', data: { state: 'succeeded' } });
    expect((await post('/run', { pipeline_names: ['echo'], params: { key: 'a' } })).body).toEqual({
      status: 'success',
      run_id: expect.any(String),
      duration_ms: expect.any(Number),
    });
  }),
);

test(
  'a durable run that fails is a failure with its code',
  served(async ({ post }, stack) => {
    await stack.startWorker();
    const { status, body } = await post('/run', { pipelines: ['final'], runtime_params: { folder: stack.folder } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'failure', error: { code: 'NODE_FAILED', retryable: false } });
    expect(body.error.message).toContain('this can never work');
  }),
);

test(
  'it goes on without a worker: 202 at once, or after the timeout; DELETE cancels it once',
  served(async (asking) => {
    const { get, post } = asking;
    const run_id = newId();
    const request = { pipelines: ['echo'], run_id };
    for (const body of [{ ...request, wait: false }, request]) {
      expect(await post('/run', body)).toMatchObject({
        status: 202,
        body: { status: 'running', run_id, mode: 'durable' },
      });
    }
    expect((await get(`/runs/${run_id}`)).body.state).toBe('running');
    expect((await asking.delete(`/runs/${run_id}`)).status).toBe(202);
    expect((await get('/runs/nobody')).status).toBe(404);
    expect((await asking.delete('/runs/nobody')).status).toBe(404);
  }, 300),
);

test('of a durable run, too, a caller sees what the lists allow, and no secret of a URL', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const temporal = { client: stack.client, taskQueue: stack.taskQueue };
  const access = { allow: { datasets: ['none'], params: ['key'] } };
  await withEndpoint(undefined, { temporal, access }, async ({ get, post, url }) => {
    const { runId } = await stack.kedro.startRun({ pipelines: ['echo'], runtimeParams: { key: 'a', admin: 'b' } });
    await stack.kedro.getRun(runId).result();
    const shown = expect.objectContaining({ outputs: {}, references: {}, saved: [], runtime_params: { key: 'a' } });
    expect((await get(`/runs/${runId}`)).body).toEqual(shown);
    expect((await allOf(eventsOf(`${url}/runs/${runId}/events`))).at(-1)?.data).toEqual(shown);
    const topic = eventsOf(`${url}/events?topics=run:${runId}`);
    expect((await topic.next()).value?.data).toEqual(shown);
    await topic.return(undefined);
    const pipelines = ['postgres://u:hunter2@db/x'];
    const failed = await stack.kedro.startRun({ pipelines });
    await stack.kedro
      .getRun(failed.runId)
      .result()
      .catch(() => {});
    const { body } = await get(`/runs/${failed.runId}`);
    expect(body.error.message).toContain('<redacted>@db/x');
    expect(JSON.stringify([body.error, body.attempts.map(({ error }: { error?: object }) => error)])).not.toContain(
      'hunter2',
    );
    expect((await post('/run', { pipelines, mode: 'durable' })).body.error.message).not.toContain('hunter2');
  });
});

test(
  'DELETE cancels runs of this task queue alone: no other workflow, no run of other workers',
  served(async (asking, { client, kedro, taskQueue }) => {
    const others = [
      { id: newId(), type: 'payment', queue: taskQueue },
      { id: `j/backfill/${newId()}`, type: 'backfill', queue: taskQueue },
      { id: newId(), type: 'runPipeline', queue: `${taskQueue}-other` },
    ];
    for (const { id, type, queue } of others) {
      await client.workflow.start(type, { workflowId: id, taskQueue: queue, args: [{ request: {} }] });
      const answer = await asking.delete(`/runs/${encodeURIComponent(id)}`);
      expect(answer, type).toMatchObject({ status: 404, body: { error: { code: 'RUN_NOT_FOUND' } } });
      const { events } = await client.workflow.getHandle(id).fetchHistory();
      expect(
        events?.some((event) => event.workflowExecutionCancelRequestedEventAttributes),
        type,
      ).toBe(false);
      await client.workflow.getHandle(id).terminate();
    }
    const { runId } = await kedro.startRun({ pipelines: ['echo'] });
    expect((await asking.delete(`/runs/${runId}`)).status).toBe(202);
  }),
);

test('an id that a job would give to one of its runs is refused, and an id with a slash of one’s own is taken', async () => {
  const stack = await openStack();
  const temporal = { client: stack.client, taskQueue: stack.taskQueue };
  const jobs = () => jobsOf('jobs:\n  totals: { pipeline: days, every: day }\n');
  const known = await stack.kedro.startBackfill({ ...jobOf(stack, 1), job: `old-${newId()}` });
  await withEndpoint(undefined, { temporal, jobs }, async ({ post }) => {
    const start = (run_id: string) => post('/run', { pipelines: ['echo'], mode: 'durable', wait: false, run_id });
    const job = known.id.split('/', 1)[0] ?? '';
    await until(async () => (await start(`${job}/2015-01-01`)).status === 409, 'the backfill is listed');
    for (const id of ['totals/2026-01-01', 'totals/backfill/x', `${job}/2015-01-02`]) {
      expect(await start(id), id).toMatchObject({ status: 409, body: { error: { code: 'RUN_ID_TAKEN' } } });
    }
    expect((await start(`predict-${newId()}/2026-01-01`)).status).toBe(202);
  });
});

test(
  'without a session, runs are durable, and a snapshot says so',
  served(async ({ get, post }) => {
    expect((await post('/run', { mode: 'direct' })).body.error.message).toContain('without a session');
    expect((await get('/snapshot')).body).toMatchObject({ status: 'failure' });
    expect((await get('/health')).status).toBe(200);
  }),
);

test('a Temporal server that is away keeps nobody from direct runs', () => {
  const files = { 'pipelines/one.ts': pipelineFile(`node(() => 1, { outputs: 'one', name: 'one' })`) };
  return withSession(files, async (session) => {
    const connection = Connection.lazy({ address: '127.0.0.1:1', connectTimeout: '1 second' });
    const temporal = { client: new Client({ connection }), taskQueue: 'away' };
    await withEndpoint(session, { temporal }, async ({ get, post }) => {
      expect((await post('/pipelines/one/run', {})).body).toMatchObject({ status: 'success', outputs: { one: 1 } });
      const durable = await post('/pipelines/one/run', { mode: 'durable' });
      expect(durable).toMatchObject({ status: 503, body: { error: { code: 'SERVER_UNREACHABLE', retryable: true } } });
      expect((await get('/runs/nobody')).status).toBe(503);
    });
    await connection.close();
  });
});
