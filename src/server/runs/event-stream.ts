/** Server-sent events of one run: what it has said so far, then the rest, to its end. */
import { once } from 'node:events';
import type { FastifyReply } from 'fastify';
import type { RunView } from '../api.ts';
import { eventView } from './answers.ts';
import type { DirectRun, HeardEvent } from './direct-run.ts';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
};
const POLL_MS = 1_000;
const ALIVE_MS = 15_000;

/** Streams of this endpoint that are open. */
export type OpenStreams = Set<() => void>;

/** Sends a direct run's events. `from`: how many of all the client has seen (`Last-Event-ID`); `shows`: which it may see. */
export async function streamDirect(
  reply: FastifyReply,
  run: DirectRun,
  { from, shows }: { from: number; shows: (event: HeardEvent) => boolean },
  open: OpenStreams,
): Promise<void> {
  await streaming(reply, open, async (stream) => {
    let next = from;
    let wake = () => {};
    const stop = run.follow(() => wake());
    stream.signal.addEventListener('abort', () => wake(), { once: true });
    try {
      while (!stream.signal.aborted) {
        const more = new Promise<void>((resolve) => {
          wake = resolve;
        });
        for (; next < run.events.length; next++) {
          const event = run.events[next];
          if (event !== undefined && shows(event)) await stream.send(event.type, eventView(event), next + 1);
        }
        // The last one has been heard before the outcome is there.
        if (run.outcome !== undefined && next >= run.events.length) return;
        await more;
      }
    } finally {
      stop();
    }
  });
}

/** Sends how a durable run looks, whenever that has changed, to its end. `first` is how it looks now. */
export async function streamDurable(
  reply: FastifyReply,
  first: RunView,
  look: () => Promise<RunView>,
  open: OpenStreams,
): Promise<void> {
  await streaming(reply, open, async (stream) => {
    let last = '';
    for (let view = first; !stream.signal.aborted; view = await look()) {
      const text = JSON.stringify(view);
      if (text !== last) await stream.send('run', view);
      last = text;
      if (view.state !== 'running') return;
      await stream.pause(POLL_MS);
    }
  });
}

interface Stream {
  /** Fires when the client has gone or the endpoint closes. */
  readonly signal: AbortSignal;
  send(event: string, data: unknown, id?: number): Promise<void>;
  pause(ms: number): Promise<void>;
}

async function streaming(
  reply: FastifyReply,
  open: OpenStreams,
  work: (stream: Stream) => Promise<void>,
): Promise<void> {
  const control = new AbortController();
  const { signal } = control;
  const { raw } = reply;
  const end = () => control.abort();
  open.add(end);
  reply.hijack();
  raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), ...HEADERS });
  raw.flushHeaders();
  raw.once('close', end);
  // What stands between must not take a quiet stream for a dead one.
  const alive = setInterval(() => raw.write(':\n\n'), ALIVE_MS);
  try {
    await work({
      signal,
      async send(event, data, id) {
        const head = id === undefined ? '' : `id: ${id}\n`;
        if (raw.write(`${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)) return;
        await once(raw, 'drain', { signal }).catch(() => {});
      },
      pause: (ms) =>
        new Promise((resolve) => {
          const over = () => {
            clearTimeout(timer);
            signal.removeEventListener('abort', over);
            resolve();
          };
          const timer = setTimeout(over, ms);
          signal.addEventListener('abort', over, { once: true });
        }),
    });
  } finally {
    clearInterval(alive);
    open.delete(end);
    raw.end();
  }
}
