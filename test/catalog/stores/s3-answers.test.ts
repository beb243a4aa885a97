/** What a server may answer that ours for tests never does. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withProject } from '../../contract/dataset.ts';

const V1 = '2026-01-01T00.00.00.000Z';
const TOKEN = 'the-session-token';

type Answer = [status: number, code?: string | undefined, headers?: Record<string, string>];

/** To a HEAD request: the bucket is there, the object may be. */
const found = (url = '', isThere = false): Answer => [url.includes('report.json') && !isThere ? 404 : 200];

describe('answers of an S3 server', () => {
  const bench = withProject();
  let server: Server;
  let asked: string[] = [];
  let answer: (request: IncomingMessage) => Answer = () => [500];
  beforeEach(async () => {
    asked = [];
    server = createServer((incoming, outgoing) => {
      incoming.resume();
      incoming.on('end', () => {
        const [status, code, headers = {}] = answer(incoming);
        asked.push(`${incoming.method} ${status}`);
        outgoing.writeHead(status, { ...headers, 'content-type': 'application/xml' });
        const hasBody = code !== undefined && incoming.method !== 'HEAD';
        outgoing.end(hasBody ? `<Error><Code>${code}</Code><Message>because ${code}</Message></Error>` : '');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const open = (more: object = {}) =>
    bench.open({
      type: 'json.JSONDataset',
      filepath: 's3://lake/report.json',
      credentials: {
        key: 'me',
        secret: 'hush',
        token: TOKEN,
        endpoint_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      },
      ...more,
    });

  it.each([
    [403, 'AccessDenied', 's3:GetObject'],
    [403, 'InvalidAccessKeyId', '"key" and "secret"'],
    [403, 'SignatureDoesNotMatch', '"key" and "secret"'],
    [400, 'ExpiredToken', 'get new ones'],
    [404, 'NoSuchBucket', 'Make the bucket'],
    [400, 'InvalidBucketName', 'Correct'],
  ])('%i %s does not pass: it says what to do, for loading and saving', async (status, code, says) => {
    answer = () => [status, code];
    const expected = { retryable: false, message: expect.stringMatching(new RegExp(`s3://lake/report.json.*${code}`)) };
    await expect(open().load()).rejects.toMatchObject({ code: 'DATASET_LOAD_FAILED', ...expected });
    const failure = open().save(1);
    await expect(failure).rejects.toMatchObject({ code: 'DATASET_SAVE_FAILED', ...expected });
    await expect(failure).rejects.toThrow(says);
  });

  it.each([
    [500, 'InternalError'],
    [503, 'SlowDown'],
    [429, 'TooManyRequests'],
    [400, 'RequestTimeout'],
  ])('%i %s may pass', async (status, code) => {
    answer = () => [status, code];
    await expect(open().load()).rejects.toMatchObject({ code: 'DATASET_LOAD_FAILED', retryable: true });
  });

  it('a HEAD that is refused without a word is still explained', async () => {
    answer = () => [403, 'AccessDenied'];
    await expect(open().exists()).rejects.toThrow(/answered 403.*s3:ListBucket/);
  });

  it('who may not ask about the bucket still hears that the file is not there', async () => {
    answer = ({ url }) => [url === '/lake/report.json' ? 404 : 403];
    expect(await open().exists()).toBe(false);
  });

  it('no error shows the credentials, however deep it is looked into', async () => {
    answer = () => [403, 'AccessDenied'];
    const error = await open()
      .load()
      .catch((each: unknown) => each);
    expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/hush|the-session-token/);
  });

  it('a server that does not know If-None-Match is asked first', async () => {
    answer = ({ method, headers, url }) => {
      if (method === 'HEAD') return found(url);
      return headers['if-none-match'] === undefined ? [200] : [501, 'NotImplemented'];
    };
    await open({ versioned: true }).save(1, { version: V1 });
    expect(asked.slice(-1)).toEqual(['PUT 200']);
    expect(asked.filter((each) => each === 'PUT 501').length).toBeGreaterThan(0);

    let isSaved = false;
    answer = ({ method, headers, url }) => {
      if (method === 'HEAD') return found(url, isSaved);
      isSaved = true;
      return headers['if-none-match'] === undefined ? [200] : [501, 'NotImplemented'];
    };
    await expect(open({ versioned: true }).save(1, { version: V1 })).rejects.toMatchObject({ code: 'VERSION_EXISTS' });
  });

  it('a save whose first answer was lost knows its own object again', async () => {
    let mark: string | undefined;
    answer = ({ method, headers, url }): Answer => {
      if (method === 'HEAD')
        return mark === undefined ? found(url) : [200, undefined, { 'x-amz-meta-kedro-temporal-save': mark }];
      if (mark !== undefined) return [412, 'PreconditionFailed'];
      mark = String(headers['x-amz-meta-kedro-temporal-save']);
      return [500, 'InternalError'];
    };
    await open({ versioned: true }).save(1, { version: V1 });
    mark = 'of somebody else';
    await expect(open({ versioned: true }).save(1, { version: V1 })).rejects.toMatchObject({ code: 'VERSION_EXISTS' });
  });

  it('a save that was refused for an object that is gone by now does not count as saved', async () => {
    answer = ({ method, url }) => (method === 'PUT' ? [412, 'PreconditionFailed'] : found(url));
    const saving = open({ versioned: true }).save([1], { version: V1 });
    await expect(saving).rejects.toMatchObject({ code: 'VERSION_EXISTS' });
  });

  it('a conflict is lost to the one that is there then, and else may be tried again', async () => {
    let isThere = false;
    answer = ({ method, url }) => {
      if (method === 'HEAD') return found(url, isThere);
      isThere = true;
      return [409, 'ConditionalRequestConflict'];
    };
    await expect(open({ versioned: true }).save(1, { version: V1 })).rejects.toMatchObject({ code: 'VERSION_EXISTS' });
    answer = ({ method, url }) => (method === 'HEAD' ? found(url) : [409, 'ConditionalRequestConflict']);
    await expect(open({ versioned: true }).save(1, { version: V1 })).rejects.toMatchObject({
      code: 'DATASET_SAVE_FAILED',
      retryable: true,
    });
  });

  it('an object that ends too early is not taken for the whole', async () => {
    answer = () => [200, undefined, { 'content-length': '1000', connection: 'close' }];
    await expect(open().load()).rejects.toMatchObject({ code: 'DATASET_LOAD_FAILED', retryable: true });
  });

  it('cancelling ends a request that is never answered', async () => {
    const stop = new AbortController();
    server.removeAllListeners('request');
    server.on('request', () => stop.abort(new Error('stop')));
    await expect(open().load({ signal: stop.signal })).rejects.toThrow('stop');
  });

  it('a name that no bucket can have does not pass', async () => {
    const dataset = open({ filepath: 's3://lake' });
    await expect(dataset.load()).rejects.toMatchObject({ code: 'DATASET_INVALID' });
  });
});
