/** The stream of events: what changes is told once to each who follows it, and nobody is asked for nothing. */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { PipelineError } from '../../src/core/index.ts';
import type { BackfillList, BackfillView, JobIntervals } from '../../src/server/api.ts';
import { EventStream } from '../../src/server/console/event-stream.ts';
import { createFeed, type FeedEvent } from '../../src/server/console/feed.ts';
import { topicNames } from '../../src/server/console/topics.ts';
import { jobOf, keys } from '../temporal/backfills.ts';
import { openStack, quietRuntime, until } from '../temporal/stack.ts';
import { openConsole } from './console.ts';

beforeAll(quietRuntime);

interface Heard {
  readonly events: { event: string; data: unknown }[];
  readonly text: () => string;
  /** Whether the stream has ended. */
  readonly ended: () => boolean;
  leave(): void;
}

/** Follows topics over a connection of its own. */
async function follow(address: string, topics: string): Promise<Heard> {
  // Not `fetch`: it opens a new connection for one that it has cut.
  const asked = get(`${address}/events?topics=${encodeURIComponent(topics)}`);
  onTestFinished(() => void asked.destroy());
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  expect(answer.headers['content-type']).toContain('text/event-stream');
  let text = '';
  let hasEnded = false;
  const events: Heard['events'] = [];
  answer.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    // Without what has no end yet, the first line and signs of life.
    const whole = text
      .split('\n\n')
      .slice(1, -1)
      .filter((each) => each.startsWith('event: '));
    for (const each of whole.slice(events.length)) events.push(eventOf(each));
  });
  answer.on('error', () => {});
  answer.on('close', () => {
    hasEnded = true;
  });
  return { events, text: () => text, ended: () => hasEnded, leave: () => void asked.destroy() };
}

function eventOf(text: string): { event: string; data: unknown } {
  const [, event = '', data = 'null'] = /^event: (.*)\ndata: (.*)$/.exec(text) ?? [];
  return { event, data: JSON.parse(data) };
}

test('follows: what is there first, then each change, until nobody does', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const console = openConsole(stack);
  const address = await console.app.listen({ host: '127.0.0.1', port: 0 });
  const heard = await follow(address, 'backfills,jobs');
  await until(() => heard.events.length === 2, 'both topics say how they stand');
  expect(heard.events.map(({ event }) => event).sort()).toEqual(['backfills', 'jobs']);
  expect(heard.text().startsWith('retry: 2000\n\n')).toBe(true);
  expect(console.followed().sort()).toEqual(['backfills', 'jobs']);
  const handle = await stack.kedro.startBackfill(jobOf(stack, 2, { work: 1 }));
  await handle.result();
  const last = () => heard.events.findLast(({ event }) => event === 'backfills')?.data as BackfillList | undefined;
  await until(() => last()?.backfills[0]?.phase === 'ended', 'the end is told');
  expect(last()).toEqual(await console.get('/backfills'));
  heard.leave();
  await until(() => console.followed().length === 0, 'nothing is read any more');
});

test('a second follower of a topic is told at once, from the same reading; it goes on when the first one leaves', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const console = openConsole(stack);
  const address = await console.app.listen({ host: '127.0.0.1', port: 0 });
  const handle = await stack.kedro.startBackfill({ ...jobOf(stack, 4, { work: 1 }), concurrency: 1 });
  await handle.pause();
  const topic = `backfill:${handle.id}`;
  const first = await follow(address, topic);
  await until(() => first.events.length > 0, 'the first one is told');
  const second = await follow(address, topic);
  await until(() => second.events.length > 0, 'the second one is told');
  expect(console.followed()).toEqual([topic]);
  expect(second.events[0]).toEqual(first.events.at(-1));
  first.leave();
  await handle.resume();
  await handle.result();
  await until(
    () => (second.events.at(-1)?.data as BackfillView | undefined)?.phase === 'ended',
    'the second one is told the end',
  );
  expect(console.followed()).toEqual([topic]);
});

