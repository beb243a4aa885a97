/**
 * Keeps one process that holds the project, and starts a new one when it is asked to.
 *
 * Its states: **opening** (a process has been started), **open** (it has said so), **failed** (it has said why not, or has
 * ended by itself), **closed**. `restart` ends what there is, in any state, and opens anew; one that is asked for meanwhile
 * comes after that. A process that ends by itself after it was open for a while is started again, and what becomes of that is
 * told; one that does not open waits for the next `restart`.
 */
import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../core/index.ts';
import { endProcess, tieToOurs } from '../../dev/index.ts';
import type { HoldOptions, News, Opened } from './messages.ts';

/** What has become of a start. */
export type Outcome = Opened | { type: 'failed'; message: string; code?: string };

const HOLD = fileURLToPath(new URL(`./hold${path.extname(fileURLToPath(import.meta.url))}`, import.meta.url));

/** A process gets so long to end, in milliseconds; a node that computes does not hear of it. */
const END_GRACE_MS = 8_000;
/** One that was open for less, in milliseconds, would end again. */
export const STEADY_MS = 10_000;

/** Who hears of what nobody asked for. */
export interface Listener {
  /** A process has ended by itself, after it was open. */
  ended(how: string, restarts: boolean): void;
  /** What has become of the one that was started in its place, and in how many milliseconds. */
  restarted(outcome: Outcome, ms: number): void;
}

export class Supervisor {
  readonly #options: HoldOptions;
  readonly #listener: Listener;
  #held: Held | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(options: HoldOptions, listener: Listener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** Ends the process that there is and starts another. Never rejects. Undefined where it was closed meanwhile. */
  restart(): Promise<Outcome | undefined> {
    const next = this.#turn.then(() => this.#start()).catch((error: unknown) => failed(messageOf(error)));
    this.#turn = next;
    return next;
  }

  /** Ends the process. Twice is fine. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#held?.end();
    await this.#turn;
  }

  async #start(): Promise<Outcome | undefined> {
    await this.#held?.end();
    this.#held = undefined;
    if (this.#isClosed) return undefined;
    this.#held = hold(this.#options, (how, openMs) => void this.#ended(how, openMs));
    return await this.#held.outcome;
  }

  async #ended(how: string, openMs: number): Promise<void> {
    if (this.#isClosed) return;
    const restarts = openMs >= STEADY_MS;
    this.#listener.ended(how, restarts);
    if (!restarts) return;
    const began = Date.now();
    const outcome = await this.restart();
    if (outcome !== undefined) this.#listener.restarted(outcome, Date.now() - began);
  }
}

interface Held {
  readonly outcome: Promise<Outcome>;
  end(): Promise<void>;
}

function hold(options: HoldOptions, onEnd: (how: string, openMs: number) => void): Held {
  const child = fork(HOLD, {
    // A group of its own: Ctrl-C in a terminal reaches us only. What it prints is words, not a result.
    detached: true,
    stdio: ['ignore', 2, 2, 'ipc'],
    // Certificates are bytes, which JSON makes something else of.
    serialization: 'advanced',
  });
  const untie = child.pid === undefined ? () => {} : tieToOurs(child.pid);
  let isAsked = false;
  let openedAt: number | undefined;
  const ended = endOf(child).then((how) => {
    untie();
    if (!isAsked && openedAt !== undefined) onEnd(how, Date.now() - openedAt);
    return how;
  });
  const news = new Promise<News>((resolve) => child.once('message', resolve));
  child.send({ type: 'open', options });
  const outcome = Promise.race([news, ended.then((how) => failed(`It ended with ${how} before it was open.`))]);
  void outcome.then(({ type }) => {
    if (type === 'opened') openedAt = Date.now();
  });
  return {
    outcome,
    async end() {
      isAsked = true;
      if (child.connected) child.send({ type: 'stop' });
      const isLate = Symbol('late');
      const grace = new Promise<typeof isLate>((resolve) => setTimeout(() => resolve(isLate), END_GRACE_MS).unref());
      if ((await Promise.race([ended, grace])) === isLate && child.pid !== undefined) await endProcess(child.pid, 500);
      await ended;
    },
  };
}

function failed(message: string): Outcome {
  return { type: 'failed', message };
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `the signal ${signal}`));
  });
}
