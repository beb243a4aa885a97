import { AsyncLocalStorage } from 'node:async_hooks';

/** What a node may ask about the run that calls it. */
export interface RunContext {
  readonly runId: string;
  readonly saveVersion: string;
  /** Aborts when the run is cancelled. */
  readonly signal: AbortSignal;
}

// Shared by all copies of this module, so that a project's file sees the run whichever copy it imports.
const KEY = Symbol.for('kedro-temporal.run-context');
const shared = globalThis as { [KEY]?: AsyncLocalStorage<RunContext> };
shared[KEY] ??= new AsyncLocalStorage<RunContext>();
const storage = shared[KEY];

/** The run that calls this function, for use inside a node; `undefined` elsewhere. */
export function runContext(): RunContext | undefined {
  return storage.getStore();
}

/** Calls `work` so that {@link runContext} answers `context` inside it. */
export function withRunContext<T>(context: RunContext, work: () => T): T {
  return storage.run(context, work);
}
