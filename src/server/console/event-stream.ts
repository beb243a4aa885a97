/**
 * What one client is sent. Of each topic at most one event waits, the newest: a client that reads slowly skips states and
 * holds up nothing.
 */
import { Readable } from 'node:stream';
import type { FeedEvent } from './feed.ts';

const ALIVE_MS = 15_000;

// A client that has taken nothing for so long is gone, whatever its connection says.
const MOST_IDLE_MS = 60_000;

/** Server-sent events. */
export class EventStream extends Readable {
  /** Topic → event. */
  readonly #waiting = new Map<string, FeedEvent>();
  /** Topic → base of what the client has. */
  readonly #bases = new Map<string, string>();
  readonly #alive: NodeJS.Timeout;
  readonly #onEnd: () => void;
  #isWanted = false;
  /** Since when the client has not taken what there is; undefined while it does. */
  #fullSince: number | undefined;

  /** `onEnd` is called once, when the client or the endpoint has ended it. */
  constructor(onEnd: () => void) {
    super({ highWaterMark: 16 * 1024 });
    this.#onEnd = onEnd;
    this.#alive = setInterval(() => this.#beat(), ALIVE_MS);
    this.#alive.unref();
    this.push('retry: 2000\n\n');
  }

  /** `topic` is the name under which newer events replace it. */
  send(topic: string, event: FeedEvent): void {
    this.#waiting.set(topic, event);
    if (this.#isWanted) this.#flush();
  }

  override _read(): void {
    this.#isWanted = true;
    this.#fullSince = undefined;
    this.#flush();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearInterval(this.#alive);
    this.#waiting.clear();
    this.#onEnd();
    callback(error);
  }

  #flush(): void {
    for (const [topic, event] of this.#waiting) {
      this.#waiting.delete(topic);
      this.#put(this.#textOf(topic, event));
      if (!this.#isWanted) return;
    }
  }

  #textOf(topic: string, { name, text, brief }: FeedEvent): string {
    const isKnown = brief !== undefined && this.#bases.get(topic) === brief.base;
    if (brief !== undefined) this.#bases.set(topic, brief.base);
    return `event: ${name}\ndata: ${isKnown ? brief.text : text}\n\n`;
  }

  #beat(): void {
    if (this.#isWanted) this.#put(':\n\n');
    else if (Date.now() - (this.#fullSince ?? Date.now()) > MOST_IDLE_MS) this.destroy();
  }

  #put(text: string): void {
    this.#isWanted = this.push(text);
    if (!this.#isWanted) this.#fullSince = Date.now();
  }
}
