/** The OpenAPI document, the pages, and how bodies are read. */
import { expect, test } from 'vitest';
import type { KedroServerOptions } from '../../src/server/index.ts';
import { jsonEntry, pipelineFile, withSession } from '../projects/tiny.ts';
import { type Answer, type Asking, withEndpoint } from './asking.ts';

const FILES = {
  'conf/base/catalog.yml': `${jsonEntry('model')}day_in:\n  type: json.JSONDataset\n  filepath: data/\${runtime_params:day}-\${runtime_params:hour,0}.json\n`,
  'conf/base/parameters.yml': 'model_options: { depth: 3, name: oak }\n',
  'pipelines/predict.ts': pipelineFile(
    `node((model: object, row: object, depth: number) => 1, { inputs: ['model', 'row', 'params:model_options.depth'], outputs: 'score', name: 'predict' })`,
  ),
  'pipelines/day.ts': pipelineFile(
    `node((day: object) => day, { inputs: 'day_in', outputs: 'day_seen', name: 'see' })`,
  ),
  'pipelines/broken.ts': 'throw new Error("does not import");',
};

const served = (options: Partial<KedroServerOptions>, work: (asking: Asking) => Promise<void>) => () =>
  withSession(FILES, (session) => withEndpoint(session, options, work));

const bodyOf = (document: Answer['body'], path: string) =>
  document.paths[path]?.post?.requestBody?.content['application/json'].schema;

test(
  'each pipeline has a route with its data, params and outputs, and says what it needs',
  served({}, async ({ get }) => {
    const { body } = await get('/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    const { properties } = bodyOf(body, '/pipelines/predict/run');
    expect(Object.keys(properties.runtime_data.anyOf[0].properties)).toEqual(['model', 'row', 'score']);
    expect(properties.runtime_params.anyOf[0].properties).toEqual({ model_options: { properties: { depth: {} } } });
    expect(properties.outputs.anyOf[0].items.enum).toEqual(['score', 'model', 'row']);
    expect(body.paths['/pipelines/predict/run'].post.description).toBe('1 node. Needs `row` in `runtime_data`.');
    expect(body.paths['/pipelines/day/run'].post.description).toBe('1 node. Needs `day` in `runtime_params`.');
  }),
);

test(
  'a broken pipeline has none, and the document says why',
  served({}, async ({ get }) => {
    const { paths, info } = (await get('/openapi.json')).body;
    expect(Object.keys(paths)).not.toContain('/pipelines/broken/run');
    expect(info.description).toMatch(/`broken`: .*does not import/);
  }),
);

test(
  'the pages come from here alone, and may load from here alone',
  served({}, async ({ get, url }) => {
    for (const path of ['/', '/docs']) {
      const { body, headers } = await get(path);
      const loaded = [...String(body).matchAll(/(?:src|href)="([^"]*)"/g)].map(([, target = '']) => target);
      expect(loaded, path).not.toEqual([]);
      for (const target of loaded) expect(new URL(target, url).origin, target).toBe(new URL(url).origin);
      expect(headers.get('content-security-policy'), path).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  }),
);

test(
  'a body that is too large is refused, with what would allow it',
  served({ limits: { bodyLimit: 100 } }, async ({ post }) => {
    const answer = await post('/run', { pipelines: ['predict'], runtime_data: { row: 'x'.repeat(200) } });
    expect(answer).toMatchObject({ status: 413, body: { error: { code: 'REQUEST_TOO_LARGE' } } });
    expect(answer.body.error.message).toContain('body_limit');
  }),
);

test(
  'a key that would become a prototype is refused, however it is written',
  served({}, async ({ post }) => {
    for (const key of ['__proto__', '\\u005f_proto__']) {
      const { status, body } = await post('/run', `{ "runtime_params": { "a": [{ "${key}": { "admin": true } }] } }`);
      expect(status).toBe(422);
      expect(body.detail[0].msg).toContain('__proto__');
    }
  }),
);

test(
  'a body that is nested too deep is refused, and the endpoint goes on',
  served({}, async ({ post }) => {
    const nested = (levels: number) => `{"runtime_params":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`;
    for (const text of [nested(20_000), `{"runtime_data":${'{"a":['.repeat(101)}${']}'.repeat(101)}}`]) {
      const { status, body } = await post('/run', text);
      expect([status, body.detail?.[0]?.msg]).toEqual([422, expect.stringContaining('deeper than 100 levels')]);
    }
    const { body } = await post('/pipelines/predict/run', nested(99));
    expect(body).toMatchObject({ status: 'failure', error: { code: 'DATASET_NOT_FOUND' } });
  }),
);

test(
  'one thing by two names is refused',
  served({}, async ({ post }) => {
    const { status, body } = await post('/run', { pipelines: ['predict'], pipeline_names: ['day'] });
    expect(status).toBe(422);
    expect(body.detail[0]).toMatchObject({ type: 'value_error', loc: ['body', 'pipelines'] });
  }),
);

test(
  'a run cannot be durable where there is no Temporal',
  served({}, async ({ get, post }) => {
    const answer = await post('/pipelines/predict/run', { mode: 'durable' });
    expect(answer).toMatchObject({ status: 422, body: { error: { code: 'REQUEST_INVALID' } } });
    expect((await get('/runs/nobody')).body.error.message).toContain('without Temporal');
  }),
);
