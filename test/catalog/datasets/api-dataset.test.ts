import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { datasetContract, withProject } from '../../contract/dataset.ts';

interface Seen {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage['headers'];
  body: string;
}

let seen: Seen[] = [];
let content: unknown;
let answer: (request: Seen, response: ServerResponse) => void = () => {};

const server = createServer(async (request, response) => {
  let body = '';
  for await (const part of request) body += part;
  const { method, url, headers } = request;
  seen.push({ method, url, headers, body });
  answer({ method, url, headers, body }, response);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const json = (response: ServerResponse, value: unknown, type = 'application/json') =>
  response.writeHead(200, { 'content-type': type }).end(JSON.stringify(value));

beforeEach(() => {
  seen = [];
  content = undefined;
  answer = (_, response) => (content === undefined ? response.writeHead(404).end() : json(response, content));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const values = [{ day: '2026-01-01', rows: [1, null] }, ['x']] as const;

datasetContract({
  name: 'api.APIDataset',
  definition: { type: 'api.APIDataset', url: `${base}/days` },
  values,
  put: async (_, which) => {
    content = values[which];
  },
});

describe('api.APIDataset', () => {
  const bench = withProject();
  const open = (more = {}) => bench.open({ type: 'api.APIDataset', url: `${base}/v1/days?a=1`, ...more });

  it('asks with params, headers and credentials', async () => {
    content = 1;
    const load_args = { params: { b: ['x y', 2], c: true, none: [] }, headers: { 'X-Day': 'monday', 'X-N': 3 } };
    await open({ load_args, credentials: ['me', 'pässword'] }).load();
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/v1/days?a=1&b=x+y&b=2&c=true', body: '' });
    expect(seen[0]?.headers).toMatchObject({
      'x-day': 'monday',
      'x-n': '3',
      authorization: `Basic ${Buffer.from('me:pässword').toString('base64')}`,
    });
  });

  it.each([
    [{ credentials: { username: 'a', password: 'b' } }, 'authorization', `Basic ${btoa('a:b')}`],
    [{ credentials: { login: 'a', password: 'b' } }, 'authorization', `Basic ${btoa('a:b')}`],
    [{ credentials: { token: 't' } }, 'authorization', 'Bearer t'],
    [{ credentials: { headers: { 'X-Key': 'k' } } }, 'x-key', 'k'],
    [{ load_args: { auth: ['a', 'b'] } }, 'authorization', `Basic ${btoa('a:b')}`],
  ])('takes credentials as %j', async (more, header, value) => {
    content = 1;
    await open(more).load();
    expect(seen[0]?.headers[header]).toBe(value);
  });

  it.each([
    ['application/json', '{"a":1}', { a: 1 }],
    ['application/problem+json; charset=utf-8', '[1]', [1]],
    ['application/json', '', null],
    ['text/csv', 'a,b\n', 'a,b\n'],
    ['text/plain; charset=iso-8859-1', Buffer.from([0xe9]), 'é'],
    ['', 'x', 'x'],
  ])('makes a value of %s', async (type, body, value) => {
    answer = (_, response) => response.writeHead(200, type === '' ? {} : { 'content-type': type }).end(body);
    expect(await open().load()).toEqual(value);
  });

  it('makes of it what load_args.as says', async () => {
    content = { a: 1 };
    expect(await open({ load_args: { as: 'text' } }).load()).toBe('{"a":1}');
    expect(await open({ load_args: { as: 'bytes' } }).load()).toEqual(new TextEncoder().encode('{"a":1}'));
    answer = (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('{"b":2}');
    expect(await open({ load_args: { as: 'json' } }).load()).toEqual({ b: 2 });
  });

  it.each([
    ['application/json', '{"a":'],
    ['application/octet-stream', Buffer.from([0xff, 0xfe, 0])],
  ])('says, for good, when %s cannot be read', async (type, body) => {
    answer = (_, response) => response.writeHead(200, { 'content-type': type }).end(body);
    await expect(open().load()).rejects.toMatchObject({ code: 'DATASET_LOAD_FAILED', retryable: false });
  });

  it.each([
    ...[408, 425, 429, 500, 502, 503, 504].map((status) => [status, true] as const),
    ...[400, 401, 403, 405, 409, 418, 422].map((status) => [status, false] as const),
  ])('knows whether HTTP %i may pass: %s', async (status, retryable) => {
    answer = (_, response) => response.writeHead(status).end('no');
    const secrets = { load_args: { params: { key: 'secret' } }, credentials: { token: 'secret' } };
    const refused = await open(secrets)
      .load()
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'DATASET_LOAD_FAILED',
      retryable,
      details: { dataset: 'subject', path: `${base}/v1/days`, status },
      message: expect.stringContaining(`HTTP ${status}`),
    });
    expect(JSON.stringify([refused, String(refused)])).not.toContain('secret');
  });

  it('has nothing to load where the answer is 404 or 410', async () => {
    for (const status of [404, 410]) {
      answer = (_, response) => response.writeHead(status).end();
      await expect(open().load()).rejects.toMatchObject({ code: 'DATASET_NOT_SAVED_YET', retryable: false });
    }
  });

  it('may be tried again when nobody answers, or too late', async () => {
    const closed = bench.open({ type: 'api.APIDataset', url: 'http://127.0.0.1:1/x' });
    await expect(closed.load()).rejects.toMatchObject({
      code: 'DATASET_LOAD_FAILED',
      retryable: true,
      message: expect.not.stringContaining('fetch failed'),
    });
    answer = () => {};
    await expect(open({ load_args: { timeout: 0.05 } }).load()).rejects.toMatchObject({
      code: 'DATASET_LOAD_FAILED',
      retryable: true,
      message: expect.stringContaining('0.05 seconds'),
    });
    answer = (_, response) => void response.writeHead(200, { 'content-type': 'text/plain' }).write('half');
    await expect(open({ load_args: { timeout: [0.05, 0.02] } }).load()).rejects.toMatchObject({ retryable: true });
  });

  it('ends with the signal’s reason in the middle of an answer', async () => {
    const controller = new AbortController();
    answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' }).write('half');
      controller.abort(new Error('stop'));
    };
    await expect(open().load({ signal: controller.signal })).rejects.toThrow('stop');
  });

  it('follows redirects, or not', async () => {
    answer = ({ url }, response) =>
      url === '/end' ? json(response, 'there') : response.writeHead(302, { location: '/end' }).end();
    expect(await open().load()).toBe('there');
    await expect(open({ load_args: { allow_redirects: false } }).load()).rejects.toMatchObject({
      details: { status: 302 },
      retryable: false,
    });
  });

  describe('a redirect to another host', () => {
    const others: IncomingMessage['headers'][] = [];
    const bodiesThere: string[] = [];
    const other = createServer(async (request, response) => {
      let body = '';
      for await (const part of request) body += part;
      others.push(request.headers);
      bodiesThere.push(body);
      json(response, 'there');
    });
    const elsewhere = () => `http://127.0.0.1:${(other.address() as AddressInfo).port}/end`;
    beforeAll(async () => {
      other.listen(0, '127.0.0.1');
      await once(other, 'listening');
    });
    beforeEach(() => {
      others.length = 0;
      bodiesThere.length = 0;
    });
    afterAll(() => {
      other.closeAllConnections();
      other.close();
    });

    it.each([
      { credentials: { headers: { 'X-Api-Key': 'secret' } } },
      { credentials: { token: 'secret' } },
      { load_args: { headers: { 'X-Api-Key': 'secret' } } },
    ])('is followed without the headers of the entry: %j', async (more) => {
      answer = (_, response) => response.writeHead(302, { location: elsewhere() }).end();
      expect(await open(more).load()).toBe('there');
      expect(JSON.stringify(others)).not.toContain('secret');
      expect(JSON.stringify(seen[0]?.headers)).toContain('secret');
    });

    it('keeps them on the way to another path of the same host, method and body too where the answer says so', async () => {
      answer = ({ url }, response) =>
        url === '/end' ? json(response, 'done') : response.writeHead(307, { location: '/end' }).end();
      await open({ method: 'PUT', credentials: { headers: { 'X-Api-Key': 'k' } } }).save([1]);
      expect(seen.map(({ method, body, headers }) => [method, body, headers['x-api-key']])).toEqual([
        ['PUT', '[1]', 'k'],
        ['PUT', '[1]', 'k'],
      ]);
      answer = (_, response) => response.writeHead(308, { location: elsewhere() }).end();
      await open({ method: 'POST', credentials: { headers: { 'X-Api-Key': 'k' } } }).save([2]);
      expect(bodiesThere).toEqual(['[2]']);
      expect(others[0]).toMatchObject({ 'content-type': 'application/json' });
      expect(others[0]).not.toHaveProperty('x-api-key');
    });

    it.each([['file:///etc/passwd'], ['http://['], ['/v1/days?a=1']])('to %s is refused', async (location) => {
      answer = (_, response) => response.writeHead(302, { location }).end();
      await expect(open().load()).rejects.toMatchObject({ code: 'DATASET_LOAD_FAILED', retryable: false });
    });
  });

  describe('saving', () => {
    const ok = () => {
      answer = (_, response) => response.writeHead(201).end('{"id": 1}');
    };
    const bodies = () => seen.map(({ body }) => JSON.parse(body) as unknown);

    it.each(['POST', 'PUT'])('sends JSON by %s', async (method) => {
      ok();
      await open({ method, save_args: { params: { b: 2 } }, credentials: { token: 't' } }).save({ a: 'é' });
      expect(seen).toMatchObject([{ method, url: '/v1/days?a=1&b=2', body: '{"a":"é"}' }]);
      expect(seen[0]?.headers).toMatchObject({ 'content-type': 'application/json', authorization: 'Bearer t' });
    });

    it('sends lists in parts, or item by item', async () => {
      ok();
      const list = [1, 2, 3, 4, 5];
      await open({ method: 'POST', save_args: { chunk_size: 2 } }).save(list);
      expect(bodies()).toEqual([[1, 2], [3, 4], [5]]);
      seen = [];
      await open({ method: 'POST', save_args: { send_individually: true } }).save(list);
      expect(bodies()).toEqual(list);
      seen = [];
      await open({ method: 'POST' }).save(Array.from({ length: 101 }, (_, i) => i));
      expect(bodies().map((body) => (body as unknown[]).length)).toEqual([100, 1]);
    });

    it('says DATASET_SAVE_FAILED with the status, also for 404', async () => {
      answer = (_, response) => response.writeHead(404).end();
      await expect(open({ method: 'PUT' }).save(1)).rejects.toMatchObject({
        code: 'DATASET_SAVE_FAILED',
        retryable: false,
        details: { status: 404 },
      });
    });

    it.each([[[]], [Number.NaN], [undefined], [new Date(0)]])('refuses %s', async (value) => {
      await expect(open({ method: 'POST' }).save(value)).rejects.toMatchObject({ code: 'DATASET_VALUE_INVALID' });
      expect(seen).toEqual([]);
    });

    it('does not load, nor does loading save', async () => {
      await expect(open({ method: 'POST' }).load()).rejects.toMatchObject({
        code: 'DATASET_LOAD_FAILED',
        retryable: false,
      });
      expect(await open({ method: 'POST' }).exists()).toBe(false);
      expect(open().readOnly).toBe(true);
    });
  });

  it.each([
    [{ url: 'api.test/x' }, 'http://'],
    [{ url: 'file:///etc/passwd' }, 'http://'],
    [{ url: 'https://me:pw@api.test/' }, 'credentials'],
    [{ method: 'DELETE' }, '"method"'],
    [{ load_args: { json: {} } }, '"json"'],
    [{ load_args: { timeout: 0 } }, '"timeout"'],
    [{ load_args: { headers: { 'a b': 'c' } } }, 'header'],
    [{ load_args: { headers: { a: 'c\r\nd: e' } } }, 'header'],
    [{ load_args: { auth: ['a', 'b'] }, credentials: { token: 't' } }, 'leave one out'],
    [{ credentials: { secret: 'hush' } }, 'unknown form'],
  ])('refuses %j when it is opened', (more, part) => {
    const problem = expect.objectContaining({ code: 'DATASET_INVALID', message: expect.stringContaining(part) });
    expect(() => open(more)).toThrow(problem);
    expect(() => open(more)).not.toThrow('hush');
  });
});
