import type { PipelineError } from '../core/index.ts';

/**
 * Ends one run from outside. A run polls it between steps and races it while it waits, so a node that never looks at a
 * signal cannot hold a cancelled run; what such a node returns later is dropped, and nothing of it is saved.
 */
export class Cancellation {
  #error: PipelineError | undefined;
  #controller: AbortController | undefined;
  #wake: Wake | undefined;
  // Made when a second wait begins beside the first: only a run whose nodes work side by side has any.
  #others: Set<Wake> | undefined;

  /** The first cancel counts. */
  cancel(error: PipelineError): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    this.#controller?.abort(error);
    this.#wake?.(error);
    for (const wake of this.#others ?? []) wake(error);
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

  /** Waits for `work` or for the cancel, whichever comes first. Any number of waits at a time. */
  async race<T>(work: PromiseLike<T>): Promise<T> {
    if (this.#error !== undefined) {
      work.then(undefined, ignore);
      throw this.#error;
    }
    let own: Wake = ignore;
    try {
      return await new Promise<T>((resolve, reject) => {
        own = reject;
        if (this.#wake === undefined) this.#wake = reject;
        else this.#waitBeside(reject);
        work.then(resolve, reject);
      });
    } finally {
      if (this.#wake === own) this.#wake = undefined;
      else this.#others?.delete(own);
    }
  }

  #waitBeside(wake: Wake): void {
    this.#others ??= new Set();
    this.#others.add(wake);
  }

  /** Waits for `work`, which is done also for a run that is cancelled; after a cancel for `graceMs` at most. */
  async outlast(work: Promise<void>, graceMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      const begin = () => {
        timer = setTimeout(resolve, graceMs);
      };
      if (this.isCancelled) begin();
      else this.signal.addEventListener('abort', begin, { once: true });
    });
    await Promise.race([work, late]).finally(() => clearTimeout(timer));
  }
}

type Wake = (error: PipelineError) => void;

function ignore(): void {}
