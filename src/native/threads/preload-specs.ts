/** What has been preloaded, so that threads that come later, or were busy, load the same before their next run. */
import type { PreloadOptions, PreloadReport } from '../../core/index.ts';
import type { NativeThread } from './native-thread.ts';

/** One call of `preload`. */
export interface PreloadCall {
  readonly artifacts: string[];
  readonly options: Omit<PreloadOptions, 'signal'>;
}

interface Spec {
  readonly artifact: string;
  readonly options: PreloadCall['options'];
}

export class PreloadSpecs {
  readonly #specs = new Map<string, Spec>();
  readonly #nextId: () => number;

  constructor(nextId: () => number) {
    this.#nextId = nextId;
  }

  /** Loads in one thread; `signal` calls it off, as {@link NativeThread.askUntil} says. */
  preload(
    thread: NativeThread,
    { artifacts, options }: PreloadCall,
    signal: AbortSignal,
    graceMs: () => number,
  ): Promise<PreloadReport> {
    const question = { id: this.#nextId(), artifacts, options, stale: thread.takeStale() };
    return thread.askUntil('preload', question, signal, graceMs);
  }

  /** Keeps a call that has succeeded in `thread`. */
  add({ artifacts, options }: PreloadCall, thread: NativeThread): void {
    for (const artifact of artifacts) {
      const key = JSON.stringify([artifact, options]);
      const spec = this.#specs.get(key) ?? { artifact, options };
      this.#specs.set(key, spec);
      thread.preloaded.add(spec);
    }
  }

  /** Whether `thread` has something left to load. */
  isOwedTo(thread: NativeThread): boolean {
    for (const spec of this.#specs.values()) if (!thread.preloaded.has(spec)) return true;
    return false;
  }

  /**
   * Loads what is left. What fails here fails again, and is told, in the runs that need it; what ends the thread is given up, as
   * it would end the next one.
   */
  async loadIn(thread: NativeThread, signal: AbortSignal, graceMs: () => number): Promise<void> {
    for (const [key, spec] of this.#specs) {
      if (thread.preloaded.has(spec)) continue;
      thread.preloaded.add(spec);
      const call = { artifacts: [spec.artifact], options: spec.options };
      await this.preload(thread, call, signal, graceMs).catch(() => {});
      if (signal.aborted) return void thread.preloaded.delete(spec);
      if (thread.hasEnded) return void this.#specs.delete(key);
    }
  }

  /** Forgets artifacts; all of them when none is named. */
  release(artifacts?: readonly string[]): void {
    for (const [key, { artifact }] of this.#specs) {
      if (artifacts?.includes(artifact) ?? true) this.#specs.delete(key);
    }
  }

  /** Names of the artifacts. */
  get names(): string[] {
    return [...this.#specs.values()].map(({ artifact }) => artifact);
  }
}
