export type { BackfillHandle } from './backfill-handle.ts';
export { type BackfillOptions, createKedroClient, type KedroClient, type KedroClientOptions } from './client.ts';
export type { RunHandle, RunStatus } from './run-handle.ts';
