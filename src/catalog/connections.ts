/**
 * What a session keeps open for its datasets: databases, clients, engines.
 *
 * 1. Nothing is opened before it is used; all who use one key share one promise.
 * 2. A promise that fails is dropped, so that the next use tries again.
 * 3. Each thing is closed once, the last opened first; one that fails to close does not keep the others open.
 * 4. `close` waits for what is still opening, and closes that too.
 */
import { PipelineError } from '../core/index.ts';

interface Held {
  opened: Promise<unknown>;
  close: (thing: unknown) => Promise<void>;
}

/** Lazy connections, shared by the datasets of one session. */
export class Connections {
  readonly #held = new Map<string, Held>();
  #closing: Promise<void> | undefined;

  /** The thing of that key, opened now if it is not yet. Throws `SESSION_CLOSED` after `close`, and what `open` throws. */
  async use<T>(key: string, open: () => Promise<T>, close: (thing: T) => Promise<void>): Promise<T> {
    if (this.#closing !== undefined) {
      throw new PipelineError('SESSION_CLOSED', `The session is closed, so nothing opens "${key}" any more.`);
    }
    const known = this.#held.get(key);
    if (known !== undefined) return (await known.opened) as T;

    // The async wrapper turns a throw of `open` itself into a rejection, so that rule 2 holds for both.
    const opened = (async () => open())();
    const held: Held = { opened, close: close as Held['close'] };
    this.#held.set(key, held);
    opened.catch(() => {
      if (this.#held.get(key) === held) this.#held.delete(key);
    });
    return opened;
  }

  /** Closes everything; then throws the first error that closing met. Twice is fine: both calls end the same way. */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #closeAll(): Promise<void> {
    const errors: unknown[] = [];
    for (const { opened, close } of [...this.#held.values()].reverse()) {
      const thing = await opened.then(
        (value) => ({ value }),
        () => undefined,
      );
      if (thing === undefined) continue;
      try {
        await close(thing.value);
      } catch (error) {
        errors.push(error);
      }
    }
    this.#held.clear();
    if (errors.length > 0) throw errors[0];
  }
}
