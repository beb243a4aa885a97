export { createDispatcher, type HookDispatcher, type HookGuard } from './dispatcher.ts';
export type { HookArguments, HookName, Hooks, RunInfo } from './hooks.ts';
