/** How a project's files become pipelines and settings. */
import { expect, test } from 'vitest';
import { openNativeSession } from '../../src/native/index.ts';
import { resolveOptions } from '../../src/native/options.ts';
import { jsonEntry, pipelineFile, withProject, withSession } from '../projects/tiny.ts';

const ONE = pipelineFile(`node(() => 1, { outputs: 'one', name: 'one' })`);
const TWO = pipelineFile(`node(() => 2, { outputs: 'two', name: 'two' })`);

test('a pipeline is a file or a folder with an index; what starts with "_" or "." or is a test is none', async () => {
  const files = {
    'pipelines/one.ts': ONE,
    'pipelines/two/index.ts': TWO,
    'pipelines/two/inside.ts': 'export {};',
    'pipelines/empty/readme.md': 'nothing to run',
    'pipelines/_shared.ts': 'throw new Error("not to be imported");',
    'pipelines/.hidden.ts': 'throw new Error("not to be imported");',
    'pipelines/one.test.ts': 'throw new Error("not to be imported");',
    'pipelines/one.d.ts': 'export {};',
    'pipelines/readme.md': '# no code',
  };
  await withSession(files, async (session) => {
    const { pipelines } = await session.describe();
    expect(Object.keys(pipelines)).toEqual(['__default__', 'one', 'two']);
    expect((await session.run({})).outputs).toEqual({ one: 1, two: 2 });
  });
});

test('of a source and what was built of it beside, the source is taken', async () => {
  const files = { 'pipelines/one.ts': ONE, 'pipelines/one.js': 'throw new Error("stale");' };
  await withSession(files, async (session) => {
    expect((await session.run({ pipelines: ['one'] })).outputs).toEqual({ one: 1 });
  });
});

test('a file __default__ is what runs when no pipeline is named', async () => {
  const files = { 'pipelines/one.ts': ONE, 'pipelines/__default__.ts': TWO, 'pipelines/broken.ts': 'throw 1;' };
  await withSession(files, async (session) => {
    expect((await session.run({})).outputs).toEqual({ two: 2 });
  });
});

test('two pipelines may share a node and tag it each in their own way', async () => {
  const shared = `import { node } from 'kedro-temporal';\nexport const one = node(() => 1, { outputs: 'one', name: 'one' });`;
  const using = (tag: string) =>
    `import { pipeline } from 'kedro-temporal';\nimport { one } from '../shared.ts';\nexport default pipeline([one], { tags: '${tag}' });`;
  const files = { 'shared.ts': shared, 'pipelines/a.ts': using('x'), 'pipelines/b.ts': using('y') };
  await withSession(files, async (session) => {
    const { pipelines } = await session.describe();
    expect(pipelines.__default__).toMatchObject({ nodes: [{ name: 'one', tags: ['x', 'y'] }] });
  });
});

test('a file that does not import says why in whole sentences', async () => {
  const mapped = `pipeline([node(() => 1, { outputs: 'one', name: 'one' })], { namespace: 'a', outputs: { ones: 'b' } })`;
  await withSession({ 'pipelines/a.ts': pipelineFile(mapped) }, async (session) => {
    const { pipelines } = await session.describe();
    expect(pipelines.a).toMatchObject({ error: { message: expect.stringMatching(/Did you mean "one"\?$/) } });
  });
});

test('pipelines that do not fit together break __default__ only', async () => {
  const files = { 'pipelines/a.ts': ONE, 'pipelines/b.ts': ONE };
  await withSession(files, async (session) => {
    const { pipelines } = await session.describe();
    expect(pipelines.__default__).toMatchObject({ error: { code: 'PIPELINE_DUPLICATE_NODE' } });
    expect((await session.run({ pipelines: ['a'] })).outputs).toEqual({ one: 1 });
  });
});

