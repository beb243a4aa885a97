/** The release of the Temporal CLI that is downloaded or compiled when none is found. */
export const TEMPORAL_CLI_VERSION = 'v1.5.1';
