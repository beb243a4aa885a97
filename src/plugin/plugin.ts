/**
 * A Temporal plugin that makes a Worker able to run pipelines: it registers the activities, gives the Worker our workflows
 * unless it has its own, and ties one warm session to the Worker's life.
 *
 * The session is opened before the Worker polls and closed after its last activity. A Worker that uses the plugin twice
 * (Temporal hands a connection's plugins on) still opens one session.
 */
import { SimplePlugin } from '@temporalio/plugin';
import type { WorkerOptions } from '@temporalio/worker';
import { type ActivityOptions, createActivities } from '../../activities/index.ts';
import { PipelineError, type PipelineSession, type PreloadOptions } from '../core/index.ts';

/** Options of {@link KedroPlugin}. */
export interface KedroPluginOptions extends ActivityOptions {
  /** Opens the session, once per Worker run: `() => openNativeSession({ project })`. */
  session: () => Promise<PipelineSession>;
  /** Artifacts to load before the first task is taken. Default: none. */
  preload?: string[];
  /** How they are loaded. */
  preloadOptions?: Omit<PreloadOptions, 'signal'>;
}

// What a Worker gets unless it says otherwise. A dead worker's sticky queue holds its workflows up for 10 seconds by
// default; heartbeats are sent often enough that a retry misses little and a cancel arrives soon.
const WORKER_DEFAULTS = {
  stickyQueueScheduleToStartTimeout: '1 second',
  maxHeartbeatThrottleInterval: '2 seconds',
} as const satisfies Partial<WorkerOptions>;

const WORKFLOWS = new URL(`../../workflows/index${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
  .pathname;

/** For `plugins` of a Worker; a Client may have it too. */
export class KedroPlugin extends SimplePlugin {
  readonly #own: KedroPluginOptions;
  #session: PipelineSession | undefined;
  #users = 0;

  constructor(options: KedroPluginOptions) {
    super({
      name: 'kedro-temporal',
      // A function, so that an activity of the user's own under one of our names wins.
      activities: (own) => ({ ...createActivities(() => this.#open(), options), ...own }),
      runContext: (next) => this.#withSession(next),
    });
    this.#own = options;
  }

  override configureWorker(options: WorkerOptions): WorkerOptions {
    const hasWorkflows = options.workflowsPath !== undefined || options.workflowBundle !== undefined;
    const workflows = hasWorkflows ? {} : { workflowsPath: WORKFLOWS };
    return super.configureWorker({ ...WORKER_DEFAULTS, ...workflows, ...options });
  }

  async #withSession(next: () => Promise<void>): Promise<void> {
    this.#users++;
    try {
      if (this.#users === 1) await this.#start();
      await next();
    } finally {
      this.#users--;
      if (this.#users === 0) await this.#stop();
    }
  }

  async #start(): Promise<void> {
    const { session, preload = [], preloadOptions } = this.#own;
    this.#session = await session();
    if (preload.length > 0) await this.#session.preload(preload, preloadOptions);
  }

  async #stop(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
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
