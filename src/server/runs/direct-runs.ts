/**
 * The runs of this process: so many at once, so many in the queue, and the ended ones for as long as there is room.
 *
 * Invariants:
 * 1. Of one run id there is one run: who asks again for the same joins it, or hears how it succeeded; after a failure, an end by time too, it runs again.
 * 2. A run holds its place until the session has done with it. The session has done with a run that is called off (timed out,
 *    cancelled) at once, although its node may go on: a node that does not heed its signal is then beyond `concurrency`, and who
 *    asks again for the same id may have it running twice.
 */
import { createHash, randomUUID } from 'node:crypto';
import PQueue from 'p-queue';
import {
  isPlainObject,
  PipelineError,
  type PipelineSession,
  type RunRequest,
  sessionClosed,
} from '../../core/index.ts';
import type { ResolvedServerOptions } from '../options.ts';
import { DirectRun } from './direct-run.ts';
import { EndedRuns } from './ended-runs.ts';

export class DirectRuns {
  readonly #session: PipelineSession;
  readonly #limits: ResolvedServerOptions['limits'];
  readonly #queue: PQueue;
  readonly #running = new Map<string, DirectRun>();
  readonly #ended = new EndedRuns();
  readonly #hashes = new WeakMap<DirectRun, string>();
  #waiting = 0;
  #isDraining = false;

  constructor(session: PipelineSession, limits: ResolvedServerOptions['limits']) {
    this.#session = session;
    this.#limits = limits;
    this.#queue = new PQueue({ concurrency: limits.concurrency });
  }

  /** Starts a run, or finds the one of that id. Throws `RUN_ID_TAKEN`, `OVERLOADED`, `SESSION_CLOSED`. */
  start(request: RunRequest): DirectRun {
    const { runId } = request;
    const hash = runId === undefined ? '' : hashOf(request);
    if (runId !== undefined) {
      const known = this.find(runId);
      if (known !== undefined && this.#hashes.get(known) !== hash) throw taken(runId);
      if (known !== undefined && !hasFailed(known)) return known;
    }
    if (this.#isDraining) throw sessionClosed(this.#session.id);
    if (this.#queue.pending >= this.#limits.concurrency && this.#waiting >= this.#limits.queue)
      throw overloaded(this.#limits);
    const own = runId ?? randomUUID();
    const run = new DirectRun(own, runId === undefined ? { ...request, runId: own } : request, runId !== undefined);
    if (runId !== undefined) this.#hashes.set(run, hash);
    this.#perform(run);
    return run;
  }

  /** A run that goes on, or one that ended and is remembered. */
  find(runId: string): DirectRun | undefined {
    return this.#running.get(runId) ?? this.#ended.get(runId);
  }

  /** Takes no more. Settles when all have ended. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    await this.#queue.onIdle();
  }

  /** Ends what still runs. */
  stopAll(): void {
    for (const run of this.#running.values()) run.stop(sessionClosed(this.#session.id), { atOnce: true });
  }

  #perform(run: DirectRun): void {
    this.#running.set(run.runId, run);
    this.#waiting++;
    const timer = setTimeout(
      () => run.stop(timedOut(run.runId, this.#limits.timeoutMs), { atOnce: true }),
      this.#limits.timeoutMs,
    );
    let hasTurn = false;
    void this.#queue.add(async () => {
      if (!hasTurn) this.#waiting--;
      hasTurn = true;
      await run.perform(this.#session);
    });
    void run.ended.then(() => {
      clearTimeout(timer);
      // One that ended in the queue is not waiting any longer, although its turn is still to come.
      if (!hasTurn) this.#waiting--;
      hasTurn = true;
      this.#running.delete(run.runId);
      this.#ended.add(run);
    });
  }
}

function hasFailed({ outcome }: DirectRun): boolean {
  return outcome !== undefined && 'error' in outcome;
}

/** Equal for requests that ask for the same, in whatever order of keys. */
function hashOf({ runId: _, ...request }: RunRequest): string {
  const sorted = (_key: string, value: unknown) =>
    isPlainObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
  return createHash('sha256').update(JSON.stringify(request, sorted)).digest('base64');
}

function taken(runId: string): PipelineError {
  return new PipelineError(
    'RUN_ID_TAKEN',
    `Run "${runId}" exists, and was asked for something else. One id is one run: give this one an id of its own.`,
    { details: { runId } },
  );
}

function overloaded({ concurrency, queue }: ResolvedServerOptions['limits']): PipelineError {
  return new PipelineError(
    'OVERLOADED',
    `${concurrency} runs are going on and ${queue} wait for their turn, which is the limit. Ask again in a moment.`,
    { details: { concurrency, queue } },
  );
}

function timedOut(runId: string, timeoutMs: number): PipelineError {
  return new PipelineError(
    'RUN_TIMED_OUT',
    `Run "${runId}" took longer than ${timeoutMs} ms, its waiting included, and was cancelled. Raise "timeout" of the "serve" table, or run it durably ("mode": "durable").`,
    { details: { runId, timeoutMs } },
  );
}
