/** What an endpoint serves, who may ask, and how much at once. */
import type { Client } from '@temporalio/client';
import { PipelineError, type PipelineSession } from '../core/index.ts';
import type { ProjectJobs } from '../jobs/index.ts';

/** Where a run is made: in this process, on the warm session, or as a durable task of a worker. */
export type RunMode = 'direct' | 'durable';

/** The way to durable work. The caller owns the client, which may connect when it is first asked (`Connection.lazy()`). */
export interface TemporalAccess {
  client: Client;
  /** Task queue of the workers that have the project. */
  taskQueue: string;
  /** Where Temporal's own page is, for links. Default: no links. */
  uiUrl?: string;
}

/** What callers may name. A list that is left out is everything that the session itself lets through. */
export interface AllowOptions {
  /** Pipelines that may be run, seen and documented. */
  pipelines?: readonly string[];
  /** Runtime params, with dots; a name allows what is below it. */
  params?: readonly string[];
  /** Datasets in `runtime_data`, `outputs` and `load_versions`. */
  datasets?: readonly string[];
}

export interface AccessOptions {
  /** What a caller shows as `Authorization: Bearer …`, and a person enters to see the page. Default: none is asked for. */
  token?: string;
  /** Lets everybody in who reaches a host that is not this machine's own. Default: false, `listen` refuses without a token. */
  isOpen?: boolean;
  /** Names in the Host header, beside this machine's own, under which it answers without a token. Default: none. */
  hosts?: readonly string[];
  allow?: AllowOptions;
}

export interface LimitOptions {
  /** Direct runs at once. Default: 100. A Kedro session makes as many at once as it has hosts. */
  concurrency?: number;
  /** Direct runs that may wait for their turn; more are answered `OVERLOADED`, 503. Default: 100. */
  queue?: number;
  /** How long a direct run may take, its waiting included, in milliseconds. Default: 60,000. */
  timeoutMs?: number;
  /** How long running requests may go on when the endpoint closes, in milliseconds. Default: 10,000. */
  drainMs?: number;
  /** Most bytes of a request's body. Default: 1 MiB. */
  bodyLimit?: number;
}

/** What to serve. At least one of `session` and `temporal`. */
export interface KedroServerOptions {
  /** For direct runs, and for what is known of the project. The caller opens and closes it. */
  session?: PipelineSession;
  /** For durable runs, and for the page. */
  temporal?: TemporalAccess;
  /** The jobs of the project, read when it is asked. Default: none. */
  jobs?: () => Promise<ProjectJobs | undefined>;
  /** Where a run is made that does not say. Default: `direct` where there is a session, else `durable`. */
  mode?: RunMode;
  access?: AccessOptions;
  limits?: LimitOptions;
  /** Link to the logs of a run; `{run_id}` stands for its id. Default: none. */
  logsUrl?: string;
  /** Hears of errors that nobody meant, which are answered with 500. Default: they go to standard error. */
  onError?: (error: unknown) => void;
}

/** The same with every choice made. */
export interface ResolvedServerOptions {
  readonly session: PipelineSession | undefined;
  readonly temporal: TemporalAccess | undefined;
  readonly jobs: () => Promise<ProjectJobs | undefined>;
  readonly mode: RunMode;
  readonly access: {
    readonly token: string | undefined;
    readonly isOpen: boolean;
    readonly hosts: readonly string[];
    readonly allow: AllowOptions;
  };
  readonly limits: Required<LimitOptions>;
  readonly logsUrl: string | undefined;
  readonly onError: (error: unknown) => void;
}

const LIMITS = {
  concurrency: 100,
  queue: 100,
  timeoutMs: 60_000,
  drainMs: 10_000,
  bodyLimit: 1024 * 1024,
} as const satisfies Required<LimitOptions>;

/** Fills in defaults. An empty token counts as none. Throws `REQUEST_INVALID`. */
export function resolveOptions(options: KedroServerOptions): ResolvedServerOptions {
  const { session, temporal, access = {}, mode = session === undefined ? 'durable' : 'direct' } = options;
  if (session === undefined && temporal === undefined)
    throw invalid('session', 'is missing, and so is "temporal": one of them makes the runs');
  if (mode === 'direct' && session === undefined) throw invalid('mode', 'is "direct", which needs a "session"');
  if (mode === 'durable' && temporal === undefined) throw invalid('mode', 'is "durable", which needs "temporal"');
  return {
    session,
    temporal,
    jobs: options.jobs ?? (async () => undefined),
    mode,
    access: {
      token: access.token || undefined,
      isOpen: access.isOpen ?? false,
      hosts: (access.hosts ?? []).map((host) => host.toLowerCase()),
      allow: access.allow ?? {},
    },
    limits: limitsOf(options.limits ?? {}),
    logsUrl: options.logsUrl || undefined,
    onError: options.onError ?? ((error) => console.error(error)),
  };
}

function limitsOf(given: LimitOptions): Required<LimitOptions> {
  const limits = Object.fromEntries(
    Object.entries(LIMITS).map(([name, value]) => [name, given[name as keyof LimitOptions] ?? value]),
  ) as unknown as Required<LimitOptions>;
  for (const name of ['concurrency', 'timeoutMs', 'bodyLimit'] as const) {
    if (!(limits[name] >= 1)) throw invalid(`limits.${name}`, `is ${limits[name]}; it must be at least 1`);
  }
  for (const name of ['queue', 'drainMs'] as const) {
    if (!(limits[name] >= 0)) throw invalid(`limits.${name}`, `is ${limits[name]}; it must be at least 0`);
  }
  return limits;
}

function invalid(option: string, why: string): PipelineError {
  return new PipelineError('REQUEST_INVALID', `The endpoint's option "${option}" ${why}.`, { details: { option } });
}
