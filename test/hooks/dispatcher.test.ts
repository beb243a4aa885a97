import { expect, test } from 'vitest';
import { isPipelineError, PipelineError } from '../../src/core/index.ts';
import { createDispatcher, type HookArguments, type Hooks, type RunInfo } from '../../src/hooks/index.ts';
import { node, pipeline } from '../../src/pipeline/index.ts';

const run: RunInfo = { runId: 'r', saveVersion: 'v', project: '/p', env: 'local', pipelines: ['a'], runtimeParams: {} };
const sum = node((a: number, b: number) => a + b, { inputs: ['x', 'y'], outputs: 'sum', name: 'sum' });
const before: HookArguments['beforeNodeRun'] = { run, node: sum, inputs: { x: 1, y: 2 } };

test('sets are called in the order in which they were registered, each after the one before has ended', async () => {
  const calls: string[] = [];
  const set = (name: string): Hooks => ({
    name,
    async beforeNodeRun() {
      calls.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      calls.push(`${name} ends`);
    },
  });
  await createDispatcher([set('a'), set('b')]).call('beforeNodeRun', before);
  expect(calls).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});

test('replaced inputs are merged, and of two for one input the later wins', async () => {
  const hooks = createDispatcher([
    { beforeNodeRun: () => ({ x: 10, y: 20 }) },
    { beforeNodeRun: () => undefined },
    { beforeNodeRun: async () => ({ y: 30 }) },
  ]);
  expect(await hooks.call('beforeNodeRun', before)).toEqual({ x: 10, y: 30 });
});

test('what other hooks return is of no account', async () => {
  const hooks = createDispatcher([{ beforePipelineRun: () => ({ x: 1 }) as never }]);
  expect(await hooks.call('beforePipelineRun', { run, pipeline: pipeline([sum]) })).toBeUndefined();
});

test.each<[string, Hooks, string]>([
  [
    'throws',
    { name: 'audit', beforeNodeRun: () => Promise.reject(new Error('no ledger')) },
    '"audit" failed: no ledger',
  ],
  ['has no name and throws', { beforeNodeRun: () => fail('no ledger') }, '"hooks[0]" failed: no ledger'],
  ['replaces by something odd', { name: 'audit', beforeNodeRun: () => [1] as never }, 'something else than inputs'],
  ['replaces an input that is none', { name: 'audit', beforeNodeRun: () => ({ z: 1 }) }, '"z", which is no input'],
])('a hook that %s is an error that names hook and owner', async (_, set, says) => {
  const owner = set.name ?? 'hooks[0]';
  await expect(createDispatcher([set]).call('beforeNodeRun', before)).rejects.toMatchObject({
    code: 'HOOK_FAILED',
    message: expect.stringMatching(/^Hook beforeNodeRun of /),
    details: { hook: 'beforeNodeRun', owner },
  });
  await expect(createDispatcher([set]).call('beforeNodeRun', before)).rejects.toThrow(says);
});

function fail(why: string): never {
  throw new Error(why);
}

test('a hook that fails on hearing of a failure does not hide it and is named in it', async () => {
  const hooks = createDispatcher([{ name: 'pager', onPipelineError: () => fail('pager is off') }]);
  const failure = new PipelineError('NODE_FAILED', 'the reason');
  await hooks.tell(failure, 'onPipelineError', { run, pipeline: pipeline([sum]), error: failure });
  expect(failure.details.hookFailed).toBe('Hook onPipelineError of "pager" failed: pager is off');
});

test('an instance of a class is a set of hooks, and its methods see the instance', async () => {
  class Counter {
    calls = 0;
    beforeNodeRun() {
      this.calls++;
    }
  }
  const counter = new Counter();
  const hooks = createDispatcher([counter]);
  expect(hooks.has('beforeNodeRun')).toBe(true);
  expect(hooks.has('afterNodeRun')).toBe(false);
  await hooks.call('beforeNodeRun', before);
  expect(counter.calls).toBe(1);
});

test.each<[string, unknown, string]>([
  ['a misspelt hook', { name: 'audit', beforeNodeRunn: () => {} }, 'Did you mean "beforeNodeRun"'],
  ['a hook that is no function', { name: 'audit', afterNodeRun: 5 }, 'afterNodeRun of "audit" is not a function'],
  ['a set that is none', null, 'hooks[0] is not a set'],
])('%s is refused at once', (_, set, says) => {
  try {
    createDispatcher([set as Hooks]);
  } catch (error) {
    expect(isPipelineError(error) && error.code).toBe('PROJECT_SETTINGS_INVALID');
    expect(String(error)).toContain(says);
    return;
  }
  throw new Error('it should have been refused');
});
