/** `preload`, `release`, `workers`: one row a worker, one JSON document, an exit status that says what happened. */
import { beforeAll, expect, inject, test } from 'vitest';
import { untilListed } from '../temporal/pollers.ts';
import { openStack, PROJECT, quietRuntime, writeJson } from '../temporal/stack.ts';
import { startCommand } from './command.ts';

beforeAll(quietRuntime);

async function withTwoWorkers() {
  const stack = await openStack();
  await writeJson({ a: 1 }, stack.folder, 'made/one.json');
  await stack.startWorker({ identity: 'one' });
  await stack.startWorker({ identity: 'two' });
  await untilListed(stack.client, stack.taskQueue, ['one', 'two']);
  const place = ['--project', PROJECT, '--address', stack.address, '--task-queue', stack.taskQueue];
  const command = async (...args: string[]) => await startCommand([...args, ...place]).ended;
  return { command, params: ['--params', `folder=${stack.folder}`] };
}

test('artifacts are loaded in each worker, shown, released in one; a table for people, JSON for programs', async () => {
  const { command, params } = await withTwoWorkers();
  const loaded = await command('preload', 'made', ...params, '--refresh', 'when-changed');
  expect(loaded).toMatchObject({ code: 0, stderr: '' });
  expect(loaded.stdout).toMatch(/^worker +loaded +kept +dropped\none +made \(.+\)\ntwo +made \(.+\)\n$/);

  const released = await command('release', '--worker', 'two', '--json');
  expect(released.code).toBe(0);
  expect(JSON.parse(released.stdout)).toEqual({
    workers: [{ worker: 'two', state: 'done', answer: { released: ['made'] } }],
  });

  const seen = await command('workers');
  expect(seen.stdout).toMatch(/\none +made +\d+ B +0 times +when-changed +frozen +\d{4}-.*\ntwo +nothing is warm\n$/);
});

test('the exit status: 2 for a name that no worker knows, 1 for a worker that does not answer, 3 where there is none', async () => {
  const { command } = await withTwoWorkers();
  const place = ['--project', PROJECT, '--address', inject('temporalAddress'), '--task-queue', 'nobody-polls'];
  const [misspelt, half, unclear, alone] = await Promise.all([
    command('preload', 'maid'),
    command('release', '--worker', 'one,nobody'),
    command('release', '--worker', 'one', '--all'),
    startCommand(['release', ...place]).ended,
  ]);
  expect(misspelt.stdout).not.toContain('\n\n');
  expect(misspelt.stdout).toContain('Did you mean "made"? [DATASET_NOT_FOUND]');
  expect(alone.stderr).toContain('No worker takes runs from task queue "nobody-polls"');
  expect([misspelt.code, half.code, unclear.code, alone.code]).toEqual([2, 1, 2, 3]);
});
