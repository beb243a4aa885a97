/**
 * `npm run example:kedro`: an unchanged Kedro project, durable. Trains a model, keeps it warm, asks it for prices with
 * different params side by side, and compares settings over a grid.
 */
import path from 'node:path';
import { makePython, ROOT, setUp } from '../setup.mjs';

const PROJECT = path.join(ROOT, 'examples/shuttle-prices');
const HOSTS = 2;

const SHUTTLES = [
  { name: 'Swift', engines: 2, passenger_capacity: 5, crew: 3, company_rating: 0.9, review_scores_rating: 95 },
  { name: 'Albatross', engines: 6, passenger_capacity: 14, crew: 8, company_rating: 1.0, review_scores_rating: 98 },
].map((shuttle) => ({ ...shuttle, d_check_complete: true, moon_clearance_complete: true, iata_approved: true }));

const MARGINS = [0, 0.05, 0.1, 0.2];
const TEST_SIZES = [0.1, 0.2, 0.3, 0.4];
const SEEDS = [1, 2, 3];

await setUp();
await makePython(PROJECT);

const { openKedroSession } = await import('kedro-temporal');
const { createKedroClient } = await import('kedro-temporal/client');
const { openDevServer } = await import('kedro-temporal/dev');
const { KedroPlugin } = await import('kedro-temporal/plugin');
const { Client, Connection } = await import('@temporalio/client');
const { DefaultLogger, NativeConnection, Runtime, Worker } = await import('@temporalio/worker');

Runtime.install({ logger: new DefaultLogger('ERROR') });
const server = await openDevServer({
  dbFile: path.join(PROJECT, '.kedro-temporal/temporal.db'),
  onMessage: (text) => console.error(text),
});
console.error(`Opening the project in ${HOSTS} warm Python processes.`);
const session = await openKedroSession({
  project: PROJECT,
  hosts: HOSTS,
  // The telemetry plugin that comes with kedro would call its server in each run.
  environment: { KEDRO_DISABLE_TELEMETRY: '1', DO_NOT_TRACK: '1' },
});
const connection = await NativeConnection.connect({ address: server.address });
const worker = await Worker.create({
  connection,
  taskQueue: 'shuttle-prices',
  plugins: [new KedroPlugin({ session: async () => session })],
  maxConcurrentActivityTaskExecutions: HOSTS,
});
try {
  await worker.runUntil(async () => {
    const client = new Client({ connection: await Connection.connect({ address: server.address }) });
    await showcase(createKedroClient(client, { taskQueue: 'shuttle-prices' }));
    await client.connection.close();
  });
} finally {
  await connection.close();
  await server.close();
}

/** @param {import('kedro-temporal/client').KedroClient} kedro */
async function showcase(kedro) {
  const id = new Date().toISOString().slice(0, 19);
  const training = await kedro.run({ runId: `train/${id}`, pipelines: ['prepare', 'train'] });
  const { score } = training.outputs;
  const { version } = training.saved.find(({ dataset }) => dataset === 'price_model') ?? {};
  console.log(`\nTrained in ${seconds(training.durationMs)}: ${JSON.stringify(score)}, model version ${version}`);

  const { loaded } = await session.preload(['price_model'], { refresh: 'when-changed' });
  console.log(`Preloaded ${loaded.map(({ dataset }) => dataset).join(', ')}; predictions use it from memory.\n`);

  const asked = MARGINS.map((margin) =>
    kedro.run({
      runId: `predict/${id}/${margin}`,
      pipelines: ['predict'],
      runtimeParams: { predict: { margin } },
      runtimeData: { shuttles_to_price: SHUTTLES },
    }),
  );
  const answers = await Promise.all(asked);
  console.log(row(['margin', ...SHUTTLES.map(({ name }) => name), 'run takes']));
  for (const [i, { outputs, durationMs }] of answers.entries()) {
    const prices = outputs.prices.map(({ price }) => price.toFixed(2));
    console.log(row([`${MARGINS[i] * 100} %`, ...prices, `${durationMs.toFixed(0)} ms`]));
  }
  await grid(kedro, id);
}

/** @param {import('kedro-temporal/client').KedroClient} kedro @param {string} id */
async function grid(kedro, id) {
  const start = performance.now();
  const sweep = await kedro.startSweep({
    id: `score/${id}`,
    request: { pipelines: ['score'] },
    points: { grid: { 'train.test_size': TEST_SIZES, 'train.seed': SEEDS } },
    reduce: { r2: { topK: { metric: 'grid_score.r2', k: TEST_SIZES.length * SEEDS.length } } },
    concurrency: HOSTS,
  });
  const { succeeded, failed, reduced } = await sweep.result();
  const points = /** @type {import('kedro-temporal/client').TopPoint[]} */ (reduced.r2);
  console.log(`\n${succeeded} settings in ${seconds(performance.now() - start)}, one sweep; r² by`);
  console.log(row(['test size', ...SEEDS.map((seed) => `seed ${seed}`), 'mean']));
  for (const size of TEST_SIZES) {
    const of = (seed) =>
      points.find(({ params }) => params['train.test_size'] === size && params['train.seed'] === seed);
    const its = SEEDS.map((seed) => of(seed)?.value ?? Number.NaN);
    const mean = its.reduce((sum, each) => sum + each, 0) / its.length;
    console.log(row([size, ...[...its, mean].map((each) => each.toFixed(3))]));
  }
  const [best] = points;
  console.log(`Best: ${JSON.stringify(best?.params)}, r² ${best?.value.toFixed(3)}`);
  console.log(`\n${1 + MARGINS.length + succeeded} succeeded, ${failed} failed`);
}

/** @param {(string | number)[]} cells */
function row(cells) {
  return cells.map((cell, i) => (i === 0 ? String(cell).padEnd(11) : String(cell).padStart(12))).join('');
}

/** @param {number} ms */
function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}
