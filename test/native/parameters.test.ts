/** Parameters against the schemas that a project gives. */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { RunRequest } from '../../src/core/index.ts';
import type { NativeSessionOptions } from '../../src/native/index.ts';
import { pipelineFile, withSession } from '../projects/tiny.ts';

type Schemas = NonNullable<NativeSessionOptions['parameterSchemas']>;

const PARAMETERS = `
model_options:
  test_size: 0.2
  features: [a, b]
days: 7
`;

/** A project whose only node returns what it got; `seen` notes that a node has run at all. */
function project(inputs: string[], parameters = PARAMETERS) {
  return {
    'conf/base/parameters.yml': parameters,
    'pipelines/one.ts': pipelineFile(
      `node((...values: unknown[]) => { seen.push(values); return values; }, { inputs: ${JSON.stringify(inputs)}, outputs: 'got', name: 'get' })`,
      `const seen = (((globalThis as any).seen ??= []) as unknown[]);`,
    ),
  };
}

function got(
  inputs: string[],
  parameterSchemas: Schemas,
  request: RunRequest = {},
  parameters?: string,
): Promise<unknown> {
  return withSession(project(inputs, parameters), async (session) => (await session.run(request)).outputs.got, {
    parameterSchemas,
  });
}

/** A schema that counts how often it is asked. */
function counting(schema: StandardSchemaV1, isLate = false): { schema: StandardSchemaV1; asked: unknown[] } {
  const asked: unknown[] = [];
  const validate = (value: unknown) => {
    asked.push(value);
    const result = schema['~standard'].validate(value);
    return isLate ? new Promise<Awaited<typeof result>>((resolve) => setImmediate(() => resolve(result))) : result;
  };
  return { schema: { '~standard': { version: 1, vendor: 'test', validate } }, asked };
}

const OPTIONS = z.object({
  test_size: z.coerce.number().gt(0).lt(1),
  features: z.array(z.string()).min(1),
  seed: z.number().default(3),
});

describe('what nodes get', () => {
  test('defaults and coercions reach the parameter, its parts and all parameters', async () => {
    const values = await got(
      ['params:model_options', 'params:model_options.seed', 'parameters'],
      { model_options: OPTIONS },
      { runtimeParams: { model_options: { test_size: '0.5' } } },
    );
    const options = { test_size: 0.5, features: ['a', 'b'], seed: 3 };
    expect(values).toEqual([options, 3, { model_options: options, days: 7 }]);
  });

  test('a part’s schema sees what the outer one has made of it, whatever the order of the settings', async () => {
    const schemas = {
      'model_options.test_size': z.number().transform((size) => size * 100),
      model_options: OPTIONS,
      parameters: z.looseObject({ days: z.number().transform(String) }),
    };
    expect(await got(['params:model_options.test_size', 'params:days'], schemas)).toEqual([20, '7']);
  });

  test('a parameter that is configured nowhere is its schema’s default, or missed as ever', async () => {
    expect(await got(['params:a.b'], { 'a.b': z.number().default(5) })).toEqual([5]);
    await expect(got(['params:a.b'], { 'a.b': z.number() })).rejects.toMatchObject({ code: 'PARAMETER_NOT_FOUND' });
    expect(await got(['params:days'], { 'a.b': z.number() })).toEqual([7]);
    expect(await got(['parameters'], { 'a.b': z.number() }, {}, 'x: 1')).toEqual([{ x: 1 }]);
  });

  test('a key that holds dots is one parameter', async () => {
    expect(
      await got(['params:a.b'], { 'a.b': z.number().transform((n) => n + 1) }, {}, 'a.b: 1\na: { c: 10 }'),
    ).toEqual([2]);
  });

  test('they are frozen, and what cannot be frozen is made anew for each run', async () => {
    const files = {
      'conf/base/parameters.yml': 'day: "2026-01-31"\noptions: { list: [1] }',
      'pipelines/one.ts': pipelineFile(
        `node((day: Date, options: { list: number[] }) => {
          day.setFullYear(day.getFullYear() + 1);
          return [day.getFullYear(), Object.isFrozen(options) && Object.isFrozen(options.list)];
        }, { inputs: ['params:day', 'params:options'], outputs: 'got', name: 'get' })`,
      ),
    };
    const parameterSchemas = { day: z.coerce.date(), options: z.object({ list: z.array(z.number()) }) };
    const years = await withSession(
      files,
      async (session) => [(await session.run({})).outputs.got, (await session.run({})).outputs.got],
      { parameterSchemas },
    );
    expect(years).toEqual([
      [2027, true],
      [2027, true],
    ]);
  });

  test('a schema that changes what it is given harms nobody', async () => {
    const greedy = counting(z.any());
    const schema: StandardSchemaV1 = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value) => {
          (value as { features: string[] }).features.push('more');
          return { value: 1 };
        },
      },
    };
    const values = await got(['params:model_options', 'params:days'], { model_options: schema, days: greedy.schema });
    expect(values).toEqual([1, 7]);
  });

  test('a run’s data in place of a parameter has to fit too', async () => {
    const schemas = { model_options: OPTIONS, 'model_options.test_size': z.number().max(0.5) };
    const give = (value: { test_size: number; features: string[] }) =>
      got(['params:model_options'], schemas, { runtimeData: { 'params:model_options': value } });
    expect(await give({ test_size: 0.4, features: ['x'] })).toEqual([{ test_size: 0.4, features: ['x'], seed: 3 }]);
    await expect(give({ test_size: 0.6, features: ['x'] })).rejects.toMatchObject({
      code: 'PARAMETER_INVALID',
      message: expect.stringContaining('in the data of the run'),
      details: { parameter: 'model_options.test_size' },
    });
  });
});

