/**
 * n warm hosts, one piece of work at a time in each, and a queue: who waits longest is next.
 *
 * A place of the pool is opening, idle, working or resting (after its host has ended, before the next is started). A host is
 * replaced when it has ended, when its work says so, after `maxRunsPerHost` runs, and when it holds too much memory; the last
 * two only between runs. A place rests longer each time its host ends early: 0.1 s, 0.2 s, … 30 s; only a host that stayed up
 * for a while makes it forget. Work waits while places rest, and fails when a host could not be opened and none other is up.
 */
import type { PipelineError } from '../core/index.ts';
import type { HostProcess } from './host-process.ts';

export interface HostPoolOptions {
  readonly hosts: number;
  readonly maxRunsPerHost: number;
  readonly maxHostMemoryMb: number;
  /** Opens a host; throws why it cannot be opened. */
  readonly open: () => Promise<HostProcess>;
}

interface Waiting {
  readonly work: (host: HostProcess) => Promise<unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

const FIRST_REST_MS = 100;
const LONGEST_REST_MS = 30_000;
const REAL_UPTIME_MS = 10_000;

export class HostPool {
  readonly #options: HostPoolOptions;
  readonly #hosts = new Set<HostProcess>();
  readonly #idle: HostProcess[] = [];
  readonly #queue: Waiting[] = [];
  /** What busy hosts have to do before anything else. */
  readonly #owed = new Map<HostProcess, ((host: HostProcess) => Promise<unknown>)[]>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #opening = 0;
  #failures = 0;
  #closed: PipelineError | undefined;

  constructor(options: HostPoolOptions) {
    this.#options = options;
  }

  /** Opens the first host, so that what is wrong with the project is known; the others follow. */
  async open(): Promise<HostProcess> {
    const first = await this.#options.open();
    this.#add(first);
    for (let i = 1; i < this.#options.hosts; i++) void this.#replace();
    return first;
  }

  /** All hosts that are up. */
  get hosts(): Iterable<HostProcess> {
    return this.#hosts;
  }

  /** Does `work` with the next host that is free. An abort takes it out of the queue with that error. */
  use<T>(work: (host: HostProcess) => Promise<T>, signal?: AbortSignal, aborted?: () => unknown): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#closed !== undefined) {
        reject(this.#closed);
        return;
      }
      const waiting: Waiting = { work, resolve, reject };
      this.#queue.push(waiting);
      signal?.addEventListener(
        'abort',
        () => {
          const at = this.#queue.indexOf(waiting);
          if (at < 0) return;
          this.#queue.splice(at, 1);
          reject(aborted?.());
        },
        { once: true },
      );
      this.#next();
    });
  }

  /** Does `work` in each host but one: at once in those that are idle, which it waits for; in the others before what they do next. */
  async inEach(except: HostProcess | undefined, work: (host: HostProcess) => Promise<unknown>): Promise<void> {
    const idle = this.#idle.splice(0);
    for (const host of this.#hosts) {
      if (host !== except && !idle.includes(host)) this.#owed.set(host, [...(this.#owed.get(host) ?? []), work]);
    }
    await Promise.all(
      idle.map(async (host) => {
        if (host !== except) await work(host).catch(() => {});
        this.#free(host);
      }),
    );
  }

  /** Ends every host; what waits or runs fails with `error`. Working hosts are interrupted and soon killed. */
  async close(error: PipelineError, graceMs: number): Promise<void> {
    this.#closed = error;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const { reject } of this.#queue.splice(0)) reject(error);
    await Promise.all(
      [...this.#hosts].map((host) => {
        if (!this.#idle.includes(host)) host.interrupt();
        return host.end(graceMs);
      }),
    );
  }

  #add(host: HostProcess): void {
    this.#hosts.add(host);
    void host.ended.then(() => this.#lost(host));
    this.#idle.push(host);
    this.#next();
  }

  #next(): void {
    while (this.#queue.length > 0 && this.#idle.length > 0) {
      const host = this.#idle.pop() as HostProcess;
      if (host.hasEnded) continue;
      void this.#work(host, this.#queue.shift() as Waiting);
    }
  }

  async #work(host: HostProcess, { work, resolve, reject }: Waiting): Promise<void> {
    try {
      resolve((await work(host)) as never);
    } catch (error) {
      reject(error);
    }
    if (!host.hasEnded && this.#closed === undefined && this.#isSpent(host)) {
      this.#hosts.delete(host);
      this.#owed.delete(host);
      void host.end(REAL_UPTIME_MS);
      void this.#replace();
      return;
    }
    // A failure here shows again in the runs that need what could not be done.
    for (const each of this.#owed.get(host) ?? []) await each(host).catch(() => {});
    this.#free(host);
  }

  #free(host: HostProcess): void {
    this.#owed.delete(host);
    if (host.hasEnded || this.#closed !== undefined) return;
    this.#idle.push(host);
    this.#next();
  }

  #isSpent({ runs, residentBytes }: HostProcess): boolean {
    const { maxRunsPerHost, maxHostMemoryMb } = this.#options;
    return runs >= maxRunsPerHost || residentBytes > maxHostMemoryMb * 2 ** 20;
  }

  #lost(host: HostProcess): void {
    // One that was replaced on purpose is none of the pool's any more.
    this.#owed.delete(host);
    if (!this.#hosts.delete(host) || this.#closed !== undefined) return;
    if (Date.now() - host.startedAt >= REAL_UPTIME_MS) this.#failures = 0;
    this.#restThenReplace();
  }

  #restThenReplace(): void {
    const rest = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** this.#failures);
    this.#failures++;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#replace();
    }, rest);
    this.#timers.add(timer);
  }

  async #replace(): Promise<void> {
    if (this.#closed !== undefined) return;
    this.#opening++;
    try {
      const host = await this.#options.open();
      this.#opening--;
      if (this.#closed !== undefined) await host.end(0);
      else this.#add(host);
    } catch (error) {
      this.#opening--;
      if (this.#closed !== undefined) return;
      if (this.#hosts.size === 0 && this.#opening === 0) {
        for (const { reject } of this.#queue.splice(0)) reject(error);
      }
      this.#restThenReplace();
    }
  }
}
