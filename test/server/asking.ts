/** An endpoint that listens, and a client of it. */
import http from 'node:http';
import type { PipelineSession } from '../../src/core/index.ts';
import { createKedroServer, type KedroServer, type KedroServerOptions } from '../../src/server/index.ts';

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of it.
  body: any;
}

export interface Asking {
  readonly server: KedroServer;
  readonly url: string;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  delete(path: string): Promise<Answer>;
}

/** Gives `work` an endpoint on that session, and closes it. */
export async function withEndpoint(
  session: PipelineSession | undefined,
  options: Partial<KedroServerOptions>,
  work: (asking: Asking) => Promise<void>,
): Promise<void> {
  const server = await createKedroServer({ ...(session === undefined ? {} : { session }), ...options });
  try {
    const url = await server.listen({ port: 0 });
    const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
      const payload = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
      const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
      const init = { method, redirect: 'manual' as const, headers: { ...type, ...headers }, ...payload };
      const answer = await fetch(url + path, init);
      const text = await answer.text();
      const isJson = answer.headers.get('content-type')?.startsWith('application/json') && text !== '';
      return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
    };
    await work({
      server,
      url,
      get: (path, headers) => ask('GET', path, undefined, headers),
      post: (path, body, headers) => ask('POST', path, body, headers),
      delete: (path) => ask('DELETE', path),
    });
  } finally {
    await server.close();
  }
}

/** Asks with headers that `fetch` would not send, such as another Host. */
export function askRaw(
  url: string,
  { method = 'GET', headers = {}, body = '' }: { method?: string; headers?: Record<string, string>; body?: string },
): Promise<{ status: number; body: string; headers: http.IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text, headers: answer.headers }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

export interface SentEvent {
  id: string | undefined;
  event: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of it.
  data: any;
}

/** The server-sent events of an answer, to its end. */
export async function* eventsOf(url: string, headers: Record<string, string> = {}): AsyncGenerator<SentEvent> {
  const answer = await fetch(url, { headers });
  if (answer.body === null) return;
  let text = '';
  for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
      const event = field('event');
      if (event !== undefined) yield { id: field('id'), event, data: JSON.parse(field('data') ?? 'null') };
    }
  }
}

/** All of them. */
export async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
