/**
 * An endpoint that answers `src/server/api.ts` from made data, for tests of the page: what it shows is what a test says, and
 * what the page asks is written down. Nothing here is computed as the real one does it.
 */
import fastifyStatic from '@fastify/static';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { World } from './worlds.ts';

export interface Asked {
  method: string;
  url: string;
  body: unknown;
}

export interface FakeEndpoint {
  readonly url: string;
  readonly port: number;
  /** What it answers: change it, then `tell`. */
  readonly world: World;
  /** Controls and logins that were asked, in order. */
  readonly asked: Asked[];
  /** Topics of each stream that was opened. */
  readonly streams: string[][];
  /** How many streams are open. */
  open(): number;
  /** Sends what topics answer now to those who follow them. */
  tell(...topics: string[]): void;
  /** Tells those who follow a topic that it fails. */
  trouble(topic: string, code: string, message: string): void;
  /** Sends those who follow a topic what is no JSON. */
  garble(topic: string): void;
  /** Answers the next control with this error. */
  refuse(code: string, message: string): void;
  /** Twice is fine. */
  close(): Promise<void>;
}

export interface FakeOptions {
  world: World;
  /** Folder of the bundled page. */
  page: string;
  port?: number;
  /** Wants this token. */
  token?: string;
}

interface Stream {
  topics: string[];
  reply: FastifyReply;
}

const CSP = "default-src 'self'; style-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'";

export async function startFakeEndpoint({ world, page, port = 0, token }: FakeOptions): Promise<FakeEndpoint> {
  const app = fastify({ logger: false, forceCloseConnections: true });
  const streams = new Set<Stream>();
  const asked: Asked[] = [];
  const opened: string[][] = [];
  let refusal: { code: string; message: string } | undefined;
  app.addHook('onSend', async (_, reply) => {
    reply.header('content-security-policy', CSP);
  });
  if (token !== undefined) addLogin(app, token);
  addAnswers(app, world);
  const control = async (request: FastifyRequest, reply: FastifyReply) => {
    asked.push({ method: request.method, url: decodeURIComponent(request.url), body: request.body ?? undefined });
    if (refusal !== undefined) {
      const error = { ...refusal, retryable: false };
      refusal = undefined;
      return reply.status(409).send({ error });
    }
    const { kind = '', id = '', control: name = '' } = request.params as Record<string, string>;
    return world.control(request.method, kind || 'runs', id, name, request.body);
  };
  app.post('/:kind/:id/:control', control);
  app.delete('/runs/:id', control);
  app.get('/events', (request, reply) => {
    const topics = (request.query as { topics: string }).topics.split(',').map(decodeURIComponent);
    opened.push(topics);
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const stream = { topics, reply };
    streams.add(stream);
    for (const topic of topics) send(stream, topic, world.answer(topic));
    reply.raw.on('close', () => streams.delete(stream));
  });
  await app.register(fastifyStatic, { root: page });
  const url = await app.listen({ host: '127.0.0.1', port });
  let closed: Promise<void> | undefined;
  const close = async () => {
    for (const { reply } of streams) reply.raw.end();
    await app.close();
  };
  return {
    url,
    port: Number(new URL(url).port),
    world,
    asked,
    streams: opened,
    tell(...topics) {
      for (const stream of streams) {
        for (const topic of topics) if (stream.topics.includes(topic)) send(stream, topic, world.event(topic));
      }
    },
    open: () => streams.size,
    trouble(topic, code, message) {
      for (const stream of streams) send(stream, 'problem', { topic, error: { code, message, retryable: true } });
    },
    garble(topic) {
      for (const { topics, reply } of streams)
        if (topics.includes(topic)) reply.raw.write(`event: ${topic}\ndata: {\n\n`);
    },
    refuse(code, message) {
      refusal = { code, message };
    },
    close() {
      closed ??= close();
      return closed;
    },
  };
}

function send({ reply }: Stream, topic: string, answer: unknown): void {
  if (answer === undefined) return;
  reply.raw.write(`event: ${topic}\ndata: ${JSON.stringify(answer)}\n\n`);
}

function addAnswers(app: FastifyInstance, world: World): void {
  const answer = (topic: string, reply: FastifyReply) => {
    const found = world.answer(topic);
    if (found !== undefined) return reply.send(found);
    const message = world.unknown.get(topic.replace(/^run:/, '')) ?? `There is nothing of the topic ${topic}.`;
    const error = { code: 'RUN_NOT_FOUND', message, retryable: false };
    return reply.status(404).send({ error });
  };
  for (const topic of ['about', 'jobs', 'backfills', 'runs', 'sweeps', 'workers', 'pipelines']) {
    app.get(`/${topic}`, async (_, reply) => answer(topic, reply));
  }
  const idOf = (request: FastifyRequest) => (request.params as { id: string }).id;
  app.get('/jobs/:id/intervals', async (request, reply) => answer(`intervals:${idOf(request)}`, reply));
  for (const kind of ['backfill', 'run', 'sweep']) {
    app.get(`/${kind}s/:id`, async (request, reply) => answer(`${kind}:${idOf(request)}`, reply));
  }
}

function addLogin(app: FastifyInstance, token: string): void {
  const cookie = 'session=yes';
  const refused = { error: { code: 'NOT_ALLOWED', message: 'A token is missing.', retryable: false } };
  app.addHook('onRequest', async (request, reply) => {
    const isOpen = request.url === '/login' || request.url === '/' || /\.(js|css|svg|txt)$/.test(request.url);
    if (!isOpen && !request.headers.cookie?.includes(cookie)) await reply.status(401).send(refused);
  });
  app.post('/login', async (request, reply) => {
    const { token: given } = request.body as { token: string };
    if (given !== token) return reply.status(401).send(refused);
    return reply.header('set-cookie', `${cookie}; HttpOnly; SameSite=Strict`).status(204).send();
  });
}
