/**
 * One thread with a session of its own. Its states: opening, open, ended. It ends when it is told to, or by itself: a
 * `process.exit()` or an uncaught error of the project's code, or more memory than it may have. What it was asked and has not
 * answered then fails with `THREAD_DIED`.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort, receiveMessageOnPort, type Transferable } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { isPipelineError, messageOf, PipelineError, type RunEvent } from '../../core/index.ts';
import type { NativeSessionOptions } from '../options.ts';
import { receiveError, sendError } from './crossing.ts';
import {
  CANCELLED,
  type CancelMessage,
  type EventMessage,
  HEARD,
  type HeardMessage,
  isPacedEvent,
  type QuestionName,
  type Questions,
  type Reply,
  SHARED_PLACES,
} from './messages.ts';

/** A thread to open. */
export interface ThreadOptions {
  /** What the thread's own session is opened with. */
  readonly session: NativeSessionOptions;
  readonly memoryMb: number | undefined;
  /** Whether there may be others at the same time. */
  readonly hasSiblings: boolean;
}

// JavaScript stops at once when its thread is ended; a call into a library may take longer, and is not waited for.
const MOST_EXIT_MS = 900;
const HOLD_MS = 60_000;

export class NativeThread {
  /** Datasets that others have saved and this thread has not been told of. */
  readonly stale = new Set<string>();
  /** What has been preloaded here. */
  readonly preloaded = new WeakSet<object>();
  readonly #pool: Piscina;
  readonly #port: MessagePort;
  readonly #shared = new Int32Array(new SharedArrayBuffer(SHARED_PLACES * Int32Array.BYTES_PER_ELEMENT));
  readonly #listeners = new Map<number, (event: RunEvent) => void>();
  readonly #cancelled = new Map<number, () => void>();
  #ending: Promise<void> | undefined;

