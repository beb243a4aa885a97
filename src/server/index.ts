/**
 * HTTP: run and serve pipelines, and the page that shows them.
 *
 * @module kedro-temporal/server
 */
export type * from './api.ts';
export type {
  AccessOptions,
  AllowOptions,
  KedroServerOptions,
  LimitOptions,
  RunMode,
  TemporalAccess,
} from './options.ts';
export type * from './run-api.ts';
export { createKedroServer, type KedroServer } from './server.ts';
