/**
 * Find or obtain a Temporal dev server, and run it.
 *
 * @module kedro-temporal/dev
 */

export { TEMPORAL_CLI_VERSION } from './cli-version.ts';
export { type DevServer, openDevServer } from './dev-server.ts';
export type { Environment } from './executables.ts';
export { findDevServer } from './find-server.ts';
export { checkListening } from './given-address.ts';
export type { DevServerOptions } from './options.ts';
export { isFreePort, nextFreePort } from './ports.ts';
export { endProcess, tieToOurs } from './processes.ts';
export { SERVER_SETTINGS, type ServerSetting } from './server-settings.ts';
export { CLI_SOURCES, type CliSource, type FindCliOptions, findTemporalCli, type TemporalCli } from './temporal-cli.ts';
