/**
 * A Temporal plugin that makes a Worker able to run pipelines: it registers the activities, gives the Worker our workflows
 * unless it has its own, and ties one warm session to the Worker's life.
 *
 * 1. The session is opened before the Worker polls and closed after its last activity.
 * 2. Workers that share a plugin share its session: it is closed after the last one. A Worker that has the plugin twice
 *    (Temporal hands a connection's plugins on) counts once.
 * 3. A session that does not open (or whose artifacts do not load) fails the Worker's run before it has taken a task.
 * 4. Beside its task queue each Worker serves one of its own, `<task queue>/<identity>`, by which it alone is told to load or
 *    forget artifacts. Its identity is therefore made one of a kind where the user gives none.
 */
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { SimplePlugin } from '@temporalio/plugin';
import type { Worker, WorkerOptions } from '@temporalio/worker';
import { type ActivityOptions, createActivities, type KedroActivities } from '../../activities/index.ts';
import { PipelineError, type PipelineSession, type PreloadOptions } from '../core/index.ts';
import { type OwnQueue, ownQueueNameOf, serveOwnQueue } from './own-queue.ts';
import { endUnstarted } from './unstarted-worker.ts';

/** Options of {@link KedroPlugin}. */
export interface KedroPluginOptions extends ActivityOptions {
  /** Opens the session, once per Worker run: `() => openNativeSession({ project })`. */
  session: () => Promise<PipelineSession>;
  /** Artifacts to load before the first task is taken. Default: none. */
  preload?: string[];
  /** How they are loaded. */
  preloadOptions?: Omit<PreloadOptions, 'signal'>;
  /** Called each time a Worker has its session, artifacts included, and begins to take tasks. Must not throw. */
  onReady?: () => void;
  /**
   * Whether each Worker also polls a task queue of its own, so that artifacts can be loaded and released in one Worker or in
   * all. Default: true.
   */
  ownTaskQueue?: boolean;
}

// What a Worker gets unless it says otherwise. A dead worker's sticky queue holds its workflows up for 10 seconds by
// default; heartbeats are sent often enough that a retry misses little and a cancel arrives soon.
const WORKER_DEFAULTS = {
  stickyQueueScheduleToStartTimeout: '1 second',
  maxHeartbeatThrottleInterval: '2 seconds',
} as const satisfies Partial<WorkerOptions>;

const WORKFLOWS = fileURLToPath(
  new URL(`../../workflows/index${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
);

/** For `plugins` of a Worker; a Client may have it too. */
export class KedroPlugin extends SimplePlugin {
  readonly #own: KedroPluginOptions;
  readonly #activities: KedroActivities;
  readonly #workers = new Set<Worker>();
  /** Names of task queues: a connection hands this plugin on to the small Workers that serve them, too. */
  readonly #ownQueues = new Set<string>();
  #opening: Promise<PipelineSession> | undefined;
  #session: PipelineSession | undefined;

  constructor(options: KedroPluginOptions) {
    super({
      name: 'kedro-temporal',
      // A function, so that an activity of the user's own under one of our names wins.
      activities: (own) => ({ ...this.#activities, ...own }),
    });
    this.#own = options;
    this.#activities = createActivities(() => this.#open(), options);
  }

  override configureWorker(options: WorkerOptions): WorkerOptions {
    if (this.#ownQueues.has(options.taskQueue ?? '')) return options;
    const hasWorkflows = options.workflowsPath !== undefined || options.workflowBundle !== undefined;
    const workflows = hasWorkflows ? {} : { workflowsPath: WORKFLOWS };
    const identity = options.identity ?? newIdentity();
    return super.configureWorker({ ...WORKER_DEFAULTS, ...options, identity, ...workflows });
  }

  override async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    if (this.#workers.has(worker) || this.#ownQueues.has(worker.options.taskQueue)) return await next(worker);
    this.#workers.add(worker);
    let ownQueue: OwnQueue | undefined;
    try {
      ownQueue = await this.#begin(worker).catch(async (error: unknown) => {
        await endUnstarted(worker, () => next(worker));
        throw error;
      });
      const ended = next(worker);
      this.#own.onReady?.();
      await ended;
    } finally {
      await ownQueue?.stop();
      this.#workers.delete(worker);
      if (this.#workers.size === 0) await this.#stop();
    }
  }

  /** All that must stand before the worker polls. */
  async #begin(worker: Worker): Promise<OwnQueue | undefined> {
    await this.#opened();
    if (this.#own.ownTaskQueue === false) return undefined;
    this.#ownQueues.add(ownQueueNameOf(worker));
    const { 'kedro.preload': preload, 'kedro.release': release, 'kedro.warm': warm } = this.#activities;
    return await serveOwnQueue(worker, { 'kedro.preload': preload, 'kedro.release': release, 'kedro.warm': warm });
  }

  /** One opening, however many workers wait for it; forgotten when it fails, so that a later run can try again. */
  #opened(): Promise<PipelineSession> {
    this.#opening ??= this.#start().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #start(): Promise<PipelineSession> {
    const { session: open, preload = [], preloadOptions } = this.#own;
    const session = await open();
    try {
      if (preload.length > 0) await session.preload(preload, preloadOptions);
    } catch (error) {
      await session.close();
      throw error;
    }
    this.#session = session;
    return session;
  }

  async #stop(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    this.#opening = undefined;
    await session?.close();
  }

  #open(): PipelineSession {
    if (this.#session !== undefined) return this.#session;
    throw new PipelineError(
      'SESSION_CLOSED',
      'The worker has no open session; run it with worker.run(), which opens one.',
    );
  }
}

// As Temporal's own, and different for each of several workers of one process.
function newIdentity(): string {
  return `${process.pid}@${hostname()}-${crypto.randomUUID().slice(0, 8)}`;
}
