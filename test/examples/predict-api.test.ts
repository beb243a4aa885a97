/** The example that serves predictions: its request and its Python client, against the endpoint on its project. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { openKedroSession } from '../../src/kedro/index.ts';
import { createKedroServer } from '../../src/server/index.ts';
import { pythonOf, QUIET, SCIENCE } from '../kedro/pythons.ts';

const EXAMPLES = path.resolve(import.meta.dirname, '../../examples');
const EXAMPLE = path.join(EXAMPLES, 'predict-api');
const python = pythonOf(SCIENCE) ?? '';

describe.skipIf(python === '')('the example predict-api', () => {
  it('answers its request and its client with two prices, from a model in memory', { timeout: 120_000 }, async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'predict-'));
    try {
      await cp(path.join(EXAMPLES, 'shuttle-prices'), folder, {
        recursive: true,
        filter: (file) => !/\.venv|__pycache__|data\/0[2-9]_|\.kedro-temporal/.test(file),
      });
      await using session = await openKedroSession({ project: folder, python, environment: QUIET, onLog: () => {} });
      await session.run({ pipelines: ['prepare', 'train'] });
      await session.preload(['price_model']);
      await using server = await createKedroServer({ session });
      const url = await server.listen({ port: 0 });
      const body = await readFile(path.join(EXAMPLE, 'request.json'), 'utf8');
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${url}/pipelines/predict/run`, { method: 'POST', headers, body });
      const { outputs } = (await answer.json()) as { outputs: { prices: { name: string; price: number }[] } };
      expect(outputs.prices.map(({ name }) => name)).toEqual(['Swift', 'Albatross']);
      const { stdout } = await promisify(execFile)(python, [path.join(EXAMPLE, 'client.py'), url]);
      const said = stdout
        .trim()
        .split('\n')
        .map((line) => line.split(/\s+/));
      expect(said).toEqual(outputs.prices.map(({ name, price }) => [name, price.toFixed(2)]));
      const [model] = (await session.describe()).warm;
      expect(model).toMatchObject({ dataset: 'price_model', hits: 2 });
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  });
});
