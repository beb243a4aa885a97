/** One way into each error of durable runs, ranges and servers. */
import { Client, Connection } from '@temporalio/client';
import { type BackfillOptions, createKedroClient } from '../../src/client/index.ts';
import { findTemporalCli, openDevServer } from '../../src/dev/index.ts';
import { pointAt } from '../../src/planner/index.ts';
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
  INDEX_OUT_OF_RANGE: async () => pointAt({ a: [1, 2] }, 2),

  TEMPORAL_CLI_NOT_FOUND: () => findTemporalCli({ environment: { KEDRO_TEMPORAL_CLI: '/no/such/temporal' } }),
  DEV_SERVER_FAILED: () =>
    withMachine(async ({ environment, program }) => {
      const cli = await program('bin-1/temporal', 'echo "no database today" >&2; exit 1');
      await openDevServer({ port: 0, ui: false, environment: { ...environment, KEDRO_TEMPORAL_CLI: cli } });
    }),
  SERVER_UNREACHABLE: () => openDevServer({ address: '127.0.0.1:1' }),
};

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
    RUN_NOT_FOUND: () => withClient((client) => createKedroClient(client).getRun('no-such-run').result()),
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
