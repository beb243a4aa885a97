/** Runs as durable tasks of workers, for who asks this endpoint for one. */
import { setTimeout as delay } from 'node:timers/promises';
import { createKedroClient, type KedroClient } from '../../client/index.ts';
import { PipelineError, type RunReport, type RunRequest } from '../../core/index.ts';
import type { RunView } from '../api.ts';
import type { TemporalAccess } from '../options.ts';

/** How long the server may take to answer; without an end a call would be tried again and again. */
const SERVER_MS = 5_000;

export class DurableRuns {
  readonly #client: TemporalAccess['client'];
  readonly #kedro: KedroClient;
  readonly #view: (runId: string) => Promise<RunView>;

  /** `view`: how a run looks now. */
  constructor({ client, taskQueue }: TemporalAccess, view: (runId: string) => Promise<RunView>) {
    this.#client = client;
    this.#kedro = createKedroClient(client, { taskQueue });
    this.#view = view;
  }

  /** Starts it, or finds the one of that id. `signal` ends the waiting, not the run: the report is undefined then. */
  async start(
    request: RunRequest,
    { wait, waitMs, signal }: { wait: boolean; waitMs: number; signal: AbortSignal },
  ): Promise<{ runId: string; report: Promise<RunReport | undefined> }> {
    const run = await this.#reached(() => this.#kedro.startRun(request));
    if (!wait) return { runId: run.runId, report: Promise.resolve(undefined) };
    const over = new AbortController();
    const enough = delay(waitMs, undefined, { signal: AbortSignal.any([signal, over.signal]) }).catch(() => undefined);
    const report = Promise.race([run.result(), enough]).finally(() => over.abort());
    return { runId: run.runId, report };
  }

  /** Throws `RUN_NOT_FOUND`. */
  view(runId: string): Promise<RunView> {
    return this.#view(runId);
  }

  /** Asks a run to end. Throws `RUN_NOT_FOUND`, `RUN_ENDED`. */
  async cancel(runId: string): Promise<void> {
    const run = this.#kedro.getRun(runId);
    const { state } = await this.#reached(() => run.status());
    if (state !== 'running') throw hasEnded(runId, state);
    await this.#reached(() => run.cancel());
  }

  #reached<T>(ask: () => Promise<T>): Promise<T> {
    return this.#client.withDeadline(Date.now() + SERVER_MS, ask);
  }
}

/** The error of a cancel that comes too late. */
export function hasEnded(runId: string, state: RunView['state']): PipelineError {
  return new PipelineError('RUN_ENDED', `Run "${runId}" has ended: ${state}.`, { details: { runId, state } });
}
