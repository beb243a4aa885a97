/**
 * HTTP: run and serve pipelines, and the page that shows them.
 *
 * @module kedro-temporal/server
 */
export type * from './api.ts';
