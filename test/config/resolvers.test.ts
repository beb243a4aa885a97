/** Resolvers: the project's own, and OmegaConf's. What they give for a tree is compared with Kedro in `parity`. */
import { describe, expect, it } from 'vitest';
import { fillEntry, fillParameters, type Resolvers } from '../../src/config/index.ts';
import { failure, templateOf } from './conf-tree.ts';

function parameters(text: string, resolvers: Resolvers) {
  return templateOf({ 'base/parameters.yml': text }, { resolvers });
}

describe("a project's own resolver", () => {
  it('is given what stands after the colon, filled and typed', async () => {
    const seen: unknown[][] = [];
    const resolvers = {
      'my.note': (...args: unknown[]) => {
        seen.push(args);
        return { got: args.length };
      },
    };
    const template = await parameters('a: "${my.note: x, 1, [true, {k: ${b}}]}"\nb: null\nc: "<${a}>"', resolvers);
    expect(fillParameters(template)).toEqual({ a: { got: 3 }, b: null, c: "<{'got': 3}>" });
    expect(seen[0]).toEqual(['x', 1, [true, { k: null }]]);
  });

  it('is asked again in each run, so that it may know the time', async () => {
    let runs = 0;
    const template = await templateOf(
      { 'base/catalog.yml': 'a: {type: T, filepath: "${now:}/x"}\nb: {type: T}' },
      {
        resolvers: {
          now: () => {
            runs += 1;
            return `t${runs}`;
          },
        },
      },
    );
    expect([fillEntry(template, 'a').filepath, fillEntry(template, 'a').filepath]).toEqual(['t1/x', 't2/x']);
    expect(fillEntry(template, 'b')).toBe(fillEntry(template, 'b'));
  });

  it('that fails is named, with what it said and where it was called', async () => {
    const broken = () => {
      throw new Error('no table');
    };
    const template = await parameters('m:\n  a: "${look_up:x}"', { look_up: broken });
    const { code, message } = await failure(() => fillParameters(template));
    expect(code).toBe('CONFIG_UNRESOLVED');
    for (const part of ['"look_up"', 'no table', '"m.a"', 'parameters.yml:2']) expect(message).toContain(part);
  });

  it.each([
    ['nothing', () => undefined],
    ['a date', () => new Date()],
    ['a promise', async () => 1],
    ['a function', () => () => 1],
  ])('that returns %s is refused by name', async (_, resolver) => {
    const resolvers = { mine: resolver } as unknown as Resolvers;
    const template = await parameters('a: "${mine:}"', resolvers);
    expect(await failure(() => fillParameters(template))).toMatchObject({
      code: 'CONFIG_UNRESOLVED',
      message: expect.stringContaining('"mine"'),
    });
  });

  it('cannot choose a type or leave a folder with what a caller gave', async () => {
    const template = await templateOf(
      {
        'base/catalog.yml':
          'a: {type: T, filepath: "data/${join:x,${runtime_params:p}}"}\nb: {type: "${join:x,${runtime_params:p}}"}',
      },
      { resolvers: { join: (...args) => args.join('') } },
    );
    expect(fillEntry(template, 'a', { runtimeParams: { p: 'y' } }).filepath).toBe('data/xy');
    const up = await failure(() => fillEntry(template, 'a', { runtimeParams: { p: '/../../y' } }));
    expect(up.code).toBe('PARAM_NOT_ALLOWED');
    expect((await failure(() => fillEntry(template, 'b', { runtimeParams: { p: 'y' } }))).code).toBe(
      'PARAM_NOT_ALLOWED',
    );
  });

  it.each(['globals', 'runtime_params', 'oc.select', 'a b', '1'])('cannot be named %s', async (name) => {
    const { code, message } = await failure(() => parameters('', { [name]: () => 1 }));
    expect(code).toBe('PROJECT_SETTINGS_INVALID');
    expect(message).toContain(`"${name}"`);
  });

  it('may be oc.env: then every group may read the environment', async () => {
    const template = await parameters('a: "${oc.env:X}"', { 'oc.env': (name: string) => `<${name}>` });
    expect(fillParameters(template)).toEqual({ a: '<X>' });
  });
});

describe('settings of the loader', () => {
  it('name other environments and files', async () => {
    const template = await templateOf(
      { 'shared/parameters.yml': 'a: 1\nb: 1', 'dev/parameters.yml': 'b: 2', 'shared/params/x.yml': 'c: 3' },
      { baseEnv: 'shared', defaultRunEnv: 'dev', configPatterns: { parameters: ['parameters.yml', 'params/**'] } },
    );
    expect(template.env).toBe('dev');
    expect(fillParameters(template)).toEqual({ a: 1, b: 2, c: 3 });
  });

  it.each([
    [{ configPatterns: { parameters: 'x' } }, 'configPatterns.parameters'],
    [{ configPatterns: { parameters: ['a**b'] } }, '"a**b"'],
    [{ configPatterns: { paramters: [] } }, 'Did you mean "parameters"'],
    [{ baseEnv: '' }, 'baseEnv'],
    [{ resolvers: { x: 1 } }, '"x"'],
  ])('are refused where they make no sense: %j', async (options, part) => {
    const { code, message } = await failure(() => templateOf({}, options as object));
    expect(code).toBe('PROJECT_SETTINGS_INVALID');
    expect(message).toContain(part);
  });
});

describe('what a caller gives', () => {
  it('is not read by oc.decode and oc.create as configuration', async () => {
    const template = await templateOf({
      'base/parameters.yml':
        'secret: hush\na: "${oc.decode:${runtime_params:x}}"\nb: "${oc.create:${runtime_params:y}}"\nc: ${runtime_params:z}',
    });
    const runtimeParams = { x: '${secret}', y: '{k: "${secret}"}', z: { k: '${secret}' } };
    const { a, b, c } = fillParameters(template, { runtimeParams });
    expect([a, b, c]).toEqual(['${secret}', { k: '${secret}' }, { k: '${secret}' }]);
  });

  it('stays what was given when it has gone through them: it leaves no folder', async () => {
    const template = await templateOf({
      'base/catalog.yml':
        'a: {type: T, filepath: "${oc.decode:${runtime_params:x}}"}\nb: {type: T, filepath: "x/${.o.p}", o: "${oc.create:${runtime_params:x}}"}',
    });
    for (const [name, x] of [
      ['a', "'../up'"],
      ['b', "{p: '../../up'}"],
    ] as const) {
      const { code } = await failure(() => fillEntry(template, name, { runtimeParams: { x } }));
      expect(code).toBe('PARAM_NOT_ALLOWED');
    }
  });
});
