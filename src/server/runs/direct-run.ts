/**
 * One run in this process. It is waiting for its turn, running, or ended: by its report, by an error, or by being stopped, which
 * ends it for whoever waits at once, although its last node may go on for a moment.
 */
import {
  cancelledBy,
  isPipelineError,
  messageOf,
  PipelineError,
  type PipelineSession,
  type RunEvent,
  type RunReport,
  type RunRequest,
} from '../../core/index.ts';
import { redacted } from '../redaction.ts';

export type Outcome = { readonly report: RunReport } | { readonly error: PipelineError };

/** The last of a run's events. */
export interface RunEnded {
  type: 'run-ended';
  at: number;
  state: 'succeeded' | 'failed' | 'cancelled' | 'timed-out';
  error?: { code: string; message: string; retryable: boolean };
}

export type HeardEvent = RunEvent | RunEnded;

export class DirectRun {
  readonly runId: string;
  /** Whether the caller has named it, and so may come back to it. */
  readonly isNamed: boolean;
  readonly startedAt = Date.now();
  readonly ended: Promise<Outcome>;
  /** Of a run that its caller has named: what it has said so far. */
  readonly events: HeardEvent[] = [];
  #request: RunRequest;
  readonly #control = new AbortController();
  readonly #listeners = new Set<() => void>();
  #settle: (outcome: Outcome) => void = () => {};
  #outcome: Outcome | undefined;
  #endedAt = 0;
  #stopped: PipelineError | undefined;
  #hasStarted = false;

  constructor(runId: string, request: RunRequest, isNamed: boolean) {
    this.runId = runId;
    this.#request = request;
    this.isNamed = isNamed;
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  get request(): RunRequest {
    return this.#request;
  }

  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  /** Milliseconds since the epoch; 0 while it has not ended. */
  get endedAt(): number {
    return this.#endedAt;
  }

  get isWaiting(): boolean {
    return !this.#hasStarted && this.#outcome === undefined;
  }

  /** Makes the run. Settles when the session has done with it; never rejects. */
  async perform(session: PipelineSession): Promise<void> {
    if (this.#outcome !== undefined) return;
    this.#hasStarted = true;
    const { signal } = this.#control;
    const onEvent = this.isNamed ? (event: RunEvent) => this.#hear(event) : undefined;
    try {
      const live = onEvent === undefined ? { signal } : { signal, onEvent, runsAhead: true };
      this.#end({ report: await session.run(this.#request, live) });
    } catch (error) {
      this.#end({ error: this.#stopped ?? asPipelineError(error) });
    }
  }

  /** Calls it off. With `atOnce` nobody waits for it any longer. */
  stop(error: PipelineError, { atOnce }: { atOnce: boolean }): void {
    if (this.#outcome !== undefined) return;
    this.#stopped ??= error;
    this.#control.abort(error);
    if (atOnce || !this.#hasStarted) this.#end({ error: this.#stopped });
  }

  cancel(reason: string): void {
    this.stop(cancelledBy(reason), { atOnce: false });
  }

  /** Calls `listener` whenever there are more events; the answer is how to stop that. */
  follow(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Keeps of a run that has ended what its view shows; of one that nobody can come back to by a name, no values. */
  forget(): void {
    const { runtimeData: _, ...request } = this.#request;
    this.#request = request;
    if (this.isNamed || this.#outcome === undefined || 'error' in this.#outcome) return;
    this.#outcome = { report: { ...this.#outcome.report, outputs: {} } };
  }

  #hear(event: HeardEvent): void {
    if (this.#outcome !== undefined) return;
    this.events.push(event);
    for (const listener of this.#listeners) listener();
  }

  #end(outcome: Outcome): void {
    if (this.#outcome !== undefined) return;
    this.#endedAt = Date.now();
    this.#hear(endOf(outcome, this.#endedAt));
    this.#outcome = outcome;
    this.#settle(outcome);
    this.#listeners.clear();
  }
}

/** How a run ended, as an event and a state. */
export function endOf(outcome: Outcome, at: number): RunEnded {
  if ('report' in outcome) return { type: 'run-ended', at, state: 'succeeded' };
  const { code, message, retryable } = outcome.error;
  const state = code === 'RUN_CANCELLED' ? 'cancelled' : code === 'RUN_TIMED_OUT' ? 'timed-out' : 'failed';
  return { type: 'run-ended', at, state, error: { code, message: redacted(message), retryable } };
}

function asPipelineError(error: unknown): PipelineError {
  if (isPipelineError(error)) return error;
  return new PipelineError('RUN_FAILED', `The run failed: ${messageOf(error)}`, { cause: error });
}
