import path from 'node:path';
import { Client, Connection, WorkflowFailedError } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import type { PipelineSession } from '../../src/core/index.ts';
import { openNativeSession } from '../../src/index.ts';
import { KedroPlugin } from '../../src/plugin/index.ts';
import { doings } from '../projects/temporal/journal.ts';
import { openStack, PROJECT, QUICK, quietRuntime, startWorker, until } from './stack.ts';

beforeAll(quietRuntime);

const OWN_WORKFLOWS = path.resolve(import.meta.dirname, 'workflows/own.ts');

/** A factory of sessions that notes in `log` what is asked of them. */
function watched(log: string[]): () => Promise<PipelineSession> {
  return async () => {
    log.push('open');
    const session = await openNativeSession({ project: PROJECT });
    return {
      ...bound(session),
      run: async (request, live) => {
        log.push('run');
        return await session.run(request, live).finally(() => log.push('ran'));
      },
      preload: async (artifacts, options) => {
        log.push(`preload ${artifacts}`);
        return await session.preload(artifacts, options);
      },
      close: async () => {
        log.push('close');
        await session.close();
      },
    };
  };
}

function bound(session: PipelineSession): PipelineSession {
  return {
    id: session.id,
    project: session.project,
    describe: () => session.describe(),
    preload: (artifacts, options) => session.preload(artifacts, options),
    run: (request, live) => session.run(request, live),
    checkOutputs: (request) => session.checkOutputs(request),
    releaseCache: (artifacts) => session.releaseCache(artifacts),
    close: () => session.close(),
    [Symbol.asyncDispose]: () => session.close(),
  };
}

function runId(): string {
  return `plugin-${crypto.randomUUID()}`;
}

describe('the session of a worker', () => {
  test('opens before the worker polls, runs share it, and it closes after the last activity', async () => {
    const stack = await openStack();
    const log: string[] = [];
    const worker = await stack.startWorker({ shutdownGraceTime: '10 seconds' }, { session: watched(log) });
    expect(log).toEqual(['open']);
    const runs = await Promise.all(
      ['a', 'b'].map((key) =>
        stack.kedro.startRun(
          { runId: runId(), pipelines: ['days'], runtimeParams: { folder: stack.folder, key, work: 150 } },
          QUICK,
        ),
      ),
    );
    await until(() => doings(stack.folder).filter((what) => what === 'start').length === 2);
    await worker.stop();
    expect(log).toEqual(['open', 'run', 'run', 'ran', 'ran', 'close']);
    await Promise.all(runs.map((run) => run.cancel()));
  });

  test('loads its artifacts before the first task', async () => {
    const stack = await openStack();
    const log: string[] = [];
    await stack.kedro.startRun({ runId: runId(), pipelines: ['echo'] });
    const preload = { preload: ['made'], preloadOptions: { runtimeParams: { folder: PROJECT, key: 'artifact' } } };
    await stack.startWorker({}, { session: watched(log), ...preload });
    await until(() => log.includes('ran'));
    expect(log).toEqual(['open', 'preload made', 'run', 'ran']);
  });

  test('is one although the connection and the worker both have the plugin', async () => {
    const log: string[] = [];
    const plugin = new KedroPlugin({ session: watched(log) });
    const connection = await NativeConnection.connect({ address: inject('temporalAddress'), plugins: [plugin] });
    const worker = await Worker.create({
      connection,
      taskQueue: runId(),
      workflowBundle: { codePath: inject('workflowBundle') },
      plugins: [plugin],
    });
    const ended = worker.run();
    await until(() => worker.getState() === 'RUNNING');
    worker.shutdown();
    await ended;
    await connection.close();
    expect(log).toEqual(['open', 'close']);
  });

  test('is shared by workers that share a plugin, however fast the second one starts, and outlives the first', async () => {
    const stack = await openStack();
    const log: string[] = [];
    const plugins = [new KedroPlugin({ session: watched(log) })];
    const [one, other] = await Promise.all([
      startWorker(stack.address, { taskQueue: `${stack.taskQueue}-one`, plugins }),
      startWorker(stack.address, { taskQueue: stack.taskQueue, plugins }),
    ]);
    await one.stop();
    expect(log).toEqual(['open']);
    await stack.kedro.run({ runId: runId(), pipelines: ['echo'] });
    await other.stop();
    expect(log).toEqual(['open', 'run', 'ran', 'close']);
  });

  test('is opened anew for a worker that starts after the last one has ended', async () => {
    const stack = await openStack();
    const log: string[] = [];
    const plugins = [new KedroPlugin({ session: watched(log) })];
    for (const _ of [1, 2]) await (await startWorker(stack.address, { taskQueue: stack.taskQueue, plugins })).stop();
    expect(log).toEqual(['open', 'close', 'open', 'close']);
  });
});

