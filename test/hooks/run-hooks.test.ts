/** Hooks around real runs: their order, and what they may change. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { isPipelineError, type RunRequest } from '../../src/core/index.ts';
import { HOOK_NAMES, type HookName, type Hooks } from '../../src/hooks/hooks.ts';
import { jsonEntry, pipelineFile, withSession } from '../projects/tiny.ts';

const FILES = {
  'conf/base/catalog.yml': jsonEntry('source') + jsonEntry('target'),
  'data/source.json': '4',
  'pipelines/double.ts': pipelineFile(`
    node((value: number) => value * 2, { inputs: 'source', outputs: 'twice', name: 'double' }),
    node((value: number, params: { fail?: boolean }) => {
      if (params.fail) throw new Error('told to fail');
      return value;
    }, { inputs: ['twice', 'parameters'], outputs: 'target', name: 'store' })`),
};

/** Notes every hook that is called, with its node and dataset. */
function recorder(): { calls: string[]; hooks: Hooks } {
  const calls: string[] = [];
  const note = (name: HookName) => (args: object) => {
    const about: { node?: { name: string }; dataset?: string } = args;
    calls.push([name, about.node?.name, about.dataset].filter((part) => part !== undefined).join(' '));
  };
  return { calls, hooks: Object.fromEntries(HOOK_NAMES.map((name) => [name, note(name)])) };
}

const STARTED = ['afterContextCreated', 'afterCatalogCreated', 'beforePipelineRun'];
const LOADED = ['beforeDatasetLoaded double source', 'afterDatasetLoaded double source'];
// Values in memory and parameters are loaded and saved, too.
const BETWEEN = [
  'beforeDatasetSaved double twice',
  'afterDatasetSaved double twice',
  'beforeDatasetLoaded store twice',
  'afterDatasetLoaded store twice',
  'beforeDatasetLoaded store parameters',
  'afterDatasetLoaded store parameters',
];

test('hooks come in the documented order', async () => {
  const { calls, hooks } = recorder();
  await withSession(FILES, (session) => session.run({}), { hooks: [hooks] });
  expect(calls).toEqual([
    ...STARTED,
    ...LOADED,
    'beforeNodeRun double',
    'afterNodeRun double',
    ...BETWEEN,
    'beforeNodeRun store',
    'afterNodeRun store',
    'beforeDatasetSaved store target',
    'afterDatasetSaved store target',
    'afterPipelineRun',
  ]);
});

test('a failing node adds onNodeError and onPipelineError and leaves out what would follow', async () => {
  const { calls, hooks } = recorder();
  const run = withSession(FILES, (session) => session.run({ runtimeParams: { fail: true } }), { hooks: [hooks] });
  await expect(run).rejects.toMatchObject({ code: 'NODE_FAILED' });
  expect(calls.slice(5)).toEqual([
    'beforeNodeRun double',
    'afterNodeRun double',
    ...BETWEEN,
    'beforeNodeRun store',
    'onNodeError store',
    'onPipelineError',
  ]);
});

test('a load that fails adds onPipelineError only', async () => {
  const { calls, hooks } = recorder();
  const files = { ...FILES, 'data/source.json': '{' };
  await expect(withSession(files, (session) => session.run({}), { hooks: [hooks] })).rejects.toMatchObject({
    code: 'DATASET_LOAD_FAILED',
  });
  expect(calls).toEqual([...STARTED, 'beforeDatasetLoaded double source', 'onPipelineError']);
});

test('a node that returns another shape than its outputs have is a failing node', async () => {
  const errors: unknown[] = [];
  const hooks: Hooks = { onNodeError: ({ error }) => void errors.push(error) };
  const files = { 'pipelines/odd.ts': pipelineFile(`node(() => undefined, { outputs: 'a', name: 'odd' })`) };
  await expect(withSession(files, (session) => session.run({}), { hooks: [hooks] })).rejects.toMatchObject({
    code: 'NODE_OUTPUT_INVALID',
  });
  expect(errors).toMatchObject([{ code: 'NODE_OUTPUT_INVALID' }]);
});