  /** Starts a thread and opens its session; throws what opening throws, or the reason of `signal`, which ends it. */
  static async open(
    { session, memoryMb, hasSiblings }: ThreadOptions,
    onEnd: (thread: NativeThread) => void,
    signal: AbortSignal,
  ): Promise<NativeThread> {
    const { Piscina } = await import('piscina');
    const { port1, port2 } = new MessageChannel();
    const pool = new Piscina({
      ...entry(),
      minThreads: 1,
      maxThreads: 1,
      // Its session may be asked while it runs, where nodes wait.
      concurrentTasksPerWorker: Number.MAX_SAFE_INTEGER,
      idleTimeout: Number.POSITIVE_INFINITY,
      // Else a thread without a task stands still, and what keeps connections alive with it.
      atomics: 'disabled',
      recordTiming: false,
      workerHistogram: false,
      ...(memoryMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: memoryMb } }),
    });
    const thread = new NativeThread(pool, port1, onEnd);
    const stop = () => void thread.end();
    signal.addEventListener('abort', stop, { once: true });
    try {
      signal.throwIfAborted();
      await thread.ask('open', { options: session, hasSiblings, port: port2, shared: thread.#shared }, [port2]);
      signal.throwIfAborted();
    } catch (error) {
      await thread.end();
      throw signal.aborted ? signal.reason : error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
    return thread;
  }

  private constructor(pool: Piscina, port: MessagePort, onEnd: (thread: NativeThread) => void) {
    this.#pool = pool;
    this.#port = port;
    port.on('message', (message: EventMessage | HeardMessage) => this.#hear(message));
    port.unref();
    // Who asked is told; without a listener the process would end.
    pool.on('error', () => {});
    pool.on('workerDestroy', () => {
      void this.end();
      onEnd(this);
    });
  }

  /** {@link stale}, which it is told of now. */
  takeStale(): string[] {
    const stale = [...this.stale];
    this.stale.clear();
    return stale;
  }

  get hasEnded(): boolean {
    return this.#ending !== undefined;
  }

  /** Asks, and throws the error that comes back. */
  async ask<K extends QuestionName>(
    op: K,
    question: Questions[K]['ask'],
    transfer: Transferable[] = [],
  ): Promise<Questions[K]['answer']> {
    let reply: Reply;
    try {
      reply = await heldOpen(this.#pool.run({ op, ...question }, { transferList: transfer as never }));
    } catch (cause) {
      throw threadDied(cause);
    } finally {
      this.#drain();
    }
    if ('failed' in reply) throw receiveError(reply.failed);
    return reply.ok as Questions[K]['answer'];
  }

  /**
   * Asks what `signal` calls off. A thread that has not answered `graceMs` after that is ended, one that has not even heard of
   * it, as it computes, after half of that. Throws the signal's reason when it has fired; either way the question's work has
   * ended by then.
   */
  async askUntil<K extends 'run' | 'preload'>(
    op: K,
    question: Questions[K]['ask'],
    signal: AbortSignal,
    graceMs: () => number,
  ): Promise<Questions[K]['answer']> {
    const timers: NodeJS.Timeout[] = [];
    const stop = () => {
      const ms = graceMs();
      const timer = setTimeout(() => void this.end(), ms / 2);
      timers.push(
        timer,
        setTimeout(() => void this.end(), ms),
      );
      this.#cancel(question.id, signal.reason, () => clearTimeout(timer));
    };
    signal.throwIfAborted();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const answer = await this.ask(op, question);
      signal.throwIfAborted();
      return answer;
    } catch (error) {
      // One that dies may still save something until it has ended.
      if (isPipelineError(error) && error.code === 'THREAD_DIED') await this.end();
      throw signal.aborted ? signal.reason : error;
    } finally {
      for (const timer of timers) clearTimeout(timer);
      this.#cancelled.delete(question.id);
      signal.removeEventListener('abort', stop);
    }
  }

  /** Listens to the events of question `id` until the returned function is called. */
  listen(id: number, onEvent: (event: RunEvent) => void): () => void {
    Atomics.store(this.#shared, HEARD, 0);
    this.#listeners.set(id, onEvent);
    return () => void this.#listeners.delete(id);
  }

  #cancel(id: number, reason: unknown, onHeard: () => void): void {
    this.#cancelled.set(id, onHeard);
    Atomics.store(this.#shared, CANCELLED, id);
    this.#port.postMessage({ id, reason: sendError(reason) } satisfies CancelMessage);
  }

  /** Ends the thread, whatever it does. Nothing of it goes on afterwards, but calls into libraries that do not come back. */
  async end(): Promise<void> {
    this.#ending ??= this.#pool.destroy();
    await heldOpen(Promise.race([this.#ending, delay(MOST_EXIT_MS, undefined, { ref: false })]));
    this.#drain();
    this.#port.close();
  }

  #hear({ id, event }: EventMessage | HeardMessage): void {
    if (event === undefined) {
      this.#cancelled.get(id)?.();
      return;
    }
    this.#listeners.get(id)?.(event);
    if (!isPacedEvent(event)) return;
    Atomics.add(this.#shared, HEARD, 1);
    Atomics.notify(this.#shared, HEARD);
  }

  // An answer comes on another way than events, and may be faster than those that were sent before it.
  #drain(): void {
    for (let next = receiveMessageOnPort(this.#port); next !== undefined; next = receiveMessageOnPort(this.#port)) {
      this.#hear(next.message as EventMessage | HeardMessage);
    }
  }
}

// A thread that has died leaves nothing behind that would keep the process from ending before its end is known.
async function heldOpen<T>(work: Promise<T>): Promise<T> {
  const hold = setInterval(() => {}, HOLD_MS);
  try {
    return await work;
  } finally {
    clearInterval(hold);
  }
}

function threadDied(cause: unknown): PipelineError {
  return new PipelineError('THREAD_DIED', `The thread of the run ended before the run did: ${messageOf(cause)}`, {
    cause,
  });
}

/** The file that a thread starts with, beside this one: TypeScript where the package runs from its source. */
function entry(): { filename: string; execArgv?: string[] } {
  const ending = path.extname(fileURLToPath(import.meta.url));
  const filename = new URL(`./thread${ending}`, import.meta.url).href;
  if (ending !== '.ts') return { filename };
  const tsx = createRequire(import.meta.url).resolve('tsx/cjs');
  return { filename, execArgv: ['--conditions=kedro-temporal-source', '--require', tsx] };
}
