/**
 * Up to n threads, one piece of work at a time in each, and a queue: who waits longest is next. A thread is started when work
 * waits for it, and again when one has ended during its work; work waits while threads start, and fails when one could not
 * be started and no other is there.
 */
import type { PipelineError } from '../../core/index.ts';
import type { NativeThread } from './native-thread.ts';

interface Waiting {
  readonly work: (thread: NativeThread) => Promise<unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

export class ThreadPool {
  readonly #most: number;
  readonly #open: (onEnd: (thread: NativeThread) => void) => Promise<NativeThread>;
  readonly #threads = new Set<NativeThread>();
  readonly #idle: NativeThread[] = [];
  readonly #queue: Waiting[] = [];
  readonly #starting = new Set<Promise<void>>();
  #closed: PipelineError | undefined;

  constructor(most: number, open: (onEnd: (thread: NativeThread) => void) => Promise<NativeThread>) {
    this.#most = most;
    this.#open = open;
  }

  /** Starts the first thread, so that what is wrong with the project is known. */
  async open(): Promise<void> {
    this.#add(await this.#start());
  }

  /** All threads that are there. */
  get threads(): readonly NativeThread[] {
    return [...this.#threads];
  }

  /** Those of them that have nothing to do. */
  get idle(): readonly NativeThread[] {
    return [...this.#idle];
  }

  /** Does `work` with the next thread that is free. An abort takes it out of the queue with the signal's reason. */
  use<T>(work: (thread: NativeThread) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#closed !== undefined) throw this.#closed;
      signal?.throwIfAborted();
      const onAbort = () => {
        const at = this.#queue.indexOf(waiting);
        if (at < 0) return;
        this.#queue.splice(at, 1);
        reject(signal?.reason);
      };
      const waiting: Waiting = {
        work: (thread) => {
          signal?.removeEventListener('abort', onAbort);
          return work(thread);
        },
        resolve,
        reject,
      };
      this.#queue.push(waiting);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#next();
    });
  }

  /** Does `work` in every thread that is idle now; what else comes for them waits until it is done. */
  async useIdle<T>(work: (thread: NativeThread) => Promise<T>): Promise<T[]> {
    const idle = this.#idle.splice(0);
    return await Promise.all(
      idle.map((thread) => new Promise<T>((resolve, reject) => void this.#work(thread, { work, resolve, reject }))),
    );
  }

  /** Takes no more work; what waits fails with `error`. Every thread is ended by `end`. */
  async close(error: PipelineError, end: (thread: NativeThread) => Promise<void>): Promise<void> {
    this.#closed = error;
    for (const { reject } of this.#queue.splice(0)) reject(error);
    await Promise.all([...this.#threads].map(end));
    await Promise.all(this.#starting);
  }

  #next(): void {
    while (this.#queue.length > 0) {
      const thread = this.#idle.pop();
      if (thread === undefined) break;
      void this.#work(thread, this.#queue.shift() as Waiting);
    }
    const missing = Math.min(this.#queue.length, this.#most - this.#threads.size) - this.#starting.size;
    for (let i = 0; i < missing; i++) this.#grow();
  }

  async #work(thread: NativeThread, { work, resolve, reject }: Waiting): Promise<void> {
    try {
      resolve((await work(thread)) as never);
    } catch (error) {
      reject(error);
    }
    if (thread.hasEnded) {
      this.#lost(thread);
      // So that the next run need not wait for one.
      if (this.#starting.size === 0) this.#grow();
    } else if (this.#closed === undefined) {
      this.#idle.push(thread);
      this.#next();
    }
  }

  #add(thread: NativeThread): void {
    this.#threads.add(thread);
    this.#idle.push(thread);
    this.#next();
  }

  #lost(thread: NativeThread): void {
    this.#threads.delete(thread);
    const at = this.#idle.indexOf(thread);
    if (at >= 0) this.#idle.splice(at, 1);
  }

  #start(): Promise<NativeThread> {
    return this.#open((thread) => {
      // One that could not be opened has never been here.
      if (!this.#threads.has(thread)) return;
      this.#lost(thread);
      this.#next();
    });
  }

  #grow(): void {
    if (this.#closed !== undefined) return;
    const starting = this.#replace().finally(() => this.#starting.delete(starting));
    this.#starting.add(starting);
  }

  async #replace(): Promise<void> {
    try {
      const thread = await this.#start();
      if (this.#closed !== undefined) await thread.end();
      else this.#add(thread);
    } catch (error) {
      // Others may still start or come free; without any, who waits must be told.
      if (this.#threads.size > 0 || this.#starting.size > 1) return;
      for (const { reject } of this.#queue.splice(0)) reject(error);
    }
  }
}