describe('what does not fit', () => {
  test('the message names parameter, path, reason and origin; no node has run', async () => {
    const seen: unknown[] = [];
    Object.assign(globalThis, { seen });
    const runtimeParams = { model_options: { test_size: 2 } };
    await expect(got(['params:model_options'], { model_options: OPTIONS }, { runtimeParams })).rejects.toMatchObject({
      code: 'PARAMETER_INVALID',
      retryable: false,
      message: expect.stringMatching(
        /^Parameter "model_options" does not fit the schema of the project: model_options\.test_size: Too big: .*\. It was given in runtimeParams\.$/,
      ),
      details: { parameter: 'model_options', path: 'model_options.test_size', from: 'runtimeParams' },
    });
    expect(seen).toEqual([]);
  });

  test.each([
    [
      'a part alone is used',
      ['params:model_options.features'],
      { model_options: z.object({ test_size: z.string() }) },
      'model_options.test_size',
    ],
    [
      'the whole is used, a part has the schema',
      ['params:model_options'],
      { 'model_options.test_size': z.string() },
      'model_options.test_size',
    ],
    ['all parameters are used', ['parameters'], { days: z.string() }, 'days'],
    ['all parameters have the schema', ['params:days'], { parameters: z.object({ days: z.string() }) }, 'days'],
    ['the setting says params:', ['params:days'], { 'params:days': z.string() }, 'days'],
    [
      'something inside a list is wrong',
      ['params:model_options'],
      { model_options: z.object({ features: z.array(z.number()) }) },
      'model_options.features.0',
    ],
  ] as [string, string[], Schemas, string][])('%s', async (_, inputs, schemas, path) => {
    await expect(got(inputs, schemas)).rejects.toMatchObject({
      code: 'PARAMETER_INVALID',
      message: expect.stringContaining('It comes from parameters'),
      details: { path, from: 'configuration' },
    });
  });

  test('many issues are told in part', async () => {
    const schema = z.object({ a: z.string(), b: z.string(), c: z.string(), d: z.string(), e: z.string() });
    await expect(got(['params:days'], { parameters: schema })).rejects.toThrow(
      /^The parameters do .*a: .*; b: .*; c: .*; and 2 more\./,
    );
  });

  test('a schema that throws is named', async () => {
    const schema: StandardSchemaV1 = {
      '~standard': { version: 1, vendor: 'test', validate: () => Promise.reject(new Error('no list of shops')) },
    };
    await expect(got(['params:days'], { days: schema })).rejects.toMatchObject({
      code: 'PARAMETER_INVALID',
      message: expect.stringContaining('its schema failed: no list of shops'),
    });
  });

  test('what no node of the run uses is not asked', async () => {
    expect(await got(['params:days'], { model_options: z.string(), 'days.of.week': z.string() })).toEqual([7]);
  });

  test('what is no schema is refused when the project is opened', async () => {
    const open = (parameterSchemas: unknown) => withSession({}, async () => 0, { parameterSchemas } as never);
    await expect(open({ days: { parse: () => 7 } })).rejects.toMatchObject({
      code: 'PROJECT_SETTINGS_INVALID',
      message: expect.stringContaining('"days"'),
    });
    await expect(open(z.object({}))).rejects.toMatchObject({ code: 'PROJECT_SETTINGS_INVALID' });
    const files = { 'settings.ts': 'export default { parameterSchemas: { days: 5 } };' };
    await expect(withSession(files, async () => 0)).rejects.toMatchObject({ code: 'PROJECT_SETTINGS_INVALID' });
  });
});

describe('how often a schema is asked', () => {
  test.each([false, true])(
    'once, for all runs whose params do not change the parameter (late answers: %s)',
    async (isLate) => {
      const options = counting(OPTIONS, isLate);
      const days = counting(z.number(), isLate);
      const inputs = ['params:model_options', 'params:model_options.test_size', 'params:days'];
      await withSession(
        project(inputs),
        async (session) => {
          const first = await session.run({});
          const second = await session.run({});
          expect(second.outputs).toEqual(first.outputs);
          expect([options.asked.length, days.asked.length]).toEqual([1, 1]);
          await session.run({ runtimeParams: { days: 8 } });
          expect([options.asked.length, days.asked]).toEqual([1, [7, 8]]);
        },
        { parameterSchemas: { model_options: options.schema, days: days.schema } },
      );
    },
  );

  test('runs that overlap get their own', async () => {
    const schema = counting(
      z.number().transform((n) => n * 10),
      true,
    ).schema;
    const all = await withSession(
      project(['params:days']),
      (session) => Promise.all([1, 2, 3].map((days) => session.run({ runtimeParams: { days } }))),
      { parameterSchemas: { days: schema } },
    );
    expect(all.map(({ outputs }) => outputs.got)).toEqual([[10], [20], [30]]);
  });

  test('a cancel does not wait for a schema', async () => {
    let arrived = () => {};
    const isThere = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const never: StandardSchemaV1 = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: () => {
          arrived();
          return new Promise(() => {});
        },
      },
    };
    await withSession(
      project(['params:days']),
      async (session) => {
        const abort = new AbortController();
        const run = session.run({}, { signal: abort.signal });
        await isThere;
        abort.abort();
        await expect(run).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
      },
      { parameterSchemas: { days: never } },
    );
  });
});