test('hooks see values, the node’s own error and the report', async () => {
  const seen = new Map<string, unknown>();
  const hooks: Hooks = {
    afterDatasetLoaded: ({ dataset, value }) => void (dataset === 'source' && seen.set('loaded', value)),
    afterNodeRun: ({ node, inputs, outputs }) => void seen.set(node.name, { inputs, outputs }),
    beforeDatasetSaved: ({ dataset, value }) => void (dataset === 'target' && seen.set('saved', value)),
    onNodeError: ({ error, inputs }) => void seen.set('failed', [String(error), inputs.twice]),
    afterPipelineRun: ({ report, run }) => void seen.set('report', [report.runId, run.runtimeParams]),
  };
  await withSession(
    FILES,
    async (session) => {
      await session.run({ runId: 'mine', runtimeParams: { a: 1 } });
      await session.run({ runtimeParams: { fail: true } }).catch(() => {});
    },
    { hooks: [hooks] },
  );
  expect(Object.fromEntries(seen)).toMatchObject({
    loaded: 4,
    double: { inputs: { source: 4 }, outputs: { twice: 8 } },
    saved: 8,
    failed: ['Error: told to fail', 8],
    report: ['mine', { a: 1 }],
  });
});

test('beforeNodeRun replaces inputs of that node only', async () => {
  const hooks: Hooks = { beforeNodeRun: ({ node }) => (node.name === 'double' ? { source: 50 } : undefined) };
  const text = await withSession(
    FILES,
    async (session, folder) => {
      await session.run({});
      return await readFile(path.join(folder, 'data/target.json'), 'utf8');
    },
    { hooks: [hooks] },
  );
  expect(JSON.parse(text)).toBe(100);
});

test('a hook that fails fails the run, before anything is saved', async () => {
  const hooks: Hooks = {
    name: 'quality',
    beforeDatasetSaved: () => {
      throw new Error('too small');
    },
  };
  await withSession(
    FILES,
    async (session, folder) => {
      await expect(session.run({})).rejects.toMatchObject({
        code: 'HOOK_FAILED',
        retryable: true,
        message: 'Hook beforeDatasetSaved of "quality" failed: too small',
      });
      await expect(readFile(path.join(folder, 'data/target.json'))).rejects.toMatchObject({ code: 'ENOENT' });
    },
    { hooks: [hooks] },
  );
});

test('the reason of a failed run is not hidden by hooks that fail on hearing it', async () => {
  const broken = () => {
    throw new Error('pager is off');
  };
  const hooks: Hooks = { name: 'pager', onNodeError: broken, onPipelineError: broken };
  const run = withSession(FILES, (session) => session.run({ runtimeParams: { fail: true } }), { hooks: [hooks] });
  const error = await run.catch((thrown: unknown) => thrown);
  expect(isPipelineError(error) && error.code).toBe('NODE_FAILED');
  expect(error).toMatchObject({ details: { node: 'store', hookFailed: expect.stringContaining('pager is off') } });
});

test('a hook cannot change the params of its run for others', async () => {
  const hooks: Hooks = {
    beforePipelineRun: ({ run }) => {
      run.runtimeParams.fail = true;
    },
  };
  const runtimeParams = { fail: false };
  const run = withSession(FILES, (session) => session.run({ runtimeParams }), { hooks: [hooks] });
  await expect(run).rejects.toMatchObject({ code: 'HOOK_FAILED' });
  expect(runtimeParams).toEqual({ fail: false });
});