test('intervals: the keys once, then states alone, as long as the intervals are the same', async () => {
  const stack = await openStack();
  await stack.startWorker();
  const console = openConsole(stack);
  const address = await console.app.listen({ host: '127.0.0.1', port: 0 });
  const options = jobOf(stack, 3, { work: 1 });
  const handle = await stack.kedro.startBackfill({ ...options, concurrency: 1 });
  await handle.pause();
  await until(
    async () => (await console.app.inject(`/jobs/${options.job}/intervals`)).statusCode === 200,
    'it is listed',
  );
  const heard = await follow(address, `intervals:${options.job}`);
  await until(() => heard.events.length > 0, 'the intervals are told');
  expect((heard.events[0]?.data as JobIntervals | undefined)?.keys).toEqual(keys(3));
  await handle.resume();
  await handle.result();
  const last = () => heard.events.at(-1)?.data as Partial<JobIntervals> | undefined;
  await until(() => JSON.stringify(last()?.states?.succeeded) === '{"RAN":[[0,3]]}', 'all have succeeded');
  expect(last()).not.toHaveProperty('keys');
  expect(last()).not.toHaveProperty('starts');
  expect(last()).toMatchObject({ job: options.job, every: 'day' });
  // Who comes later is told all.
  const later = await follow(address, `intervals:${options.job}`);
  await until(() => later.events.length > 0, 'the later one is told');
  expect(later.events[0]?.data).toEqual(await console.get(`/jobs/${options.job}/intervals`));
});

test('a closing application ends the streams', async () => {
  const stack = await openStack();
  const console = openConsole(stack);
  const heard = await follow(await console.app.listen({ host: '127.0.0.1', port: 0 }), 'runs');
  await until(() => heard.events.length === 1, 'the runs are told');
  await console.app.close();
  await until(heard.ended, 'the stream ends');
  expect(console.followed()).toEqual([]);
});

test('a topic that there is not is refused by name; one that cannot be read is a problem', async () => {
  const stack = await openStack();
  const console = openConsole(stack);
  const refused = await console.refused('/events?topics=jobs,weather');
  expect(refused).toMatchObject({
    status: 422,
    code: 'REQUEST_INVALID',
    message: expect.stringContaining('"jobs,weather"'),
  });
  expect(await console.refused('/events')).toMatchObject({ status: 422, code: 'REQUEST_INVALID' });
  const heard = await follow(await console.app.listen({ host: '127.0.0.1', port: 0 }), 'run:no/such run');
  await until(() => heard.events.length === 1, 'the problem is told');
  expect(heard.events[0]).toMatchObject({
    event: 'problem',
    data: { topic: 'run:no/such run', error: { code: 'RUN_NOT_FOUND' } },
  });
});

