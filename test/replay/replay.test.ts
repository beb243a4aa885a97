/** Every recorded history replays with the workflows as they are now: a deployment breaks no run that is under way. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { quietRuntime } from '../temporal/stack.ts';

const FOLDER = path.join(import.meta.dirname, 'histories');
const names = (await readdir(FOLDER)).map((file) => path.basename(file, '.json'));

beforeAll(quietRuntime);

async function replay(name: string, change: (text: string) => string = (text) => text): Promise<void> {
  const text = await readFile(path.join(FOLDER, `${name}.json`), 'utf8');
  const { workflowId, history } = JSON.parse(change(text));
  await Worker.runReplayHistory({ workflowBundle: { codePath: inject('workflowBundle') } }, history, workflowId);
}

describe('a recorded history replays', () => {
  test.each(names)('%s', async (name) => {
    await replay(name);
  });
});

test('each workflow is recorded, by each way to end', () => {
  expect(names.sort()).toEqual([
    'backfill-cancelled',
    'backfill-continuation',
    'backfill-continued',
    'backfill-resumed',
    'backfill-with-failures',
    'job-pool',
    'job-run',
    'job-scheduled',
    'job-until-live',
    'policy-activities',
    'policy-cancelled',
    'policy-carry',
    'policy-chunk',
    'policy-controlled',
    'policy-existing',
    'run-cancelled',
    'run-failed',
    'run-retried',
    'run-succeeded',
    'sweep-cancelled',
    'sweep-continuation',
    'sweep-continued',
    'sweep-halved',
    'sweep-stopped',
    'sweep-with-failures',
    'workers-any',
    'workers-preload',
    'workers-release',
  ]);
});

test.each([
  ['run-succeeded', (text: string) => text.replaceAll('kedro.run', 'kedro.walk')],
  ['workers-preload', (text: string) => text.replaceAll('kedro.preload', 'kedro.unload')],
  ['sweep-stopped', (text: string) => text.replaceAll('kedro.runPoints', 'kedro.walkPoints')],
  ['backfill-with-failures', (text: string) => text.replaceAll('backfill-with-failures/2015-01-03', 'j/2015-01-30')],
])('a history that these workflows could not have made is noticed: %s', async (name, change) => {
  await expect(replay(name, change)).rejects.toThrow(DeterminismViolationError);
});

test.each(names)('holds no path of the machine that recorded it: %s', async (name) => {
  const { history } = JSON.parse(await readFile(path.join(FOLDER, `${name}.json`), 'utf8'));
  const plain = JSON.stringify(history, (key, value: unknown) =>
    key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString() : value,
  );
  expect(plain).not.toMatch(/\/(?:home|root|tmp|work|Users)\//);
});
