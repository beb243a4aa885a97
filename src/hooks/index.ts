export { createDispatcher, type HookDispatcher } from './dispatcher.ts';
export type { HookArguments, HookName, Hooks, RunInfo } from './hooks.ts';