test('a project without pipelines opens and has nothing to run', async () => {
  await withSession({}, async (session) => {
    expect((await session.describe()).pipelines).toEqual({
      __default__: { nodes: [], inputs: [], outputs: [], parameters: [] },
    });
    expect((await session.run({})).nodes).toEqual([]);
  });
});

test('opening imports no pipeline', async () => {
  const mark = `opened-${Date.now()}`;
  const files = { 'pipelines/loud.ts': pipelineFile('', `(globalThis as Record<string, unknown>)['${mark}'] = true;`) };
  await withSession(files, async (session) => {
    expect(mark in globalThis).toBe(false);
    await session.describe();
    expect(mark in globalThis).toBe(true);
  });
});

test('the project’s own settings and those of the caller are used together', async () => {
  const settings = `
    import { defineDataset, defineSettings } from 'kedro-temporal';
    const seven = defineDataset({
      type: 'own.SevenDataset',
      options: {},
      open: () => ({ load: async () => 7, exists: async () => true, fingerprint: async () => '7' }),
    });
    export default defineSettings({ datasets: [seven], allowUnsafeParams: ['trusted'] });`;
  const files = {
    'settings.ts': settings,
    'conf/base/catalog.yml': `seven:\n  type: own.SevenDataset\n${jsonEntry('out').replace('data/out', '${runtime_params:trusted}/out')}`,
    'pipelines/seven.ts': pipelineFile(
      `node((value: number) => value, { inputs: 'seven', outputs: 'out', name: 'take' })`,
    ),
  };
  const ran: string[] = [];
  const hooks = [{ beforePipelineRun: () => void ran.push('hook of the caller') }];
  await withSession(
    files,
    async (session, folder) => {
      const runtimeParams = { trusted: `${folder}/elsewhere/..` };
      expect((await session.run({ runtimeParams, outputs: ['out'] })).outputs).toEqual({ out: 7 });
      expect(ran).toEqual(['hook of the caller']);
    },
    { hooks },
  );
});

test.each([
  ['does not import', 'throw new Error("no such key");', 'no such key'],
  ['exports nothing', 'export const a = 1;', 'default export'],
  ['has an unknown field', 'export default { hook: [] };', 'Did you mean "hooks"'],
  ['has a wrong shape', 'export default { hooks: {} };', '"hooks" is not a list'],
  ['has a misspelt hook', 'export default { hooks: [{ beforeRun() {} }] };', '"beforeRun"'],
])('settings whose file %s are refused when the session opens', async (_, settings, says) => {
  await withProject({ 'settings.ts': settings }, async (project) => {
    await expect(openNativeSession({ project })).rejects.toMatchObject({
      code: 'PROJECT_SETTINGS_INVALID',
      message: expect.stringContaining(says),
    });
  });
});

test('the environment is the option, else KEDRO_ENV; an empty text counts as not given', () => {
  const env = (own: string | undefined, variable: string | undefined) =>
    resolveOptions(
      { project: '.', ...(own === undefined ? {} : { env: own }) },
      { ...(variable === undefined ? {} : { KEDRO_ENV: variable }) },
      () => 'new id',
    ).env;
  expect([env('prod', 'test'), env('', 'test'), env(undefined, 'test')]).toEqual(['prod', 'test', 'test']);
  expect([env(undefined, undefined), env(undefined, '')]).toEqual([undefined, undefined]);
});

test('where nobody names an environment it is what the settings say, else local', async () => {
  const envOf = async (files: Record<string, string>) => {
    const { KEDRO_ENV: before } = process.env;
    delete process.env.KEDRO_ENV;
    try {
      return await withSession(files, async (session) => (await session.describe()).env);
    } finally {
      if (before !== undefined) process.env.KEDRO_ENV = before;
    }
  };
  const settings = "export default { configLoader: { defaultRunEnv: 'dev' } };";
  expect(await envOf({})).toBe('local');
  expect(await envOf({ 'settings.ts': settings, 'conf/dev/parameters.yml': 'a: 1' })).toBe('dev');
});
