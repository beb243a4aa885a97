/**
 * One stream of events for the topics that are shown. Where it fails, it is tried again, later and later up to ten seconds.
 * The browser's own retrying ends at the first answer that is no stream, as a proxy gives while the endpoint restarts.
 */
import { addressOf } from './requests.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

export interface StreamListener {
  /** What a GET of the topic answers now, as JSON. */
  onData(topic: string, text: string): void;
  /** A GET of a topic fails now: its JSON names the topic and the error. */
  onProblem(text: string): void;
  onState(isOpen: boolean): void;
}

export class EventStream {
  readonly #listener: StreamListener;
  #topics: readonly string[] = [];
  #source: EventSource | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #wait = FIRST_WAIT_MS;

  constructor(listener: StreamListener) {
    this.#listener = listener;
  }

  /** Follows exactly these topics from now on; none closes the stream. */
  follow(topics: readonly string[]): void {
    if (topics.join() === this.#topics.join()) return;
    this.#topics = topics;
    this.#wait = FIRST_WAIT_MS;
    this.#open();
  }

  #open(): void {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = undefined;
    if (this.#topics.length === 0) return;
    const source = new EventSource(addressOf(`events?topics=${this.#topics.map(encodeURIComponent).join(',')}`));
    this.#source = source;
    source.onopen = () => {
      this.#wait = FIRST_WAIT_MS;
      this.#listener.onState(true);
    };
    source.onerror = () => this.#lose();
    source.addEventListener('problem', ({ data }) => this.#listener.onProblem(data));
    for (const topic of this.#topics) {
      source.addEventListener(topic, (event) => this.#listener.onData(topic, (event as MessageEvent<string>).data));
    }
  }

  #lose(): void {
    this.#source?.close();
    this.#source = undefined;
    this.#listener.onState(false);
    this.#retry = setTimeout(() => this.#open(), this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
  }
}
