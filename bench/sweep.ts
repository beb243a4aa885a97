/**
 * What many points to a task are worth: a sweep of 100,000 no-op points, each a run of ten nodes with a seed of its own and a
 * metric that is reduced, against bare activities that do nothing, on one server and one worker, in turn.
 */
import { Client, Connection } from '@temporalio/client';
import { createKedroClient, type KedroClient } from 'kedro-temporal/client';
import { openDevServer } from 'kedro-temporal/dev';
import { inform, median, report } from './measure.ts';
import { openWorker, TASK_QUEUE } from './worker.ts';

const POINTS = 100_000;
// Fewer: what one costs does not depend on how many there are, and a history holds 51,200 events.
const ACTIVITIES = 5_000;
const WINDOW = 100;
const ROUNDS = 3;
const AIM = 10;

/** Returns false when the aim is missed. */
export async function benchSweep(): Promise<boolean> {
  await using server = await openDevServer({
    port: 0,
    ui: false,
    environment: { ...process.env, TEMPORAL_ADDRESS: '' },
  });
  const worker = await openWorker(server.address);
  const client = new Client({ connection: await Connection.connect({ address: server.address }) });
  const kedro = createKedroClient(client, { taskQueue: TASK_QUEUE });
  const rounds: { ratio: number; bare: number; ours: number }[] = [];
  await worker.runUntil(async () => {
    await runBare(client, 200, 'bare-0');
    await runSweep(kedro, 1_000, 'sweep-0');
    for (let round = 1; round <= ROUNDS; round++) {
      const bare = (await timed(() => runBare(client, ACTIVITIES, `bare-${round}`))) / ACTIVITIES;
      const ours = (await timed(() => runSweep(kedro, POINTS, `sweep-${round}`))) / POINTS;
      rounds.push({ ratio: bare / ours, bare, ours });
    }
    await tell(client, `sweep-${ROUNDS}`);
  });
  const ratio = median(rounds.map((each) => each.ratio));
  const [bare, ours] = [median(rounds.map((each) => each.bare)), median(rounds.map((each) => each.ours))];
  const detail = `${(ours * 1000).toFixed(0)} µs a point, bare ${bare.toFixed(2)} ms`;
  report(`sweep: bare activities / ${POINTS} no-op points (${detail})`, ratio.toFixed(1), `>= ${AIM}`, ratio >= AIM);
  return ratio >= AIM;
}

async function runBare(client: Client, count: number, workflowId: string): Promise<void> {
  const options = { workflowId, taskQueue: TASK_QUEUE, args: [count, WINDOW] };
  const done = await client.workflow.execute('bareActivities', options);
  if (done !== count) throw new Error(`${done} of ${count} activities ran`);
}

async function runSweep(kedro: KedroClient, count: number, id: string): Promise<void> {
  const sweep = await kedro.startSweep({
    id,
    request: { pipelines: ['chain'], runtimeData: { value_0: 1 } },
    points: { repeat: count, seedParam: 'seed' },
    reduce: {
      best: { topK: { metric: 'value_10', k: 10 } },
      mean: { mean: { metric: 'value_10' } },
      spread: { quantiles: { metric: 'value_10', at: [0.05, 0.5, 0.95] } },
    },
  });
  const { succeeded } = await sweep.result();
  if (succeeded !== count) throw new Error(`${succeeded} of ${count} points succeeded`);
}

async function tell(client: Client, workflowId: string): Promise<void> {
  const { historyLength, raw } = await client.workflow.getHandle(workflowId).describe();
  const bytes = Number(raw.workflowExecutionInfo?.historySizeBytes ?? 0);
  inform(`sweep: history of ${POINTS} points`, `${historyLength} events, ${(bytes / 1024).toFixed(0)} KiB`);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