describe('a worker whose session does not come up', () => {
  test.each([
    { what: 'the session does not open', session: () => Promise.reject(new Error('no such database')), preload: [] },
    { what: 'an artifact does not load', session: undefined, preload: ['no_such_artifact'] },
  ])('ends with that error, takes no task and leaves nothing open: $what', async ({ session, preload }) => {
    const stack = await openStack();
    const taskQueue = `${stack.taskQueue}-sessions`;
    await stack.startWorker();
    const runs = await Promise.all(
      Array.from({ length: 20 }, () =>
        stack.kedro.startRun({ runId: runId(), pipelines: ['echo'] }, { ...QUICK, taskQueue }),
      ),
    );
    for (const run of runs) await until(async () => (await run.status()).attempt === 1);
    const log: string[] = [];
    const plugin = new KedroPlugin({ session: session ?? watched(log), preload });
    const connection = await NativeConnection.connect({ address: stack.address });
    const worker = await Worker.create({
      connection,
      taskQueue,
      workflowBundle: { codePath: inject('workflowBundle') },
      activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 20 },
      plugins: [plugin],
    });
    await expect(worker.run()).rejects.toThrow(/no such database|no_such_artifact/);
    expect(worker.getState()).toBe('STOPPED');
    await connection.close();
    if (session === undefined) expect(log).toEqual(['open', 'preload no_such_artifact', 'close']);
    for (const run of runs) {
      const { raw } = await stack.client.workflow.getHandle(run.runId).describe();
      expect(raw.pendingActivities).toMatchObject([{ attempt: 1, lastStartedTime: null }]);
      await run.cancel();
    }
  });
});

describe('what is the user’s own wins', () => {
  test('workflows, and an activity under one of our names; the other activities of ours stay', async () => {
    const stack = await openStack();
    const connection = await NativeConnection.connect({ address: stack.address });
    const worker = await Worker.create({
      connection,
      taskQueue: stack.taskQueue,
      workflowsPath: OWN_WORKFLOWS,
      activities: { 'kedro.describe': async () => 'my own words' },
      plugins: [new KedroPlugin({ session: () => openNativeSession({ project: PROJECT }) })],
    });
    const ended = worker.run();
    const { workflow } = stack.client;
    const start = { taskQueue: stack.taskQueue, workflowId: runId(), args: [] };
    expect(await workflow.execute('describeOnce', start)).toBe('my own words');
    const ours = { ...start, workflowId: runId(), args: [{ request: {} }], workflowTaskTimeout: '2 seconds' } as const;
    const handle = await workflow.start('runPipeline', ours);
    await until(async () => {
      const { events } = await handle.fetchHistory();
      return events?.some((event) => event.workflowTaskFailedEventAttributes) ?? false;
    });
    await handle.terminate();
    worker.shutdown();
    await ended;
    await connection.close();
  });

  test('settings of the worker', async () => {
    const plugin = new KedroPlugin({ session: () => openNativeSession({ project: PROJECT }) });
    const options = plugin.configureWorker({ taskQueue: 'q', maxHeartbeatThrottleInterval: '7 seconds' });
    expect(options).toMatchObject({
      maxHeartbeatThrottleInterval: '7 seconds',
      stickyQueueScheduleToStartTimeout: '1 second',
      workflowsPath: expect.stringMatching(/workflows[/\\]index\.ts$/),
    });
  });
});

test('a worker that names no workflows gets ours', async () => {
  const stack = await openStack();
  const connection = await NativeConnection.connect({ address: stack.address });
  const plugins = [new KedroPlugin({ session: () => openNativeSession({ project: PROJECT }) })];
  const worker = await Worker.create({ connection, taskQueue: stack.taskQueue, plugins });
  const ended = worker.run();
  const report = await stack.kedro.run({ runId: runId(), pipelines: ['echo'], runtimeParams: { key: 'ours' } });
  expect(report.outputs).toEqual({ echo: 'ours' });
  worker.shutdown();
  await ended;
  await connection.close();
});

test('a worker that is given no connection has two of the SDK’s, and ends in peace', async () => {
  const stack = await openStack();
  const connect = NativeConnection.connect;
  const made: NativeConnection[] = [];
  // The SDK connects to localhost:7233; this test's server is elsewhere.
  const elsewhere = vi.spyOn(NativeConnection, 'connect').mockImplementation(async function (this: unknown) {
    const connection = await connect.call(this as typeof NativeConnection, { address: stack.address });
    made.push(connection);
    return connection;
  });
  onTestFinished(() => elsewhere.mockRestore());
  const log: string[] = [];
  const worker = await Worker.create({
    taskQueue: stack.taskQueue,
    workflowBundle: { codePath: inject('workflowBundle') },
    plugins: [new KedroPlugin({ session: watched(log) })],
  });
  const ended = worker.run();
  await stack.kedro.run({ runId: runId(), pipelines: ['echo'] });
  worker.shutdown();
  await ended;
  expect(log).toEqual(['open', 'run', 'ran', 'close']);
  expect(made).toHaveLength(2);
});

test('a client may have the plugin too: nothing opens, and it works as before', async () => {
  const log: string[] = [];
  const plugins = [new KedroPlugin({ session: watched(log) })];
  const connection = await Connection.connect({ address: inject('temporalAddress'), plugins });
  const client = new Client({ connection, plugins });
  const handle = await client.workflow.start('runPipeline', {
    taskQueue: 'nobody-listens',
    workflowId: runId(),
    args: [{ request: {} }],
  });
  await handle.cancel();
  await handle.terminate();
  await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
  await connection.close();
  expect(log).toEqual([]);
});
