/** What `temporal.yml` becomes. */
import type { Carry, Job } from '../../workflows/index.ts';
import type { OnFailure, Order } from '../planner/index.ts';

/** A project's jobs and what surrounds them, for one environment. Frozen all the way down. */
export interface ProjectJobs {
  readonly jobs: Readonly<Record<string, ProjectJob>>;
  /** By schedule id: the job's name, or the id that the file gives. */
  readonly schedules: Readonly<Record<string, ScheduleDefinition>>;
  /** Name → most runs at once. */
  readonly pools: Readonly<Record<string, number>>;
  readonly connection: ConnectionSettings;
  readonly worker: WorkerSettings;
  readonly serve: ServeSettings;
  /** For every job; a job's own go before. */
  readonly backfill: BackfillSettings;
}

/** A job with what only its caller needs. */
export interface ProjectJob extends Job {
  readonly description?: string;
  /** Whether the interval of a backfill is a workflow of its own. Default: `workflow`. */
  readonly granularity?: 'workflow' | 'activity';
  readonly backfill?: BackfillSettings;
}

/** When a job runs by itself, complete. Durations are milliseconds. */
export interface ScheduleDefinition {
  readonly id: string;
  readonly job: Job;
  /** How long after an interval's end its run is meant to start. */
  readonly offsetMs: number;
  /** Most that a start is put off by, at random. */
  readonly jitterMs: number;
  readonly overlap: 'SKIP' | 'BUFFER_ONE' | 'BUFFER_ALL' | 'CANCEL_OTHER' | 'TERMINATE_OTHER' | 'ALLOW_ALL';
  /** How late a run may start after the server was away. */
  readonly catchupWindowMs: number;
  readonly pauseOnFailure: boolean;
  /** At its creation; later a person decides. */
  readonly paused: boolean;
  /** At its creation; later a person decides. */
  readonly note?: string;
}

/** How a backfill goes about it, where its caller does not say. */
export interface BackfillSettings {
  readonly concurrency?: number;
  readonly order?: Order;
  readonly skip?: readonly ('none' | 'failed' | 'completed' | 'existing')[];
  readonly dependsOnPast?: boolean;
  readonly carry?: Carry;
  readonly onFailure?: OnFailure;
  readonly maxFailures?: number;
  readonly ifRunning?: 'join' | 'skip' | 'replace';
  /** Whether it gives way while runs of schedules are late. */
  readonly yields?: boolean;
  /** Intervals in one run: how many, or a duration (`7d`). */
  readonly chunk?: number | string;
  /** 1 (first) to 5. */
  readonly priority?: number;
}

/** Where the Temporal server is, for commands, where flags and environment say nothing. */
export interface ConnectionSettings {
  /** `host:port` */
  readonly address?: string;
  readonly namespace?: string;
  /** Name of the environment variable that holds the API key. */
  readonly apiKeyEnv?: string;
  readonly tls?: TlsSettings;
}

/** Words of Temporal's environment configuration; paths are relative to the project. */
export interface TlsSettings {
  readonly disabled?: boolean;
  readonly serverName?: string;
  readonly serverCaCertPath?: string;
  readonly clientCertPath?: string;
  readonly clientKeyPath?: string;
}

/** Of the workers of a project, where flags say nothing. */
export interface WorkerSettings {
  /** Artifacts to load before the first run. */
  readonly preload?: readonly string[];
  /** Whether runs of a TypeScript project are in threads of their own. */
  readonly isolation?: 'inline' | 'thread';
  /** Most threads, each with one run at a time. */
  readonly threads?: number;
  /** Python processes of a Kedro project. */
  readonly hosts?: number;
  readonly maxConcurrentRuns?: number;
  readonly taskQueue?: string;
}

/** Of the HTTP endpoint of a project, where flags say nothing. */
export interface ServeSettings {
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port?: number;
  /** Name of the environment variable that holds the token. */
  readonly tokenEnv?: string;
  /** Names in the Host header, beside the machine's own, under which it answers without a token. */
  readonly hosts?: readonly string[];
  /** What callers may name. */
  readonly allow?: ServeAllowances;
  /** Where a run is made that does not say. */
  readonly mode?: 'direct' | 'durable';
  /** Direct runs at once. */
  readonly concurrency?: number;
  /** Direct runs that may wait for their turn. */
  readonly queue?: number;
  /** How long a direct run may take. */
  readonly timeoutMs?: number;
  /** How long running requests may go on when the endpoint closes. */
  readonly drainMs?: number;
  /** Most bytes of a request's body. */
  readonly bodyLimit?: number;
  /** Link to the logs of a run; `{run_id}` stands for its id. */
  readonly logsUrl?: string;
}

/** Names that a caller of the endpoint may use; a list that is left out is everything that a session lets through. */
export interface ServeAllowances {
  readonly pipelines?: readonly string[];
  /** Runtime params, with dots; a name allows what is below it. */
  readonly params?: readonly string[];
  /** Datasets in `runtime_data`, `outputs` and `load_versions`. */
  readonly datasets?: readonly string[];
}