describe('a run that fails tells onPipelineError once', () => {
  test.each<[string, RunRequest, boolean]>([
    ['REQUEST_INVALID', { pipeline: 'double' } as RunRequest, false],
    ['PIPELINE_NOT_FOUND', { pipelines: ['dubble'] }, false],
    ['PIPELINE_BROKEN', { pipelines: ['broken'] }, false],
    ['PIPELINE_EMPTY', { pipelines: ['double'], toOutputs: ['source'] }, false],
    ['DATASET_NOT_IN_PIPELINE', { pipelines: ['double'], runtimeData: { nothing: 1 } }, false],
    ['VERSION_INVALID', { pipelines: ['double'], loadVersions: { source: '2000-01-01T00.00.00.000Z' } }, true],
    ['PARAM_MISSING', { pipelines: ['needs_param'] }, true],
    ['PARAMETER_NOT_FOUND', { pipelines: ['needs_parameter'] }, true],
    ['NODE_FAILED', { pipelines: ['double'], runtimeParams: { fail: true } }, true],
  ])('%s', async (code, request, hasPipeline) => {
    const told: unknown[] = [];
    const hooks: Hooks = {
      onPipelineError: ({ error, pipeline, run }) =>
        void told.push([isPipelineError(error) && error.code, pipeline !== undefined, run.runId !== '', run.env]),
    };
    const param = jsonEntry('param').replace('data/', '${runtime_params:folder}/');
    const files = {
      ...FILES,
      'conf/base/catalog.yml': FILES['conf/base/catalog.yml'] + param,
      'pipelines/broken.ts': 'throw new Error("no");',
      'pipelines/needs_param.ts': pipelineFile(`node((a: unknown) => a, { inputs: 'param', outputs: 'c', name: 'c' })`),
      'pipelines/needs_parameter.ts': pipelineFile(
        `node((a: unknown) => a, { inputs: 'params:nowhere', outputs: 'd', name: 'd' })`,
      ),
    };
    const run = withSession(files, (session) => session.run(request), { hooks: [hooks] });
    await expect(run).rejects.toMatchObject({ code });
    expect(told).toEqual([[code, hasPipeline, code !== 'REQUEST_INVALID', 'local']]);
  });

  test('a run that was called off before it began', async () => {
    const told: string[] = [];
    const hooks: Hooks = { onPipelineError: ({ error }) => void told.push(isPipelineError(error) ? error.code : '') };
    const run = withSession(FILES, (session) => session.run({}, { signal: AbortSignal.abort() }), { hooks: [hooks] });
    await expect(run).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
    expect(told).toEqual(['RUN_CANCELLED']);
  });
});

describe('a hook that hangs', () => {
  const inRuns = HOOK_NAMES.filter((name) => !['afterContextCreated', 'onNodeError', 'onPipelineError'].includes(name));

  test.each([...inRuns, 'onNodeError' as const])('%s is left alone when its run is cancelled', async (name) => {
    const abort = new AbortController();
    const calls: string[] = [];
    const hang = () => {
      setImmediate(() => abort.abort('enough'));
      return new Promise<never>(() => {});
    };
    const hooks = [{ [name]: hang }, { [name]: () => void calls.push(name) }] as Hooks[];
    const request = { runtimeParams: { fail: name === 'onNodeError' } };
    const run = withSession(FILES, (session) => session.run(request, { signal: abort.signal }), { hooks });
    await expect(run).rejects.toMatchObject({ code: 'RUN_CANCELLED', cause: 'enough' });
    expect(calls).toEqual([]);
  });

  test('onPipelineError is waited for after a cancel, and not for ever', async () => {
    const abort = new AbortController();
    const told: string[] = [];
    const hooks: Hooks[] = [
      {
        onPipelineError: () => new Promise((resolve) => setTimeout(resolve, 5)).then(() => void told.push('heard')),
      },
      { onPipelineError: () => new Promise<never>(() => {}) },
    ];
    const options = { hooks, cancelGraceMs: 100 };
    const signal = AbortSignal.any([abort.signal]);
    abort.abort();
    const run = withSession(FILES, (session) => session.run({}, { signal }), options);
    await expect(run).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
    expect(told).toEqual(['heard']);
  });
});
