/**
 * `npm run example:predict`: predictions by HTTP. Serves the pipeline `predict` of examples/shuttle-prices with its model in
 * memory, asks it alone and by 32 clients at once, from Python, and then durably.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { kedroTemporal, makePython, mustWork, ROOT, setUp } from '../setup.mjs';

const PROJECT = 'examples/shuttle-prices';
const CLIENTS = 32;
const ALONE = 200;

const request = JSON.parse(readFileSync(path.join(import.meta.dirname, 'request.json'), 'utf8'));

await setUp();
await makePython(path.join(ROOT, PROJECT));
// The telemetry plugin that comes with kedro would call its server in each run.
Object.assign(process.env, { KEDRO_DISABLE_TELEMETRY: '1', DO_NOT_TRACK: '1' });
if (!existsSync(path.join(ROOT, PROJECT, 'data/06_models/price_model.pickle'))) {
  console.error('Training a model, once.');
  const { status } = await kedroTemporal(['run', '--local', '-P', PROJECT, '--pipelines', 'prepare,train', '--json']);
  if (status !== 0) process.exit(status);
}

/** @type {import('node:child_process').ChildProcess[]} */
const started = [];
try {
  console.error('Starting a Temporal server with a worker, and the endpoint.');
  await start(['dev', '-P', PROJECT, '--no-page', '--no-reload', '--json']);
  const { url } = await start(['serve', '-P', PROJECT, '--port', '0', '--preload', 'price_model', '--json']);
  console.log(`\nServing ${PROJECT} at ${url}, price_model in memory.`);
  await showcase(url);
} finally {
  for (const child of started.reverse()) await stop(child);
}

/** @param {string} url */
async function showcase(url) {
  const alone = [];
  for (let i = 0; i < ALONE; i++) alone.push(await predict(url, 0.1));
  const times = alone.map(({ ms }) => ms).sort((a, b) => a - b);
  console.log(`One client, ${ALONE} predictions: median ${ms(times[ALONE / 2])}, slowest ${ms(times[ALONE - 1])}.`);

  const margins = Array.from({ length: CLIENTS }, (_, i) => i / 100);
  const [base] = (await predict(url, 0)).prices;
  const begin = performance.now();
  const answers = await Promise.all(margins.map((margin) => predict(url, margin)));
  const took = performance.now() - begin;
  const right = answers.filter(({ prices }, i) => Math.abs(prices[0].price - base.price * (1 + margins[i])) < 0.02);
  console.log(`${CLIENTS} clients at once, each with a margin of its own: ${right.length} right, in ${ms(took)}.`);

  console.log('\nFrom Python, with a margin of 10 %:');
  await mustWork(
    path.join(ROOT, PROJECT, '.venv/bin/python'),
    [path.join(import.meta.dirname, 'client.py'), url],
    'inherit',
  );

  const runId = `predict/${new Date().toISOString().slice(0, 19)}`;
  const first = await predict(url, 0.1, { run_id: runId, mode: 'durable' });
  const again = await predict(url, 0.1, { run_id: runId, mode: 'durable' });
  console.log(
    `\nDurably, as ${runId}: ${first.prices.map(({ price }) => price.toFixed(2)).join(', ')} in ${ms(first.ms)}.`,
  );
  console.log(
    `Asked again for the same id: ${again.prices.map(({ price }) => price.toFixed(2)).join(', ')} in ${ms(again.ms)}, without another run.`,
  );
  if (right.length < CLIENTS) process.exitCode = 1;
}

/** @param {string} url @param {number} margin @param {object} [how] */
async function predict(url, margin, how = {}) {
  const begin = performance.now();
  const answer = await fetch(`${url}/pipelines/predict/run`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...request, runtime_params: { predict: { margin } }, ...how }),
  });
  const run = await answer.json();
  if (run.status !== 'success') throw new Error(`A prediction failed: ${JSON.stringify(run)}`);
  return { prices: run.outputs.prices, ms: performance.now() - begin };
}

/** Starts a command that goes on; answers with what it says once it is ready. @param {string[]} args */
async function start(args) {
  const bin = path.join(ROOT, 'bin/kedro-temporal.js');
  const child = spawn(process.execPath, [bin, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    words = (words + text).slice(-4000);
  });
  for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line);
  throw new Error(`kedro-temporal ${args.join(' ')} ended: ${words}`);
}

/** @param {import('node:child_process').ChildProcess} child */
async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGTERM');
  await ended;
}

/** @param {number | undefined} value */
function ms(value = Number.NaN) {
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
}
