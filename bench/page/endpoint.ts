/** What the page asks of an endpoint for one job of hours, from made data: what is measured is the page. */
import { readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import type { About, IndexRuns, IntervalStates, JobIntervals, JobList } from 'kedro-temporal/server';

const PAGE = path.resolve(import.meta.dirname, '../../dist/src/server/page');
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
const AT_ONCE = 40;

export interface Endpoint extends AsyncDisposable {
  readonly url: string;
  /** Ends so many running intervals, starts as many, and tells the page. */
  advance(count: number): void;
}

/** Serves the page and a job `readings` of `size` hours, six tenths of which are done, some of them failed. */
export async function openEndpoint(size: number): Promise<Endpoint> {
  const start = Math.floor(size * 0.6);
  let done = start;
  const streams = new Map<http.ServerResponse, string[]>();
  const keys = Array.from({ length: size }, (_, i) => new Date(Date.UTC(2014, 0, 1, i)).toISOString().slice(0, 13));
  const starts = keys.map((key) => `${key}:00:00Z`);
  const event = (): Omit<JobIntervals, 'keys' | 'starts'> => ({
    job: 'readings',
    every: 'hour',
    time_zone: 'UTC',
    start: starts[0] ?? '',
    end: starts.at(-1) ?? '',
    states: statesOf(done, size),
  });
  const about: About = { project: 'readings', version: '0.1.0', durable: true, direct: false };
  const jobs: JobList = {
    jobs: [{ name: 'readings', every: 'hour', time_zone: 'UTC', parts: ['readings'], configured: true }],
  };
  const answers: Record<string, () => unknown> = {
    about: () => about,
    jobs: () => jobs,
    backfills: () => ({ backfills: [] }),
    runs: () => ({ runs: [] }),
    sweeps: () => ({ sweeps: [] }),
    'intervals:readings': () => ({ ...event(), keys, starts }),
  };
  const send = (stream: http.ServerResponse, topic: string, answer: unknown) =>
    stream.write(`event: ${topic}\ndata: ${JSON.stringify(answer)}\n\n`);
  const server = http.createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname !== '/events') {
      answer(response, pathname, answers);
      return;
    }
    const topics = (searchParams.get('topics') ?? '').split(',').map(decodeURIComponent);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    streams.set(response, topics);
    response.on('close', () => streams.delete(response));
    for (const topic of topics) if (answers[topic] !== undefined) send(response, topic, answers[topic]());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    advance(count) {
      done = Math.min(size, done + count);
      for (const [stream, topics] of streams) {
        if (topics.includes('intervals:readings')) send(stream, 'intervals:readings', event());
      }
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(response: http.ServerResponse, pathname: string, answers: Record<string, () => unknown>): void {
  const topic = pathname.slice(1).replace(/^jobs\/(.+)\/intervals$/, 'intervals:$1');
  const found = answers[topic];
  if (found !== undefined) {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(found()));
    return;
  }
  const file = pathname === '/' ? 'index.html' : path.basename(pathname);
  try {
    response
      .setHeader('content-type', TYPES[path.extname(file)] ?? 'text/plain')
      .end(readFileSync(path.join(PAGE, file)));
  } catch {
    response.writeHead(404).end('{}');
  }
}

/** Every 97th of those that are done has failed. */
function statesOf(done: number, size: number): IntervalStates {
  const failed: [number, number][] = [];
  for (let i = 11; i < done; i += 97) failed.push([i, i + 1]);
  const ends = [0, ...failed.map(([, end]) => end)];
  const ran: IndexRuns = ends
    .map((from, i): [number, number] => [from, failed[i]?.[0] ?? done])
    .filter(([from, to]) => from < to);
  const running: IndexRuns = done < size ? [[done, Math.min(size, done + AT_ONCE)]] : [];
  return { succeeded: { RAN: ran }, failed: { NODE_FAILED: failed }, skipped: {}, cancelled: {}, running };
}
