/**
 * The native engine's session over threads.
 *
 * Its states: opening (the promise of `openNativeSession`), open, closed. In `open` runs may overlap; each has one thread to
 * itself, and waits for one in the order of the calls. Each thread has a session of its own, with its own connections and
 * artifacts; what one saves makes the artifacts of the others stale. `close()` moves to closed: what waits or runs ends with
 * `SESSION_CLOSED`, and the threads end.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  cancelledBy,
  type DescribeOptions,
  failedDatasets,
  isPipelineError,
  type LiveRun,
  type OutputsReport,
  PipelineError,
  type PipelineSession,
  type PreloadOptions,
  type PreloadReport,
  type ProjectDescription,
  type ReleaseReport,
  type RunReport,
  type RunRequest,
  saveVersionClock,
  sessionClosed,
  takeLive,
  takeRequest,
} from '../../core/index.ts';
import type { NativeSessionOptions, ResolvedSessionOptions } from '../options.ts';
import { answersOf, mergeWarm } from './all-threads.ts';
import { canCross } from './crossing.ts';
import { NativeThread } from './native-thread.ts';
import { PreloadSpecs } from './preload-specs.ts';
import { checkData, runInThread } from './run.ts';
import { ThreadPool } from './thread-pool.ts';

/** Opens a session whose runs are in threads. Throws what opening a session throws, and `THREAD_DIED`. */
export async function openThreadedSession(
  resolved: ResolvedSessionOptions,
  options: NativeSessionOptions,
): Promise<PipelineSession> {
  const session = new ThreadedSession(resolved, threadOptions(resolved, options));
  await session.open();
  return session;
}

/** What each thread's own session is opened with. Throws `PROJECT_SETTINGS_INVALID` for what cannot go there. */
function threadOptions(resolved: ResolvedSessionOptions, options: NativeSessionOptions): NativeSessionOptions {
  const { isolation: _, threads: __, threadMemoryMb: ___, ...own } = options;
  const odd = Object.entries(own).find(([, value]) => !canCross(value));
  if (odd !== undefined) {
    throw new PipelineError(
      'PROJECT_SETTINGS_INVALID',
      `The option "${odd[0]}" holds functions or instances of classes, which cannot go to a thread; set it in the project's settings.ts, which each thread reads.`,
      { details: { option: odd[0] } },
    );
  }
  const { project, env, id, cancelGraceMs } = resolved;
  return { ...own, project, ...(env === undefined ? {} : { env }), id, cancelGraceMs };
}

const CLOSE_GRACE_MS = 1_000;

class ThreadedSession implements PipelineSession {
  readonly id: string;
  readonly project: string;
  // A session that closes has no time for a run's own grace.
  readonly #graceMs: () => number;
  readonly #pool: ThreadPool;
  readonly #specs = new PreloadSpecs(() => this.#nextId());
  /** Those that still open included. */
  readonly #threads = new Set<NativeThread>();
  readonly #failed = failedDatasets();
  readonly #running = new Set<AbortController>();
  readonly #nextVersion = saveVersionClock();
  readonly #closing = new AbortController();
  #questions = 0;
  #closed: Promise<void> | undefined;