/** A way to the server that can be cut. */
async function cuttable(address: string) {
  const [host = '', port = ''] = address.split(':');
  const sockets = new Set<Socket>();
  const proxy = createServer((near) => {
    const far = connect(Number(port), host);
    for (const socket of [near, far]) sockets.add(socket.on('error', () => {}));
    near.pipe(far).pipe(near);
  });
  const open = async (at: number) => {
    proxy.listen(at, '127.0.0.1');
    await once(proxy, 'listening');
    return (proxy.address() as { port: number }).port;
  };
  const own = await open(0);
  const cut = () => {
    proxy.close();
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(cut);
  return { address: `127.0.0.1:${own}`, cut, mend: () => open(own) };
}

test('a server that is away is SERVER_UNREACHABLE, by every way to it, until it is back', async () => {
  const stack = await openStack();
  const way = await cuttable(stack.address);
  const connection = await Connection.connect({ address: way.address });
  onTestFinished(() => connection.close());
  const { taskQueue } = stack;
  const console = openConsole(stack, { temporal: { client: new Client({ connection }), taskQueue } });
  expect(await console.get('/runs')).toEqual({ runs: [] });
  const heard = await follow(await console.app.listen({ host: '127.0.0.1', port: 0 }), 'runs');
  await until(() => heard.events.length === 1, 'the runs are told');
  way.cut();
  const away = { status: 503, code: 'SERVER_UNREACHABLE' };
  const urls = [
    '/runs',
    '/jobs',
    '/backfills',
    '/backfills/x',
    '/sweeps',
    '/sweeps/x',
    '/jobs/x/intervals',
    '/workers',
  ];
  const [refusals, about] = await Promise.all([
    Promise.all(urls.map((url) => console.refused(url))),
    console.get('/about'),
    expect(console.durableRunView('x')).rejects.toMatchObject(
      expect.objectContaining({ code: 'SERVER_UNREACHABLE', retryable: true }),
    ),
  ]);
  expect(refusals.map(({ status, code }) => ({ status, code }))).toEqual(urls.map(() => away));
  expect(about).toMatchObject({ durable: false });
  await until(() => heard.events.at(-1)?.event === 'problem', 'the problem is told');
  await way.mend();
  await until(async () => (await console.app.inject('/runs')).statusCode === 200, 'the server is back', 40_000);
  await until(() => heard.events.at(-1)?.event === 'runs', 'the runs are told again', 40_000);
  expect(console.unmeant).toEqual([]);
  // A connection that was lost is tried again after 20 seconds at the latest.
}, 120_000);

test('without Temporal nothing durable is there, and the rest is', async () => {
  const stack = await openStack();
  const console = openConsole(stack);
  const { app } = console;
  expect(app).toBeDefined();
  const { addConsole } = await import('../../src/server/console/console.ts');
  const { default: fastify } = await import('fastify');
  const { addFailures } = await import('../../src/server/failures.ts');
  const bare = fastify();
  addFailures(bare, () => {});
  addConsole(bare, { version: '1', project: '/somewhere/shop' });
  expect((await bare.inject('/runs')).json()).toMatchObject({
    error: { code: 'SERVER_UNREACHABLE', retryable: false },
  });
  expect((await bare.inject('/about')).json()).toEqual({
    project: 'shop',
    version: '1',
    durable: false,
    direct: false,
  });
  await bare.close();
});

describe('a feed', () => {
  function topicOf(read: () => Promise<unknown>) {
    return { name: 'numbers', read };
  }

  test('reads once for all followers, tells changes only, and stops with the last one', async () => {
    const feed = createFeed();
    let reads = 0;
    const topic = topicOf(async () => Math.min(Math.floor(reads++ / 2), 1));
    const heard: [string[], string[]] = [[], []];
    const leave = heard.map((into) => feed.follow(topic, ({ text }) => into.push(text)));
    await until(() => heard[0].length === 2, 'the change is told');
    await until(() => reads >= 4, 'it is read again');
    expect(heard).toEqual([
      ['0', '1'],
      ['0', '1'],
    ]);
    expect(reads).toBe(4);
    for (const each of leave) each();
    const before = reads;
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(reads).toBe(before);
    expect(feed.followed()).toEqual([]);
  });

  test('a reading that fails is told as a problem, once, and what comes after it too', async () => {
    const feed = createFeed();
    const answers = [
      1,
      new PipelineError('SERVER_UNREACHABLE', 'away'),
      new PipelineError('SERVER_UNREACHABLE', 'away'),
      1,
    ];
    const topic = topicOf(async () => {
      const next = answers.length > 1 ? answers.shift() : answers[0];
      if (next instanceof Error) throw next;
      return next;
    });
    const heard: FeedEvent[] = [];
    const leave = feed.follow(topic, (event) => heard.push(event));
    await until(() => heard.length === 3, 'all is told');
    leave();
    expect(heard.map(({ name }) => name)).toEqual(['numbers', 'problem', 'numbers']);
    expect(heard[2]?.text).toBe('1');
  });
});

describe('a client that reads slowly', () => {
  function event(text: string, brief?: FeedEvent['brief']): FeedEvent {
    return { name: 'x', text, ...(brief === undefined ? {} : { brief }) };
  }

  function rest(stream: EventStream): string {
    let text = '';
    for (let chunk = stream.read() as Buffer | null; chunk !== null; chunk = stream.read() as Buffer | null)
      text += chunk;
    return text;
  }

  test('skips states, and is sent the newest', () => {
    const stream = new EventStream(() => {});
    const large = 'x'.repeat(10_000);
    for (let i = 0; i < 1000; i++) stream.send('x', event(`${i} ${large}`));
    expect(stream.readableLength).toBeLessThan(100_000);
    const text = rest(stream);
    expect(text).toContain('data: 999 ');
    expect(text.split('event: x').length).toBeLessThan(10);
    stream.destroy();
  });

  test('is sent all of what it has missed, and the brief form of what it knows', () => {
    const stream = new EventStream(() => {});
    stream.send('x', event('whole 1', { base: 'a', text: 'brief 1' }));
    stream.send('x', event('whole 2', { base: 'a', text: 'brief 2' }));
    stream.send('x', event('whole 3', { base: 'b', text: 'brief 3' }));
    expect(rest(stream).match(/whole \d|brief \d/g)).toEqual(['whole 3']);
    stream.send('x', event('whole 4', { base: 'b', text: 'brief 4' }));
    expect(rest(stream).match(/whole \d|brief \d/g)).toEqual(['brief 4']);
    stream.destroy();
  });
});

test('names of topics: ids may hold commas and slashes', () => {
  expect(topicNames('jobs,run:a,b/c d,backfill:x/backfill/1,jobs')).toEqual([
    'jobs',
    'run:a,b/c d',
    'backfill:x/backfill/1',
  ]);
});
