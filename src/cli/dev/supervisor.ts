/**
 * Keeps one process that holds the project, and starts a new one when it is asked to.
 *
 * Its states: **opening** (a process has been started), **open** (it has said so), **failed** (it has said why not, or has
 * ended by itself), **closed**. `restart` ends what there is, in any state, and opens anew; one that is asked for meanwhile
 * comes after that. A process that ends by itself after it was open for a while is started again; one that does not open
 * waits for the next `restart`.
 */
import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { endProcess, tieToOurs } from '../../dev/index.ts';
import type { HoldOptions, News, Opened } from './messages.ts';

/** What has become of a start. */
export type Outcome = Opened | { type: 'failed'; message: string; code?: string };

const HOLD = fileURLToPath(new URL(`./hold${path.extname(fileURLToPath(import.meta.url))}`, import.meta.url));

/** A process gets so long to end, in milliseconds; a node that computes does not hear of it. */
const END_GRACE_MS = 8_000;
/** One that was open for less, in milliseconds, would end again. */
const STEADY_MS = 10_000;

export class Supervisor {
  readonly #options: HoldOptions;
  readonly #onEnd: (how: string, restarts: boolean) => void;
  #held: Held | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  /** `onEnd` hears of a process that has ended by itself, after it was open. */
  constructor(options: HoldOptions, onEnd: (how: string, restarts: boolean) => void) {
    this.#options = options;
    this.#onEnd = onEnd;
  }

  /** Ends the process that there is and starts another. Undefined where it was closed meanwhile. */
  restart(): Promise<Outcome | undefined> {
    const next = this.#turn.then(async () => {
      await this.#held?.end();
      if (this.#isClosed) return undefined;
      this.#held = hold(this.#options, (how, openMs) => this.#ended(how, openMs));
      return await this.#held.outcome;
    });
    this.#turn = next.catch(() => {});
    return next;
  }

  /** Ends the process. Twice is fine. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#held?.end();
    await this.#turn;
  }

  #ended(how: string, openMs: number): void {
    if (this.#isClosed) return;
    const restarts = openMs >= STEADY_MS;
    this.#onEnd(how, restarts);
    if (restarts) void this.restart();
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
