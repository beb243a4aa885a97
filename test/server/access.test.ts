/** Who is let in, and what they may name. */
import { describe, expect, test } from 'vitest';
import { createKedroServer, type KedroServerOptions } from '../../src/server/index.ts';
import { jsonEntry, pipelineFile, withSession } from '../projects/tiny.ts';
import { type Asking, allOf, askRaw, eventsOf, withEndpoint } from './asking.ts';

const FILES = {
  'conf/base/catalog.yml': `${jsonEntry('hidden_rows')}far:\n  type: json.JSONDataset\n  filepath: https://u:hunter2@files.test/x.json\n`,
  'conf/base/parameters.yml': 'model: { depth: 3, name: oak }\nadmin: 1\n',
  'pipelines/score.ts': pipelineFile(
    `node((model: object, row: number) => [model, row], { inputs: ['params:model', 'row'], outputs: ['seen', 'hidden_rows'], name: 'score' })`,
  ),
  'pipelines/leak.ts': pipelineFile(
    `node(() => { throw new Error('cannot reach postgres://u:hunter2@db/x'); }, { outputs: 'none', name: 'leak' })`,
  ),
  'pipelines/torn.ts': 'throw new Error("cannot reach postgres://u:hunter2@db/x");',
  'pipelines/secret.ts': pipelineFile(`node(() => 1, { outputs: 'one', name: 'one' })`),
};

const served = (options: Partial<KedroServerOptions>, work: (asking: Asking) => Promise<void>) => () =>
  withSession(FILES, (session) => withEndpoint(session, options, work));

const SCORE = { runtime_data: { row: 1 } };
const notAllowed = { status: 403, body: { error: { code: 'NOT_ALLOWED', retryable: false } } };

describe('with a token', () => {
  const options = { access: { token: 'the secret' } };
  const bearer = { authorization: 'Bearer the secret' };
  const form = { 'content-type': 'application/x-www-form-urlencoded' };

  // A header has no space in its token; this one is of a length of its own as well.
  const token = { access: { token: 'a-secret' } };

  test(
    'nobody is let in without it, or with another',
    served(token, async ({ get, post }) => {
      for (const headers of [
        {},
        { authorization: 'Bearer b-secret' },
        { authorization: 'Basic a-secret' },
        { cookie: 'kedro_temporal=9999999999.x' },
      ]) {
        const answer = await post('/pipelines/score/run', SCORE, headers);
        expect(answer).toMatchObject({ status: 401, body: { error: { code: 'NOT_AUTHENTICATED' } } });
        expect(answer.headers.get('www-authenticate')).toBe('Bearer');
        for (const path of ['/', '/docs', '/openapi.json', '/runs', '/events', '/nope']) {
          expect((await get(path, headers)).status, path).toBe(401);
        }
        const page = await get('/', { ...headers, accept: 'text/html' });
        expect([page.status, page.headers.get('location')]).toEqual([303, '/login']);
      }
    }),
  );

  test(
    'whoever shows it is let in, from wherever',
    served(token, async ({ post }) => {
      const headers = {
        authorization: 'bearer a-secret',
        origin: 'http://elsewhere.test',
        'sec-fetch-site': 'cross-site',
      };
      expect((await post('/pipelines/score/run', SCORE, headers)).body.status).toBe('success');
    }),
  );

  test(
    'health says that it is there, and nothing else',
    served(token, async ({ get }) => {
      expect((await get('/health')).body).toEqual({ status: 'healthy', kedro_version: '1.x' });
    }),
  );

  test(
    'a browser signs in once, and its cookie holds no token',
    served(token, async ({ get, post }) => {
      expect((await get('/login')).body).toContain('<form');
      const wrong = await post('/login', 'token=b-secret', form);
      expect(wrong.status).toBe(401);
      expect(wrong.body).toContain('not the token');
      expect(wrong.headers.get('set-cookie')).toBeNull();
      const answer = await post('/login', 'token=a-secret', form);
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
      const cookie = answer.headers.get('set-cookie') ?? '';
      expect(cookie).toMatch(/HttpOnly; SameSite=Strict; Max-Age=\d+$/);
      expect(cookie).not.toContain('a-secret');
      const pass = { cookie: cookie.split(';', 1)[0] ?? '' };
      expect((await get('/snapshot', pass)).body.status).toBe('success');
      expect((await post('/pipelines/score/run', SCORE, pass)).body.status).toBe('success');
      expect((await get('/snapshot', { cookie: `${pass.cookie}x` })).status).toBe(401);
    }),
  );

  test(
    'two endpoints of one host do not sign each other out, and take no pass of the other',
    served(token, (one) =>
      withSession(FILES, (session) =>
        withEndpoint(session, { access: { token: 'b-secret' } }, async (other) => {
          const passes = new Map<string, string>();
          const signIn = async (endpoint: Asking, secret: string) => {
            const answer = await endpoint.post('/login', { token: secret });
            const [, name = '', pass = ''] = /^([^=]+)=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '') ?? [];
            passes.set(name, pass);
          };
          // As a browser does, which tells no ports apart.
          const cookie = () => [...passes].map(([name, pass]) => `${name}=${pass}`).join('; ');
          await signIn(one, 'a-secret');
          expect((await other.get('/snapshot', { cookie: cookie() })).status).toBe(401);
          await signIn(other, 'b-secret');
          for (const { get } of [one, other]) expect((await get('/snapshot', { cookie: cookie() })).status).toBe(200);
        }),
      ),
    ),
  );

  test(
    'a page of another site changes nothing with that cookie',
    served(token, async ({ get, post, url }) => {
      const answer = await post('/login', { token: 'a-secret' });
      const pass = { cookie: (answer.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '' };
      const sites = [
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { origin: 'http://elsewhere.test' },
        { origin: 'null' },
      ];
      for (const headers of sites) {
        expect(await post('/pipelines/score/run', SCORE, { ...pass, ...headers })).toMatchObject(notAllowed);
      }
      const own = { ...pass, origin: url };
      expect((await post('/pipelines/score/run', SCORE, own)).status).toBe(200);
      expect((await get('/snapshot', { ...pass, 'sec-fetch-site': 'cross-site' })).status).toBe(200);
    }),
  );

  test(
    'a token with spaces is one as well',
    served(options, async ({ get }) => {
      expect((await get('/snapshot', bearer)).status).toBe(200);
    }),
  );
});

