/** One way into each error of durable runs, ranges and servers. */
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { intervalRule } from '../../src/calendar/index.ts';
import { type BackfillOptions, createKedroClient } from '../../src/client/index.ts';
import { findTemporalCli, openDevServer } from '../../src/dev/index.ts';
import { openNativeSession } from '../../src/index.ts';
import { metricIn, pointAt } from '../../src/planner/index.ts';
import { KedroPlugin } from '../../src/plugin/index.ts';
import { withMachine } from '../dev/machine.ts';

/** Asks for a backfill of a client that reaches nothing: what is wrong with it is found before. */
async function backfill(options: Partial<BackfillOptions>): Promise<unknown> {
  const client = createKedroClient(new Client({ connection: Connection.lazy() }));
  return await client.startBackfill({ job: 'job', from: '2015-01-01', to: '2015-02-01', ...options });
}

export const durableErrors = {
  REQUEST_TOO_LARGE: () => backfill({ request: { runtimeData: { big: 'x'.repeat(2_000_000) } } }),
  RANGE_INVALID: () => backfill({ from: 'yesterday' }),
  INTERVAL_BOUND_UNCLEAR: () => backfill({ from: '2015-01-01T06:30' }),
  TIME_ZONE_UNKNOWN: () => backfill({ timeZone: 'Europe/Atlantis' }),
  // No public door leads here yet: sweeps over grids will.
  METRIC_INVALID: async () => metricIn({ outputs: { score: 'high' }, references: {} }, 'score'),
  INDEX_OUT_OF_RANGE: async () => pointAt({ a: [1, 2] }, 2),

  TEMPORAL_CLI_NOT_FOUND: () => findTemporalCli({ environment: { KEDRO_TEMPORAL_CLI: '/no/such/temporal' } }),
  DEV_SERVER_FAILED: () =>
    withMachine(async ({ environment, program }) => {
      const cli = await program('bin-1/temporal', 'echo "no database today" >&2; exit 1');
      await openDevServer({ port: 0, ui: false, environment: { ...environment, KEDRO_TEMPORAL_CLI: cli } });
    }),
  SERVER_UNREACHABLE: () => openDevServer({ address: '127.0.0.1:1' }),
};

const PROJECT = path.join(import.meta.dirname, '../projects/temporal');

// Once a process.
let isQuiet = false;

/** A worker for as long as `work` takes. */
async function withWorker(address: string, taskQueue: string, work: () => Promise<unknown>): Promise<void> {
  if (!isQuiet) Runtime.install({ logger: new DefaultLogger('ERROR', () => {}), shutdownSignals: [] });
  isQuiet = true;
  const connection = await NativeConnection.connect({ address });
  const plugins = [new KedroPlugin({ session: () => openNativeSession({ project: PROJECT }) })];
  const worker = await Worker.create({ connection, taskQueue, plugins });
  const ended = worker.run();
  try {
    await work();
  } finally {
    worker.shutdown();
    await ended;
    await connection.close();
  }
}

const ONE_DAY = { job: `job-${crypto.randomUUID()}`, from: '2015-01-01', to: '2015-01-02' };

const DAILY = intervalRule({ every: 'day' });

/** The same for errors that only a server can bring about; `address` is a dev server's. */
export function serverErrors(address: () => string) {
  const withClient = async (work: (client: Client, taskQueue: string) => Promise<unknown>) => {
    const connection = await Connection.connect({ address: address() });
    try {
      return await work(new Client({ connection }), `errors-${crypto.randomUUID()}`);
    } finally {
      await connection.close();
    }
  };
  return {
    RUN_ID_TAKEN: () =>
      withClient(async (client, taskQueue) => {
        const kedro = createKedroClient(client, { taskQueue });
        const runId = `run-${crypto.randomUUID()}`;
        await kedro.startRun({ runId, runtimeParams: { day: 'monday' } });
        await kedro.startRun({ runId, runtimeParams: { day: 'monday' } });
        await kedro.startRun({ runId, runtimeParams: { day: 'tuesday' } });
      }),
    WORKER_UNREACHABLE: () =>
      withClient((client, taskQueue) => createKedroClient(client, { taskQueue }).preload(['model'])),
    RUN_NOT_FOUND: () => withClient((client) => createKedroClient(client).getRun('no-such-run').result()),
    BACKFILL_ENDED: () =>
      withClient(async (client, taskQueue) => {
        const backfill = await createKedroClient(client, { taskQueue }).startBackfill(ONE_DAY);
        await client.workflow.getHandle(backfill.id).terminate();
        await backfill.pause();
      }),
    INTERVAL_NOT_FOUND: () =>
      withClient(async (client, taskQueue) => {
        const backfill = await createKedroClient(client, { taskQueue }).startBackfill(ONE_DAY);
        await withWorker(address(), taskQueue, () => backfill.skip(['2016-01-01']));
      }),
    PLAN_DRIFTED: () =>
      withClient(async (client, taskQueue) => {
        const kedro = createKedroClient(client, { taskQueue });
        const plan = await kedro.planBackfill(ONE_DAY);
        await kedro.applyBackfill({ ...plan, options: { ...plan.options, to: '2015-01-03' } });
      }),
    WAIT_TIMED_OUT: () =>
      withClient(async (client, taskQueue) => {
        const waitsFor = [{ job: 'no-such-job', rule: DAILY, interval: 'same', timeout: '1 second' }];
        const job = { name: 'job', parts: [{ name: 'part', request: {} }], rule: DAILY, waitsFor };
        const interval = { key: '2015-01-01', start: '2015-01-01T00:00:00Z', end: '2015-01-02T00:00:00Z' };
        const runId = `run-${crypto.randomUUID()}`;
        await client.workflow.start('runJob', { workflowId: runId, taskQueue, args: [{ job, interval }] });
        await withWorker(address(), taskQueue, () => createKedroClient(client).getRun(runId).result());
      }),
    RUN_FAILED: () =>
      withClient(async (client, taskQueue) => {
        const run = await createKedroClient(client, { taskQueue }).startRun({});
        await failNextRun(client, taskQueue);
        await run.result();
      }),
    RUN_TIMED_OUT: () =>
      withClient(async (client, taskQueue) => {
        const workflowId = `run-${crypto.randomUUID()}`;
        const args = [{ request: {} }];
        await client.workflow.start('runPipeline', {
          workflowId,
          taskQueue,
          args,
          workflowExecutionTimeout: '1 second',
        });
        await createKedroClient(client).getRun(workflowId).result();
      }),
  };
}

/** Plays a worker whose workflow fails by an error of its own: cheaper than a worker with a bundle. */
async function failNextRun(client: Client, taskQueue: string): Promise<void> {
  const { workflowService, options } = client;
  const who = { namespace: options.namespace, identity: 'errors.test' };
  // The server refuses to wait for a task without end.
  const poll = () => workflowService.pollWorkflowTaskQueue({ ...who, taskQueue: { name: taskQueue } });
  const { taskToken } = await client.withDeadline(Date.now() + 20_000, poll);
  const failure = { message: 'a bug', applicationFailureInfo: { type: 'TypeError' } };
  const FAIL_WORKFLOW_EXECUTION = 5;
  await workflowService.respondWorkflowTaskCompleted({
    ...who,
    taskToken,
    commands: [{ commandType: FAIL_WORKFLOW_EXECUTION, failWorkflowExecutionCommandAttributes: { failure } }],
  });
}