  constructor(resolved: ResolvedSessionOptions, session: NativeSessionOptions) {
    this.id = resolved.id;
    this.project = resolved.project;
    const { cancelGraceMs } = resolved;
    this.#graceMs = () => (this.#closing.signal.aborted ? Math.min(cancelGraceMs, CLOSE_GRACE_MS) : cancelGraceMs);
    const options = { session, memoryMb: resolved.threadMemoryMb, hasSiblings: resolved.threads > 1 };
    const { signal } = this.#closing;
    this.#pool = new ThreadPool(resolved.threads, async (onEnd) => {
      for (;;) {
        const whenEnded = (ended: NativeThread) => {
          this.#threads.delete(ended);
          onEnd(ended);
        };
        const thread = await NativeThread.open(options, whenEnded, signal);
        this.#threads.add(thread);
        await this.#specs.loadIn(thread, signal, this.#graceMs);
        // An artifact that has ended it is given up, so the next one gets further.
        if (!thread.hasEnded) return thread;
        signal.throwIfAborted();
      }
    });
  }

  open(): Promise<void> {
    return this.#pool.open();
  }

  async describe(options: DescribeOptions = {}): Promise<ProjectDescription> {
    const said = await this.#unlessClosed(() => answersOf(this.#pool, (thread) => thread.ask('describe', { options })));
    const [first] = said as [ProjectDescription, ...ProjectDescription[]];
    return { ...first, datasets: this.#failed.show(first.datasets), warm: mergeWarm(said.map(({ warm }) => warm)) };
  }

  async preload(artifacts: string[], options: PreloadOptions = {}): Promise<PreloadReport> {
    const { signal: given, ...how } = options;
    const call = { artifacts: [...artifacts], options: structuredClone(how) };
    return await this.#controlled(given, async ({ signal }) => {
      const report = await this.#pool.use(async (thread) => {
        const loaded = await this.#specs.preload(thread, call, signal, this.#graceMs);
        this.#specs.add(call, thread);
        return loaded;
      }, signal);
      // Threads that are busy load before their next run.
      await this.#pool.useIdle((thread) => this.#specs.loadIn(thread, signal, this.#graceMs));
      signal.throwIfAborted();
      return report;
    });
  }

  async run(given: RunRequest, givenLive: LiveRun = {}): Promise<RunReport> {
    // All is taken before the first await: the caller may change it from then on.
    const request = takeRequest(given);
    const live = takeLive(givenLive);
    try {
      const report = await this.#controlled(live.signal, async (control) => {
        checkData(live.data);
        request.runId ??= randomUUID();
        request.saveVersion ??= this.#nextVersion();
        // Who calls off in the same breath must find nothing started.
        await undefined;
        return await this.#pool.use((thread) => this.#runIn(thread, request, live, control), control.signal);
      });
      this.#failed.note(request);
      return report;
    } catch (error) {
      this.#failed.note(request, error);
      throw error;
    }
  }

  async #runIn(thread: NativeThread, request: RunRequest, live: LiveRun, control: AbortController): Promise<RunReport> {
    const { signal } = control;
    if (this.#specs.isOwedTo(thread)) await this.#specs.loadIn(thread, signal, this.#graceMs);
    signal.throwIfAborted();
    const tellOthers = (datasets: readonly string[]) => {
      for (const other of this.#threads) {
        if (other !== thread) for (const name of datasets) other.stale.add(name);
      }
    };
    const onSaved = (dataset: string) => tellOthers([dataset]);
    try {
      return await runInThread(thread, { id: this.#nextId(), request, live, control, graceMs: this.#graceMs, onSaved });
    } catch (error) {
      // It may have saved all the same: a database's answer to COMMIT can be lost.
      const { code, details } = isPipelineError(error) ? error : {};
      if (code === 'DATASET_SAVE_FAILED' && typeof details?.dataset === 'string') tellOthers([details.dataset]);
      throw error;
    } finally {
      // What it has saved last, it could not tell.
      if (thread.hasEnded) tellOthers(this.#specs.names);
    }
  }

  async checkOutputs(given: RunRequest): Promise<OutputsReport> {
    const request = takeRequest(given);
    return await this.#unlessClosed(() => this.#pool.use((thread) => thread.ask('outputs', { request })));
  }

  async releaseCache(artifacts?: string[]): Promise<ReleaseReport> {
    const names = artifacts === undefined ? undefined : [...artifacts];
    this.#specs.release(names);
    const question = names === undefined ? {} : { artifacts: names };
    const said = await this.#unlessClosed(() => answersOf(this.#pool, (thread) => thread.ask('release', question)));
    return { released: [...new Set(said.flatMap(({ released }) => released))] };
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #end(): Promise<void> {
    const error = sessionClosed(this.id);
    this.#closing.abort(error);
    for (const control of this.#running) control.abort(error);
    await this.#pool.close(error, async (thread) => {
      // A thread whose run has ended closes its connections; one that does not answer is ended all the same.
      const wait = new AbortController();
      const late = delay(this.#graceMs(), undefined, { signal: wait.signal }).catch(() => {});
      await Promise.race([thread.ask('close', {}).catch(() => {}), late]);
      wait.abort();
      await thread.end();
    });
  }

  /** Does `work` with a control that ends it when `signal` fires or the session is closed. */
  async #controlled<T>(signal: AbortSignal | undefined, work: (control: AbortController) => Promise<T>): Promise<T> {
    this.#closing.signal.throwIfAborted();
    if (signal?.aborted) throw cancelledBy(signal.reason);
    const control = new AbortController();
    const onAbort = () => control.abort(cancelledBy(signal?.reason));
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#running.add(control);
    try {
      return await work(control);
    } finally {
      this.#running.delete(control);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async #unlessClosed<T>(work: () => Promise<T>): Promise<T> {
    this.#closing.signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      this.#closing.signal.throwIfAborted();
      throw error;
    }
  }

  #nextId(): number {
    // 0 is nobody's, and it has to fit 32 bits.
    this.#questions = (this.#questions % 0x7fff_ffff) + 1;
    return this.#questions;
  }
}
