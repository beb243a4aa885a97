/**
 * What makes a dev server behave. A stock one is tuned for nothing in particular: one shard and 20 polls a second put
 * every step of a workflow on a 50 ms grid, and timers may be a second late.
 */

/** One `--dynamic-config-value` of the server. */
export interface ServerSetting {
  readonly key: string;
  /** As JSON on the command line. */
  readonly value: string | number | boolean;
  readonly why: string;
}

export const SERVER_SETTINGS: readonly ServerSetting[] = Object.freeze([
  { key: 'history.transferProcessorMaxPollRPS', value: 1000, why: 'a step takes 15 ms instead of 50' },
  { key: 'history.timerProcessorMaxPollRPS', value: 1000, why: 'the same for timers' },
  { key: 'history.timerProcessorMaxTimeShift', value: '20ms', why: 'timers are not up to a second late' },
  { key: 'matching.useNewMatcher', value: true, why: 'priority and fairness keys do nothing without it on 1.29' },
  { key: 'matching.numTaskqueueReadPartitions', value: 1, why: 'fairness is exact within one partition only' },
  { key: 'matching.numTaskqueueWritePartitions', value: 1, why: 'must equal the read partitions' },
  { key: 'system.enableActivityEagerExecution', value: true, why: 'saves a round trip for each activity' },
  { key: 'frontend.enableServerVersionCheck', value: false, why: 'the server must not call home' },
]);

/**
 * How the server keeps its SQLite file. Its own default waits for the disk at every step, which made a backfill's runs five
 * times slower here. With these a server that is killed loses nothing; a power cut may lose the last
 * moments before it, and leaves the file whole.
 */
export const SQLITE_PRAGMAS = ['journal_mode=WAL', 'synchronous=NORMAL'] as const;

/** What the command line of a dev server is made of. Ports are numbers, `dbFile` is absolute. */
export interface ServerArguments {
  readonly ip: string;
  readonly port: number;
  /** No page when left out. */
  readonly uiPort: number | undefined;
  /** In memory when left out. */
  readonly dbFile: string | undefined;
  readonly namespace: string;
}

/** The arguments of `temporal` that start a dev server with {@link SERVER_SETTINGS}. */
export function serverArguments(server: ServerArguments): string[] {
  return [
    ...['server', 'start-dev', '--ip', server.ip, '--port', String(server.port), '--namespace', server.namespace],
    ...(server.uiPort === undefined ? ['--headless'] : ['--ui-port', String(server.uiPort)]),
    ...(server.dbFile === undefined ? [] : databaseArguments(server.dbFile)),
    // Not "never": the reason of a start that fails is logged as an error, and nowhere else.
    ...['--log-level', 'error'],
    ...SERVER_SETTINGS.flatMap(({ key, value }) => ['--dynamic-config-value', `${key}=${JSON.stringify(value)}`]),
  ];
}

function databaseArguments(dbFile: string): string[] {
  return ['--db-filename', dbFile, ...SQLITE_PRAGMAS.flatMap((pragma) => ['--sqlite-pragma', pragma])];
}
