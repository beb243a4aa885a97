/** Runs as durable tasks of workers, for who asks this endpoint for one. */
import { setTimeout as delay } from 'node:timers/promises';
import { createKedroClient, createKedroViews, type KedroClient, type KedroViews } from '../../client/index.ts';
import { PipelineError, type RunReport, type RunRequest } from '../../core/index.ts';
import type { RunView } from '../api.ts';
import type { TemporalAccess } from '../options.ts';

export class DurableRuns {
  readonly #client: TemporalAccess['client'];
  readonly #taskQueue: string;
  readonly #kedro: KedroClient;
  readonly #reached: KedroViews['reached'];
  readonly #view: (runId: string) => Promise<RunView>;

  /** `view`: how a run looks now. */
  constructor({ client, taskQueue }: TemporalAccess, view: (runId: string) => Promise<RunView>) {
    this.#client = client;
    this.#taskQueue = taskQueue;
    this.#kedro = createKedroClient(client, { taskQueue });
    this.#reached = createKedroViews(client, { taskQueue }).reached;
    this.#view = view;
  }

  /**
   * Starts it, or finds the one of that id. `signal` ends the waiting, not the run: the report is undefined then. Throws
   * `SERVER_UNREACHABLE`, as all of these do.
   */
  async start(
    request: RunRequest,
    { wait, waitMs, signal }: { wait: boolean; waitMs: number; signal: AbortSignal },
  ): Promise<{ runId: string; report: Promise<RunReport | undefined> }> {
    const run = await this.#reached(() => this.#kedro.startRun(request));
    if (!wait) return { runId: run.runId, report: Promise.resolve(undefined) };
    const over = new AbortController();
    const enough = delay(waitMs, undefined, { signal: AbortSignal.any([signal, over.signal]) }).catch(() => undefined);
    // It may wait as long as it likes, but a server that goes away meanwhile is one that is away.
    const end = run.result().catch((error: unknown) => this.#reached(() => Promise.reject(error)));
    const report = Promise.race([end, enough]).finally(() => over.abort());
    return { runId: run.runId, report };
  }

  /** Throws `RUN_NOT_FOUND`. */
  view(runId: string): Promise<RunView> {
    return this.#view(runId);
  }

  /** Asks a run of this task queue to end. Throws `RUN_NOT_FOUND`, `RUN_ENDED`. */
  async cancel(runId: string): Promise<void> {
    // Any other workflow of the namespace has an id as well; one that is no run has no view.
    const { state } = await this.#view(runId);
    const { taskQueue } = await this.#reached(() => this.#client.workflow.getHandle(runId).describe());
    if (taskQueue !== this.#taskQueue) throw ofOthers(runId, this.#taskQueue);
    if (state !== 'running') throw hasEnded(runId, state);
    await this.#reached(() => this.#kedro.getRun(runId).cancel());
  }

  /** Whether the server knows work of a job of that name, which has no other characters than names of jobs have. */
  async knowsJob(name: string): Promise<boolean> {
    const query = `WorkflowType IN ('backfill', 'runJob', 'scheduledRun') AND WorkflowId STARTS_WITH '${name}/'`;
    const { count } = await this.#reached(() => this.#client.workflow.count(query));
    return count > 0;
  }
}

function ofOthers(runId: string, taskQueue: string): PipelineError {
  const message = `Run "${runId}" is not one of task queue "${taskQueue}", which is this endpoint's: ask where it was started.`;
  return new PipelineError('RUN_NOT_FOUND', message, { details: { runId, taskQueue } });
}

/** The error of a cancel that comes too late. */
export function hasEnded(runId: string, state: RunView['state']): PipelineError {
  return new PipelineError('RUN_ENDED', `Run "${runId}" has ended: ${state}.`, { details: { runId, state } });
}