describe('on this machine, without a token', () => {
  test(
    'a page elsewhere that calls itself by our address is not answered',
    served({}, async ({ url }) => {
      for (const host of ['elsewhere.test', 'localhost.elsewhere.test', '127.0.0.1.elsewhere.test']) {
        expect((await askRaw(`${url}/snapshot`, { headers: { host } })).status, host).toBe(403);
      }
      for (const host of ['localhost', 'localhost:8000', '127.0.0.1', '[::1]:9', 'app.localhost']) {
        expect((await askRaw(`${url}/snapshot`, { headers: { host } })).status, host).toBe(200);
      }
    }),
  );

  test(
    'a name that is configured is answered',
    served({ access: { hosts: ['Shop.internal'] } }, async ({ url }) => {
      expect((await askRaw(`${url}/snapshot`, { headers: { host: 'shop.internal:8000' } })).status).toBe(200);
    }),
  );

  test(
    'a page of another site changes nothing',
    served({}, async ({ post }) => {
      const headers = { origin: 'http://elsewhere.test', 'content-type': 'text/plain' };
      expect(await post('/run', '{}', headers)).toMatchObject(notAllowed);
    }),
  );

  test('another host is refused without a token, unless it is open to all', () =>
    withSession(FILES, async (session) => {
      await using closed = await createKedroServer({ session });
      await expect(closed.listen({ host: '0.0.0.0', port: 0 })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
      await using open = await createKedroServer({ session, access: { isOpen: true } });
      await expect(open.listen({ host: '0.0.0.0', port: 0 })).resolves.toMatch(/^http/);
    }));
});

describe('what may be named', () => {
  const options = { access: { allow: { pipelines: ['score'], params: ['model.depth'], datasets: ['row', 'seen'] } } };

  test(
    'the names of the lists, and nothing else',
    served(options, async ({ post }) => {
      const run = (body: object) => post('/run', { pipelines: ['score'], ...SCORE, ...body });
      expect((await run({ runtime_params: { model: { depth: 5 } } })).body).toMatchObject({
        status: 'success',
        outputs: { seen: { depth: 5, name: 'oak' } },
      });
      const refused: [object, string][] = [
        [{ pipelines: ['secret'] }, 'secret'],
        [{ pipelines: ['score', 'secret'] }, 'secret'],
        [{ pipelines: null }, '__default__'],
        [{ runtime_params: { model: { name: 'elm' } } }, 'model.name'],
        [{ runtime_params: { model: {} } }, 'model'],
        [{ params: { admin: 2 } }, 'admin'],
        [{ runtime_data: { row: 1, hidden_rows: 2 } }, 'hidden_rows'],
        [{ outputs: ['seen', 'hidden_rows'] }, 'hidden_rows'],
        [{ load_versions: { hidden_rows: '1' } }, 'hidden_rows'],
      ];
      for (const [body, name] of refused) {
        const answer = await run(body);
        expect(answer, name).toMatchObject({ ...notAllowed, body: { error: { details: { name } } } });
      }
      expect(await post('/pipelines/secret/run', {})).toMatchObject(notAllowed);
    }),
  );

  test(
    'an output that is not on the list is not in the answer',
    served(options, async ({ get, post }) => {
      const { body } = await post('/pipelines/score/run', { ...SCORE, run_id: 'one' });
      expect(Object.keys(body.outputs)).toEqual(['seen']);
      expect(Object.keys((await get('/runs/one')).body.outputs)).toEqual(['seen']);
    }),
  );

  test('a parameter that is not on the list is not set as data either, with a list of datasets or without', () =>
    withSession(FILES, async (session) => {
      for (const datasets of [{}, { datasets: ['row', 'seen'] }]) {
        const access = { allow: { params: ['model.depth'], ...datasets } };
        await withEndpoint(session, { access }, async ({ post }) => {
          for (const [name, value] of Object.entries({ 'params:model': 1, 'params:admin': 1, parameters: {} })) {
            const answer = await post('/pipelines/score/run', { runtime_data: { row: 1, [name]: value } });
            expect(answer, name).toMatchObject({ ...notAllowed, body: { error: { details: { list: 'params' } } } });
          }
          const outputs = await post('/pipelines/score/run', { ...SCORE, outputs: ['params:admin'] });
          expect(outputs).toMatchObject(notAllowed);
        });
      }
    }));

  test(
    'what is not allowed is in no answer: document, snapshot, pipelines, runs, events',
    served(options, async ({ get, post, url }) => {
      const run = await post('/pipelines/score/run', { ...SCORE, run_id: 'all' });
      const events = await allOf(eventsOf(`${url}/runs/all/events`));
      const paths = ['/openapi.json', '/snapshot', '/pipelines', '/runs/all'];
      const answers = await Promise.all(paths.map(async (path) => (await get(path)).body));
      const text = JSON.stringify([run.body, events, answers]);
      expect(['secret', 'hidden', 'admin'].filter((name) => text.includes(name))).toEqual([]);
      const [, snapshot, pipelines] = answers;
      expect([snapshot.parameters, Object.keys(snapshot.datasets)]).toEqual([['model'], []]);
      expect(pipelines.pipelines.score).toMatchObject({ inputs: ['row'], outputs: ['seen'] });
    }),
  );
});

test(
  'what a URL hides is in no answer, whoever asks for the run and when',
  served({}, async ({ get, post, url }) => {
    const run = await post('/pipelines/leak/run', { run_id: 'leak' });
    const events = await allOf(eventsOf(`${url}/runs/leak/events`));
    const paths = ['/openapi.json', '/snapshot', '/pipelines', '/runs/leak'];
    const answers = await Promise.all(paths.map(async (path) => (await get(path)).body));
    expect(JSON.stringify([run.body, events, answers])).not.toContain('hunter2');
    expect(answers.at(-1).error.message).toContain('<redacted>@db/x');
    expect(events.at(-1)?.data.error.message).toContain('<redacted>@db/x');
  }),
);
