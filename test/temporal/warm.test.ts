/** Artifacts loaded and released through Temporal: in one worker, in all of them, in none that has ended. */
import path from 'node:path';
import { NativeConnection, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PipelineSession } from '../../src/core/index.ts';
import { openNativeSession } from '../../src/index.ts';
import { KedroPlugin } from '../../src/plugin/index.ts';
import { startCommand } from '../cli/command.ts';
import { untilListed } from './pollers.ts';
import {
  openStack,
  PROJECT,
  quietRuntime,
  type RunningWorker,
  type Stack,
  startWorker,
  until,
  writeJson,
} from './stack.ts';

beforeAll(quietRuntime);

const QUICKLY = { patience: '3 seconds' } as const;

/** Makes sessions, and remembers them by what they are called. */
function sessions() {
  const opened = new Map<string, PipelineSession>();
  const session = (id: string) => async () => {
    const one = await openNativeSession({ project: PROJECT, id });
    opened.set(id, one);
    return one;
  };
  const warm = async (id: string) => (await opened.get(id)?.describe())?.warm.map(({ dataset }) => dataset);
  return { session, warm };
}

async function withArtifact(): Promise<Stack & { runtimeParams: { folder: string } }> {
  const stack = await openStack();
  await writeJson({ a: 1 }, stack.folder, 'made/one.json');
  return {
    ...stack,
    runtimeParams: { folder: stack.folder },
    async startWorker(options = {}, plugin = {}) {
      const worker = await stack.startWorker(options, plugin);
      await listed(stack, worker);
      return worker;
    },
  };
}

function listed({ client }: Stack, { worker }: RunningWorker): Promise<void> {
  return untilListed(client, worker.options.taskQueue, [worker.options.identity]);
}

describe('preload and release', () => {
  test('reach every worker of the task queue, each with its own session, and no other worker', async () => {
    const { kedro, runtimeParams, startWorker: start, ...stack } = await withArtifact();
    const { session, warm } = sessions();
    await start({ identity: 'one' }, { session: session('one') });
    await start({ identity: 'two' }, { session: session('two') });
    await start({ identity: 'far', taskQueue: `${stack.taskQueue}-far` }, { session: session('far') });

    const loaded = await kedro.preload(['made'], { runtimeParams, refresh: 'when-changed' });
    const answer = { loaded: [{ dataset: 'made', durationMs: expect.any(Number) }], kept: [], dropped: [] };
    expect(loaded).toEqual([
      { worker: 'one', state: 'done', answer },
      { worker: 'two', state: 'done', answer },
    ]);
    expect([await warm('one'), await warm('two'), await warm('far')]).toEqual([['made'], ['made'], []]);

    const seen = await kedro.workers();
    expect(seen).toMatchObject([
      { worker: 'one', answer: { sessionId: 'one', warm: [{ dataset: 'made', refresh: 'when-changed' }] } },
      { worker: 'two', answer: { sessionId: 'two', warm: [{ dataset: 'made' }] } },
    ]);
    expect(await kedro.releaseCache(['made'], { workers: ['two'] })).toEqual([
      { worker: 'two', state: 'done', answer: { released: ['made'] } },
    ]);
    expect([await warm('one'), await warm('two')]).toEqual([['made'], []]);
    expect(await kedro.releaseCache()).toMatchObject([
      { answer: { released: ['made'] } },
      { answer: { released: [] } },
    ]);
    expect(await warm('one')).toEqual([]);
  });

  test('reach workers of one process that share a session, on several task queues', async () => {
    const { runtimeParams, ...stack } = await withArtifact();
    const { session, warm } = sessions();
    const plugins = [new KedroPlugin({ session: session('shared') })];
    const queues = [stack.taskQueue, stack.taskQueue, `${stack.taskQueue}-other`];
    const workers = await Promise.all(queues.map((taskQueue) => startWorker(stack.address, { taskQueue, plugins })));
    await Promise.all(workers.map((worker) => listed(stack, worker)));
    const loaded = await stack.kedro.preload(['made'], { runtimeParams });
    expect(loaded.map(({ state }) => state)).toEqual(['done', 'done']);
    expect(await warm('shared')).toEqual(['made']);
    const taskQueue = `${stack.taskQueue}-other`;
    expect(await stack.kedro.releaseCache(undefined, { taskQueue })).toMatchObject([
      { answer: { released: ['made'] } },
    ]);
    await Promise.all(workers.map((worker) => worker.stop()));
  });

  test('reach one worker where any will do', async () => {
    const { kedro, runtimeParams, startWorker: start } = await withArtifact();
    const { session, warm } = sessions();
    await start({ identity: 'one' }, { session: session('one') });
    await start({ identity: 'two' }, { session: session('two') });
    expect(await kedro.preload(['made'], { runtimeParams, workers: 'any' })).toMatchObject([{ state: 'done' }]);
    expect([await warm('one'), await warm('two')].flat()).toEqual(['made']);
  });

  test('a worker that has ended is reported, and holds up nothing', async () => {
    const { kedro, runtimeParams, startWorker: start } = await withArtifact();
    const { session, warm } = sessions();
    await start({ identity: 'alive' }, { session: session('alive') });
    const gone = await start({ identity: 'gone' }, { session: session('gone') });
    await gone.stop();
    expect(await kedro.preload(['made'], { runtimeParams, ...QUICKLY })).toEqual([
      expect.objectContaining({ worker: 'alive', state: 'done' }),
      {
        worker: 'gone',
        state: 'unreachable',
        error: { code: 'WORKER_UNREACHABLE', message: expect.stringContaining('"gone"') },
      },
    ]);
    expect(await warm('alive')).toEqual(['made']);
    expect(await kedro.preload(['made'], { runtimeParams, workers: 'any', ...QUICKLY })).toMatchObject([
      { worker: 'alive', state: 'done' },
    ]);
  });

  test('a worker whose process is killed is reported', async () => {
    const { kedro, runtimeParams, startWorker: start, ...stack } = await withArtifact();
    const { session } = sessions();
    await start({ identity: 'alive' }, { session: session('alive') });
    const { address, taskQueue } = stack;
    const child = startCommand(['worker', '--project', PROJECT, '--address', address, '--task-queue', taskQueue]);
    await child.said('is ready');
    const others = async () => (await kedro.workers(QUICKLY)).filter(({ worker }) => worker !== 'alive');
    await until(async () => (await others())[0]?.state === 'done');
    expect(await kedro.preload(['made'], { runtimeParams })).toMatchObject([{ state: 'done' }, { state: 'done' }]);
    child.child.kill('SIGKILL');
    await child.ended;
    const released = await kedro.releaseCache(['made'], QUICKLY);
    expect(released.find(({ worker }) => worker === 'alive')).toMatchObject({ answer: { released: ['made'] } });
    expect(released.find(({ worker }) => worker !== 'alive')).toMatchObject({ state: 'unreachable' });
  });

  test('a worker in which the artifact does not load answers with the reason; the others keep theirs', async () => {
    const { kedro, runtimeParams, startWorker: start } = await withArtifact();
    const { session } = sessions();
    const small = async () => await openNativeSession({ project: PROJECT, warm: { memoryLimit: 1 } });
    await start({ identity: 'large' }, { session: session('large') });
    await start({ identity: 'small' }, { session: small });
    expect(await kedro.preload(['made'], { runtimeParams })).toMatchObject([
      { worker: 'large', state: 'done' },
      { worker: 'small', state: 'failed', error: { code: 'CACHE_LIMIT_EXCEEDED' } },
    ]);
    expect(await kedro.preload(['maid'])).toMatchObject([
      { error: { code: 'DATASET_NOT_FOUND', message: expect.stringContaining('Did you mean "made"?') } },
      { error: { code: 'DATASET_NOT_FOUND' } },
    ]);
  });

  test('a task queue that nobody polls is an error, not a wait', async () => {
    const { kedro, taskQueue } = await openStack();
    await expect(kedro.preload(['made'])).rejects.toMatchObject({
      code: 'WORKER_UNREACHABLE',
      message: expect.stringContaining(taskQueue),
    });
  });
});

