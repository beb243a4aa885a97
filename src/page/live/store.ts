/**
 * What the endpoint says of each topic that is shown.
 *
 * L1. A topic is fetched once when it is first shown, and followed by events from then on; an event beats a slower fetch.
 * L2. While the stream is down, topics are fetched every few seconds.
 * L3. Listeners are told once a frame, whatever comes in between: the last one counts. What says a part only is laid over all that
 *     came before it, seen or not.
 */
import type { ErrorAnswer } from '../../server/index.ts';
import { EventStream } from './event-stream.ts';
import { afterThisFrame, onFrame } from './frames.ts';
import { ask, pathOf, RequestError } from './requests.ts';

const POLL_MS = 3000;
const MOST_MEASURES = 1000;

// The endpoint takes no more in one stream. Calendars come last: of them there may be a hundred.
const MOST_TOPICS = 50;

/** What is known of a topic: nothing yet, its newest value, and why the newest question failed. */
export interface Known<T> {
  value?: T;
  error?: RequestError;
}

export type Connection = 'connecting' | 'live' | 'reconnecting' | 'locked';

interface Followed {
  count: number;
  /** Counts what came, so that a slower fetch can tell that it is old. */
  version: number;
  known: Known<unknown>;
  text?: string;
  listeners: Set<() => void>;
}

const NOTHING: Known<never> = Object.freeze({});

export class LiveStore {
  readonly #topics = new Map<string, Followed>();
  readonly #dirty = new Set<string>();
  readonly #stateListeners = new Set<() => void>();
  readonly #stream = new EventStream({
    onData: (topic, text) => this.#take(topic, text),
    onProblem: (text) => this.#takeProblem(text),
    onState: (isOpen) => this.#setConnection(isOpen ? 'live' : 'reconnecting'),
  });
  #connection: Connection = 'connecting';
  #polling: ReturnType<typeof setInterval> | undefined;

  get connection(): Connection {
    return this.#connection;
  }

  onConnection(listener: () => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  known<T>(topic: string): Known<T> {
    return (this.#topics.get(topic)?.known as Known<T> | undefined) ?? NOTHING;
  }

  /** Follows a topic until the function that it answers is called. */
  follow(topic: string, listener: () => void): () => void {
    const followed = this.#topics.get(topic) ?? { count: 0, version: 0, known: NOTHING, listeners: new Set() };
    this.#topics.set(topic, followed);
    followed.listeners.add(listener);
    followed.count += 1;
    if (followed.count === 1) {
      void this.#fetch(topic);
      onFrame(this.#followShown);
    }
    return () => {
      followed.listeners.delete(listener);
      followed.count -= 1;
      if (followed.count === 0) onFrame(this.#followShown);
    };
  }

  /** Takes the answer of a control as the newest value. */
  put(topic: string, value: unknown): void {
    const followed = this.#topics.get(topic);
    if (followed === undefined) return;
    delete followed.text;
    this.#set(topic, followed, { value });
  }

  /** Asks for everything that is shown again, as after a login. */
  restart(): void {
    this.#setConnection('connecting');
    this.#stream.follow([]);
    this.#followShown();
    this.#fetchAll();
  }

  readonly #followShown = (): void => {
    for (const [topic, { count }] of this.#topics) if (count === 0) this.#topics.delete(topic);
    if (this.#connection !== 'locked') this.#stream.follow(streamed([...this.#topics.keys()]));
  };

  #take(topic: string, text: string): void {
    const followed = this.#topics.get(topic);
    if (followed === undefined) return;
    // A part is laid over what it follows, so that this one may not be passed over.
    const { text: before } = followed;
    followed.text = text;
    followed.version += 1;
    this.#mark(topic);
    if (before !== undefined) followed.known = read(before, followed.known);
  }

  #takeProblem(text: string): void {
    const { topic, error } = JSON.parse(text) as ErrorAnswer & { topic: string };
    const followed = this.#topics.get(topic);
    if (followed === undefined) return;
    delete followed.text;
    this.#set(topic, followed, {
      ...valueAlone(followed.known),
      error: new RequestError(200, error.code, error.message),
    });
  }

  async #fetch(topic: string): Promise<void> {
    const followed = this.#topics.get(topic);
    if (followed === undefined) return;
    const { version } = followed;
    const known = await ask<unknown>('GET', pathOf(topic)).then(
      (value): Known<unknown> => ({ value }),
      (error: unknown) => ({ ...valueAlone(followed.known), error: error as RequestError }),
    );
    if (known.error?.status === 401) this.lock();
    else if (followed.version === version) this.#set(topic, followed, known);
  }

  #fetchAll(): void {
    for (const topic of this.#topics.keys()) void this.#fetch(topic);
  }

  #set(topic: string, followed: Followed, known: Known<unknown>): void {
    followed.known = known;
    followed.version += 1;
    this.#mark(topic);
  }

  #mark(topic: string): void {
    if (this.#dirty.size === 0) onFrame(this.#flush);
    this.#dirty.add(topic);
  }

  readonly #flush = (): void => {
    const start = performance.now();
    try {
      for (const topic of this.#dirty) {
        // First, so that a topic which cannot be shown is not in the way of others for good.
        this.#dirty.delete(topic);
        this.#show(topic);
      }
    } finally {
      if (this.#dirty.size > 0) onFrame(this.#flush);
      afterThisFrame(() => measure(start));
    }
  };

  #show(topic: string): void {
    const followed = this.#topics.get(topic);
    if (followed === undefined) return;
    const { text } = followed;
    delete followed.text;
    if (text !== undefined) followed.known = read(text, followed.known);
    for (const listener of followed.listeners) listener();
  }

  /** The endpoint wants a token. */
  lock(): void {
    this.#stream.follow([]);
    this.#setConnection('locked');
  }

  #setConnection(connection: Connection): void {
    if (this.#connection === connection || (this.#connection === 'locked' && connection === 'reconnecting')) return;
    this.#connection = connection;
    clearInterval(this.#polling);
    // An endpoint that wants a token closes the stream without saying why: the fetch hears it.
    if (connection === 'reconnecting') {
      this.#fetchAll();
      this.#polling = setInterval(() => this.#fetchAll(), POLL_MS);
    }
    for (const listener of this.#stateListeners) listener();
  }
}

function valueAlone<T>({ value }: Known<T>): Known<T> {
  return value === undefined ? {} : { value };
}

function read(text: string, before: Known<unknown>): Known<unknown> {
  return { value: filledIn(before.value, JSON.parse(text) as object | null) };
}

function streamed(topics: readonly string[]): string[] {
  const isCalendar = (topic: string) => topic.startsWith('intervals:');
  const others = topics.filter((topic) => !isCalendar(topic));
  return [...others, ...topics.filter(isCalendar)].slice(0, MOST_TOPICS).sort();
}

// Events of intervals leave out the keys while they are as before.
function filledIn(before: unknown, value: object | null): unknown {
  const isPart = value !== null && 'states' in value && !('keys' in value);
  return isPart ? { ...(before as object | undefined), ...value } : value;
}

function measure(start: number): void {
  if (performance.getEntriesByName(UPDATE, 'measure').length >= MOST_MEASURES) performance.clearMeasures(UPDATE);
  performance.measure(UPDATE, { start, end: performance.now() });
}

/** The name of the measures of updates: from reading what came to the picture on the screen. */
const UPDATE = 'kedro-temporal:update';
