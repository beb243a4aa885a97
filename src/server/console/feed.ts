/**
 * Topics, followed: each is read once a second at most, however many follow it, from the first follower to the last.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { isPipelineError, messageOf } from '../../core/index.ts';
import type { ErrorAnswer } from '../api.ts';
import { redacted } from '../redaction.ts';
import type { Topic } from './topics.ts';

/** One answer of a topic. */
export interface FeedEvent {
  /** Of the topic; `problem` for a reading that failed. */
  readonly name: string;
  readonly text: string;
  /** For who has one of the same `base`. */
  readonly brief?: { base: string; text: string };
}

/** See above. */
export interface Feed {
  /** Calls `take` with the answer as it is, as soon as it is read, and then whenever it has changed. Returns what ends it. */
  follow(topic: Topic, take: (event: FeedEvent) => void): () => void;
  /** Names of the topics that are read now. */
  followed(): string[];
  /** Resolves when no reading is going on: a connection must not be closed below one. */
  settled(): Promise<void>;
}

const EVERY_MS = 1_000;

/** Makes a feed. */
export function createFeed(): Feed {
  const pollers = new Map<string, Poller>();
  const readings = new Set<Promise<unknown>>();
  const read = <T>(reading: Promise<T>): Promise<T> => {
    readings.add(reading);
    const done = () => readings.delete(reading);
    reading.then(done, done);
    return reading;
  };
  return {
    follow(topic, take) {
      let poller = pollers.get(topic.name);
      if (poller === undefined) {
        poller = new Poller({ ...topic, read: () => read(topic.read()) });
        pollers.set(topic.name, poller);
      }
      const own = poller;
      const leave = own.join(take);
      return () => {
        leave();
        if (own.isAlone && pollers.get(topic.name) === own) pollers.delete(topic.name);
      };
    },
    followed: () => [...pollers.keys()],
    async settled() {
      await Promise.allSettled(readings);
    },
  };
}

class Poller {
  readonly #topic: Topic;
  readonly #followers = new Set<(event: FeedEvent) => void>();
  readonly #end = new AbortController();
  #last: FeedEvent | undefined;
  #isReading = false;

  constructor(topic: Topic) {
    this.#topic = topic;
  }

  get isAlone(): boolean {
    return this.#followers.size === 0;
  }

  join(take: (event: FeedEvent) => void): () => void {
    // One function may follow twice.
    const follower = (event: FeedEvent) => take(event);
    this.#followers.add(follower);
    if (this.#last !== undefined) follower(this.#last);
    if (!this.#isReading) void this.#read();
    return () => {
      this.#followers.delete(follower);
      if (this.isAlone) this.#end.abort();
    };
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    const { signal } = this.#end;
    while (!signal.aborted) {
      const next = delay(EVERY_MS, undefined, { signal }).catch(() => {});
      const event = await this.#look();
      if (event.text !== this.#last?.text || event.name !== this.#last.name) {
        this.#last = event;
        for (const follower of this.#followers) follower(event);
      }
      await next;
    }
  }

  async #look(): Promise<FeedEvent> {
    const { name, read, brief } = this.#topic;
    try {
      const answer = await read();
      const short = brief?.(answer);
      const text = JSON.stringify(answer);
      if (short === undefined) return { name, text };
      return { name, text, brief: { base: short.base, text: JSON.stringify(short.data) } };
    } catch (error) {
      return { name: 'problem', text: JSON.stringify({ topic: name, ...problemOf(error) }) };
    }
  }
}

function problemOf(error: unknown): ErrorAnswer {
  const message = redacted(messageOf(error));
  if (!isPipelineError(error)) return { error: { code: 'UNEXPECTED', message, retryable: false } };
  const { code, retryable } = error;
  return { error: { code, message, retryable } };
}
