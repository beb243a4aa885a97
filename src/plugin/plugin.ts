/**
 * A Temporal plugin that makes a Worker able to run pipelines: it registers the activities, gives the Worker our workflows
 * unless it has its own, and ties one warm session to the Worker's life.
 *
 * 1. The session is opened before the Worker polls and closed after its last activity.
 * 2. Workers that share a plugin share its session: it is closed after the last one. A Worker that has the plugin twice
 *    (Temporal hands a connection's plugins on) counts once.
 * 3. A session that does not open (or whose artifacts do not load) fails the Worker's run before it has taken a task.
 */
import { fileURLToPath } from 'node:url';
import { SimplePlugin } from '@temporalio/plugin';
import type { Worker, WorkerOptions } from '@temporalio/worker';
import { type ActivityOptions, createActivities } from '../../activities/index.ts';
import { PipelineError, type PipelineSession, type PreloadOptions } from '../core/index.ts';
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
  readonly #workers = new Set<Worker>();
  #opening: Promise<PipelineSession> | undefined;
  #session: PipelineSession | undefined;

  constructor(options: KedroPluginOptions) {
    super({
      name: 'kedro-temporal',
      // A function, so that an activity of the user's own under one of our names wins.
      activities: (own) => ({ ...createActivities(() => this.#open(), options), ...own }),
    });
    this.#own = options;
  }

  override configureWorker(options: WorkerOptions): WorkerOptions {
    const hasWorkflows = options.workflowsPath !== undefined || options.workflowBundle !== undefined;
    const workflows = hasWorkflows ? {} : { workflowsPath: WORKFLOWS };
    return super.configureWorker({ ...WORKER_DEFAULTS, ...options, ...workflows });
  }

  override async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    if (this.#workers.has(worker)) return await next(worker);
    this.#workers.add(worker);
    try {
      await this.#opened().catch(async (error: unknown) => {
        await endUnstarted(worker, () => next(worker));
        throw error;
      });
      const ended = next(worker);
      this.#own.onReady?.();
      await ended;
    } finally {
      this.#workers.delete(worker);
      if (this.#workers.size === 0) await this.#stop();
    }
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
