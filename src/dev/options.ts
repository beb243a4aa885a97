import { mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { PipelineError } from '../core/index.ts';
import type { Environment } from './executables.ts';
import type { CliSource } from './temporal-cli.ts';

/** What a caller may say about the dev server. */
export interface DevServerOptions {
  /** `host:port` of a running server, to be used as it is. Default: TEMPORAL_ADDRESS; an empty text counts as unset. */
  address?: string | undefined;
  /**
   * SQLite file, so that a restart loses nothing; its folder is made. While a server has it open, others who ask for the
   * same file get that server. Default: in memory, a server of one's own.
   */
  dbFile?: string | undefined;
  /** Default: 7233 if that is free, else any free one. 0: any free one. Another number: this one or an error. */
  port?: number | undefined;
  /** Whether to serve Temporal's own page. Default: true. */
  ui?: boolean | undefined;
  /** Default: `port` + 1000 if that is free, else any free one. 0 and other numbers as for `port`. */
  uiPort?: number | undefined;
  /** Made when it does not exist; `default` always exists. Default: `default`. */
  namespace?: string | undefined;
  /**
   * Told what happens and how long it may take, and when the server ends unasked. `about` is `open` for what the answer of the
   * opening says as well. Default: silent.
   */
  onMessage?: ((text: string, about?: 'open') => void) | undefined;
  /** Ends the opening: what was started is ended, and the signal's reason is thrown. Has no effect on an open server. */
  signal?: AbortSignal | undefined;
  /** Default: `process.env`. */
  environment?: Environment | undefined;
  /** Where the Temporal CLI may come from. Default: anywhere. */
  cliSources?: readonly CliSource[] | undefined;
}

/** The same, with every choice made that needs no look at the machine. */
export interface DevServerPlan {
  readonly address: string | undefined;
  /** Absolute, links in its folder resolved: one file has one name. */
  readonly dbFile: string | undefined;
  readonly port: number | undefined;
  readonly ui: boolean;
  readonly uiPort: number | undefined;
  readonly namespace: string;
  readonly say: (text: string, about?: 'open') => void;
  readonly signal: AbortSignal | undefined;
  readonly environment: Environment;
  readonly cliSources: readonly CliSource[] | undefined;
}

/** Throws `REQUEST_INVALID` for a port that is none. */
export function planDevServer(options: DevServerOptions): DevServerPlan {
  const environment = options.environment ?? process.env;
  return Object.freeze({
    address: options.address || environment.TEMPORAL_ADDRESS || undefined,
    dbFile: options.dbFile || undefined,
    port: checkPort('port', options.port),
    ui: options.ui ?? true,
    uiPort: checkPort('uiPort', options.uiPort),
    namespace: options.namespace || 'default',
    say: options.onMessage ?? (() => {}),
    signal: options.signal,
    environment,
    cliSources: options.cliSources,
  });
}

function checkPort(name: string, port: number | undefined): number | undefined {
  if (port === undefined || (Number.isInteger(port) && port >= 0 && port <= 65_535)) return port;
  throw new PipelineError(
    'REQUEST_INVALID',
    `The dev server’s ${name} is ${port}; it must be a whole number from 0 to 65535.`,
    {
      details: { [name]: port },
    },
  );
}

/** The one name of a database file; makes its folder. */
export async function settleDbFile(dbFile: string): Promise<string> {
  const path = resolve(dbFile);
  try {
    await mkdir(dirname(path), { recursive: true });
    return join(await realpath(dirname(path)), basename(path));
  } catch (error) {
    throw new PipelineError('DEV_SERVER_FAILED', `The folder of the database file ${path} cannot be made.`, {
      cause: error,
      details: { dbFile: path },
    });
  }
}