describe('the own task queue of a worker', () => {
  test('is served by a Worker with workflows and activities of its own, and by a plugin that the connection has too', async () => {
    const { runtimeParams, ...stack } = await withArtifact();
    const { session, warm } = sessions();
    const plugin = new KedroPlugin({ session: session('own') });
    const connection = await NativeConnection.connect({ address: stack.address, plugins: [plugin] });
    const worker = await Worker.create({
      connection,
      taskQueue: stack.taskQueue,
      workflowsPath: path.resolve(import.meta.dirname, 'workflows/own-and-ours.ts'),
      activities: { greeting: async () => 'hello' },
      plugins: [plugin],
    });
    const ended = worker.run();
    await until(() => worker.getState() === 'RUNNING');
    const start = { taskQueue: stack.taskQueue, workflowId: stack.taskQueue, args: ['Ada'] };
    expect(await stack.client.workflow.execute('greet', start)).toBe('Good morning, Ada');
    expect(await stack.kedro.preload(['made'], { runtimeParams })).toMatchObject([{ state: 'done' }]);
    expect(await warm('own')).toEqual(['made']);
    worker.shutdown();
    await ended;
    await connection.close();
  });

  test('is left out where the plugin is told so', async () => {
    const { kedro, startWorker: start } = await withArtifact();
    await start({ identity: 'shy' }, { ownTaskQueue: false });
    expect(await kedro.workers(QUICKLY)).toMatchObject([{ worker: 'shy', state: 'unreachable' }]);
  });

  test('identities are one of a kind unless the user says them', () => {
    const plugin = new KedroPlugin({ session: () => openNativeSession({ project: PROJECT }) });
    const [one, two] = [1, 2].map(() => plugin.configureWorker({ taskQueue: 'q' }).identity);
    expect(one).toContain(`${process.pid}@`);
    expect(one).not.toBe(two);
    expect(plugin.configureWorker({ taskQueue: 'q', identity: 'mine' }).identity).toBe('mine');
  });
});
