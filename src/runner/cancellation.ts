import type { PipelineError } from '../core/index.ts';

/**
 * Ends one run from outside. A run polls it between steps and races it while it waits, so a node that never looks at a
 * signal cannot hold a cancelled run; what such a node returns later is dropped, and nothing of it is saved.
 */
export class Cancellation {
  #error: PipelineError | undefined;
  #controller: AbortController | undefined;
  #wake: ((error: PipelineError) => void) | undefined;

  /** The first cancel counts. */
  cancel(error: PipelineError): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    this.#controller?.abort(error);
    this.#wake?.(error);
  }

  get isCancelled(): boolean {
    return this.#error !== undefined;
  }

  /** Made when first asked for: most nodes never do. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#error !== undefined) this.#controller.abort(this.#error);
    }
    return this.#controller.signal;
  }

  throwIfCancelled(): void {
    if (this.#error !== undefined) throw this.#error;
  }

  /** Waits for `work` or for the cancel, whichever comes first. One wait at a time. */
  async race<T>(work: PromiseLike<T>): Promise<T> {
    this.throwIfCancelled();
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#wake = reject;
        work.then(resolve, reject);
      });
    } finally {
      this.#wake = undefined;
    }
  }
}
