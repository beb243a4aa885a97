/**
 * Finds the Temporal CLI, whose `server start-dev` is the dev server, or obtains it. In this order:
 *
 * 1. `env`: the file that KEDRO_TEMPORAL_CLI names. A wrong one is an error; nothing else is tried.
 * 2. `path`: `temporal` on the PATH.
 * 3. `go-bin`: `temporal` in GOBIN, in the bin of each GOPATH, in ~/go/bin.
 * 4. `cache`: what an earlier 5 or 6 has left in `$XDG_CACHE_HOME/kedro-temporal` (default ~/.cache/kedro-temporal).
 * 5. `download`: the SDK's download, into that cache.
 * 6. `go-install`: compiled by Go, into that cache.
 */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { messageOf, PipelineError } from '../core/index.ts';
import { buildCli, findGo } from './cli-build.ts';
import { downloadCli } from './cli-download.ts';
import { TEMPORAL_CLI_VERSION } from './cli-version.ts';
import {
  cacheFolder,
  type Environment,
  executableName,
  findExecutable,
  goBinFolders,
  isExecutable,
  pathFolders,
} from './executables.ts';
import { withFileLock } from './file-lock.ts';

/** Where a Temporal CLI can come from, in the order in which they are tried. */
export const CLI_SOURCES = ['env', 'path', 'go-bin', 'cache', 'download', 'go-install'] as const;

export type CliSource = (typeof CLI_SOURCES)[number];

export interface FindCliOptions {
  /** Default: `process.env`. */
  environment?: Environment | undefined;
  /** Which sources to try; their order is fixed. Default: all. Leave out the last two to download and compile nothing. */
  sources?: readonly CliSource[] | undefined;
  /** Told what takes long, before it starts. Default: silent. */
  onMessage?: ((text: string) => void) | undefined;
  /** Ends a download or compilation; the signal's reason is thrown. */
  signal?: AbortSignal | undefined;
}

export interface TemporalCli {
  /** Absolute path of the executable. */
  path: string;
  from: CliSource;
}

/** One search: what it may use, and what it has tried in vain. */
interface Search {
  readonly environment: Environment;
  readonly cache: string;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal | undefined;
  readonly tried: string[];
}

const LOOKERS: Record<CliSource, (search: Search) => Promise<string | undefined>> = {
  env: lookAtVariable,
  path: (search) => lookInFolders(search, 'the PATH', pathFolders(search.environment)),
  'go-bin': (search) => lookInFolders(search, 'Go’s bin folders', goBinFolders(search.environment)),
  cache: lookInCache,
  download: (search) => obtain(search, download),
  'go-install': (search) => obtain(search, compile),
};

/**
 * The Temporal CLI: found, or else obtained once and kept. Obtaining may take minutes and is told to `onMessage` first.
 * Throws `TEMPORAL_CLI_NOT_FOUND` with all that was tried.
 */
export async function findTemporalCli(options: FindCliOptions = {}): Promise<TemporalCli> {
  const environment = options.environment ?? process.env;
  const search: Search = {
    environment,
    cache: cacheFolder(environment),
    say: options.onMessage ?? (() => {}),
    signal: options.signal,
    tried: [],
  };
  const allowed = options.sources ?? CLI_SOURCES;
  for (const from of CLI_SOURCES.filter((source) => allowed.includes(source))) {
    options.signal?.throwIfAborted();
    const path = await LOOKERS[from](search);
    if (path !== undefined) return { path: resolve(path), from };
  }
  throw new PipelineError(
    'TEMPORAL_CLI_NOT_FOUND',
    `There is no Temporal CLI, which runs the dev server. Tried:\n${search.tried.map((line) => `  - ${line}`).join('\n')}\n` +
      'Install it (https://docs.temporal.io/cli), or name its binary in KEDRO_TEMPORAL_CLI, or install Go so that it can be compiled, or give the address of a running server in TEMPORAL_ADDRESS.',
    { details: { tried: search.tried } },
  );
}

async function lookAtVariable({ environment, tried }: Search): Promise<string | undefined> {
  const path = environment.KEDRO_TEMPORAL_CLI;
  if (!path) {
    tried.push('KEDRO_TEMPORAL_CLI: not set');
    return undefined;
  }
  if (await isExecutable(path)) return path;
  throw new PipelineError(
    'TEMPORAL_CLI_NOT_FOUND',
    `KEDRO_TEMPORAL_CLI names "${path}", which is not an executable file. Correct it, or unset it so that the Temporal CLI is looked for.`,
    { details: { path } },
  );
}

async function lookInFolders(search: Search, what: string, folders: string[]): Promise<string | undefined> {
  const path = await findExecutable('temporal', folders);
  if (path === undefined) search.tried.push(`${what}: no "temporal" in ${folders.join(', ') || 'it, it is empty'}`);
  return path;
}

async function lookInCache(search: Search): Promise<string | undefined> {
  const path = cachedCli(search);
  if (await isExecutable(path)) return path;
  search.tried.push(`the cache: no ${path}`);
  return undefined;
}

function cachedCli({ cache }: Search): string {
  return join(cache, executableName(`temporal-${TEMPORAL_CLI_VERSION}`));
}

/** One process at a time fills the cache; the others wait and find what it has left. */
async function obtain(search: Search, work: (search: Search) => Promise<string>): Promise<string | undefined> {
  try {
    await mkdir(search.cache, { recursive: true });
    const lock = {
      staleAfterMs: 30 * 60_000,
      signal: search.signal,
      onWait: () => search.say('Waiting for another process that obtains the Temporal CLI.'),
    };
    return await withFileLock(`${cachedCli(search)}.lock`, lock, async () =>
      (await isExecutable(cachedCli(search))) ? cachedCli(search) : await work(search),
    );
  } catch (error) {
    search.signal?.throwIfAborted();
    search.tried.push(messageOf(error));
    return undefined;
  }
}

async function download(search: Search): Promise<string> {
  search.say(`Downloading the Temporal CLI ${TEMPORAL_CLI_VERSION}, once: usually less than a minute.`);
  try {
    return await downloadCli({ folder: search.cache, environment: search.environment, signal: search.signal });
  } catch (error) {
    throw new Error(`the SDK’s download: ${messageOf(error)}`, { cause: error });
  }
}

async function compile(search: Search): Promise<string> {
  const go = await findGo(search.environment);
  if (go === undefined) throw new Error('go install: no "go" on the PATH or in GOROOT');
  search.say(`Compiling the Temporal CLI ${TEMPORAL_CLI_VERSION} with ${go}. This takes about three minutes, once.`);
  try {
    return await buildCli(go, { folder: search.cache, environment: search.environment, signal: search.signal });
  } catch (error) {
    throw new Error(`go install: ${messageOf(error)}`, { cause: error });
  }
}
