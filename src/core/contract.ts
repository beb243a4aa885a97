/**
 * The words that every floor shares: a caller, a workflow, an activity, a session and a Python process all say them.
 *
 * - A **run request** names what to run and with what. It is plain JSON, so the same value travels from a schedule to a node.
 * - A **run** is one execution of one request by one session. Attempts of a durable task are the same run: same `runId`,
 *   same `saveVersion`.
 * - A **run event** says what has just happened inside a run. A **run progress** is the sum of its events.
 * - A **run report** is the answer: ids, versions, timings, small values, references to everything else.
 * - An **artifact** is a dataset that a session keeps in memory between runs.
 */
import type { JsonObject, JsonValue } from './json.ts';

/** What to run, and with what. Plain JSON; every field is optional. Names are Kedro's. */
export interface RunRequest {
  /** The caller's id for this run; the same id on a retry means the same run. Default: a fresh one. */
  runId?: string;
  /** Registered pipelines to run together. Default: `['__default__']`. */
  pipelines?: string[];
  /** Overrides parameters (deep) and fills `${runtime_params:…}` in catalog, parameters and credentials. */
  runtimeParams?: JsonObject;
  /** Dataset name → value, for this run only. Nodes that only serve to make an injected dataset are left out. */
  runtimeData?: JsonObject;
  /** Only nodes with at least one of these tags. */
  tags?: string[];
  /** Only these nodes and what comes after them. */
  fromNodes?: string[];
  /** Only these nodes and what comes before them. */
  toNodes?: string[];
  /** Only these nodes. */
  nodeNames?: string[];
  /** Only nodes that need one of these datasets, directly or through others. */
  fromInputs?: string[];
  /** Only nodes that one of these datasets needs, directly or through others. */
  toOutputs?: string[];
  /** Only nodes in these namespaces. */
  namespaces?: string[];
  /** Dataset name → version to load. Default: the newest. */
  loadVersions?: Record<string, string>;
  /** Version under which versioned datasets are saved, `YYYY-MM-DDThh.mm.ss.sssZ`. Default: the run's start. */
  saveVersion?: string;
  /** Leave out nodes whose persisted outputs all exist. Default: false. */
  onlyMissingOutputs?: boolean;
  /** Datasets to return. Default: the pipeline's free outputs, as Kedro does. */
  outputs?: string[];
}

/** What cannot travel as JSON: it stays in the caller's process. */
export interface LiveRun {
  /** Ends the run with `RUN_CANCELLED`: at the next await of a node that waits, at the latest after the current node. */
  signal?: AbortSignal;
  /** Called for each event, in order. Must not throw; must not block. */
  onEvent?: (event: RunEvent) => void;
  /**
   * Whether nodes may start before `onEvent` has heard of those that ended. A cancel out of `onEvent` then takes hold in the
   * node that runs by then, and an engine in another process need not ask after each node. Default: false.
   */
  runsAhead?: boolean;
  /** Dataset name → value of any kind, for this run only. Handed to nodes as it is, never copied. */
  data?: Record<string, unknown>;
  /** Filled by the run with every output it returns, JSON or not. */
  results?: Map<string, unknown>;
  /**
   * What an earlier attempt of this same run had done; given (even empty) on each attempt but the first. Nodes whose
   * outputs that attempt has persisted are not run again.
   */
  resume?: RunProgress;
}

/** One thing that happened inside a run. Instants are milliseconds since the epoch. */
export type RunEvent =
  | { type: 'run-started'; at: number; runId: string; saveVersion: string; nodes: string[] }
  | { type: 'node-started'; at: number; node: string }
  | { type: 'node-finished'; at: number; node: string; durationMs: number }
  | { type: 'node-skipped'; at: number; node: string }
  | { type: 'dataset-loaded'; at: number; dataset: string; durationMs: number }
  | { type: 'dataset-saved'; at: number; dataset: string; durationMs: number };

/** Where a run stands, small enough for heartbeat details: it grows by one name per finished node and saved dataset. */
export interface RunProgress {
  /** Nodes of this run in order of execution, the finished ones included. */
  total: number;
  /** Names of nodes that are finished, by this attempt or an earlier one. */
  done: string[];
  /** Names of persisted datasets that are saved whole. */
  saved: string[];
  /** The node that is running now; of several, the one that started last. */
  running?: string;
  /** The other nodes that are running now, where a runner lets several run side by side. */
  alongside?: string[];
}

/** Where a dataset is. `type` is the catalog's word; a `MemoryDataset` was in memory only and is gone. */
export interface DatasetRef {
  dataset: string;
  type: string;
  /** As the catalog says it, filled; relative paths are relative to the project. */
  filepath?: string;
  /** The version that was saved or loaded, for versioned datasets. */
  version?: string;
}

/** One node of a finished run. */
export interface NodeReport {
  name: string;
  /** `skipped`: done by an earlier attempt, or its outputs existed under `onlyMissingOutputs`. */
  status: 'done' | 'skipped';
  /** When it started, in milliseconds since the epoch, as in {@link RunEvent}. Left out of one that was skipped. */
  at?: number;
  durationMs: number;
}

/** The answer to a {@link RunRequest}. Plain JSON. A run that fails throws a `PipelineError` instead. */
export interface RunReport {
  runId: string;
  pipelines: string[];
  saveVersion: string;
  /** ISO 8601, UTC. */
  startedAt: string;
  durationMs: number;
  nodes: NodeReport[];
  /** Values of outputs that are in memory and are JSON, or that the request names and are JSON. */
  outputs: Record<string, JsonValue>;
  /** Outputs that are not in `outputs`: persisted ones, and values that are not JSON. */
  references: Record<string, DatasetRef>;
  /** Every persisted dataset that this run saved. */
  saved: DatasetRef[];
}

/** A node as `describe()` shows it. */
export interface NodeDescription {
  name: string;
  inputs: string[];
  outputs: string[];
  tags: string[];
  namespace?: string;
  /** Name of the function behind it. Left out of one that has none. */
  function?: string;
  /** Where that function is written, where the engine knows: path relative to the project, lines from 1. */
  source?: { filepath: string; lineStart: number; lineEnd: number };
}

/** A pipeline that can run. */
export interface PipelineDescription {
  nodes: NodeDescription[];
  /** Datasets it needs and does not make, parameters left out. */
  inputs: string[];
  /** Datasets it makes and does not use. */
  outputs: string[];
  /** Parameters it uses, without the prefix `params:`; `parameters` for the whole. */
  parameters: string[];
}

/** A dataset of the catalog as configured; holes for runtime params are shown unfilled. */
export interface DatasetDescription {
  type: string;
  filepath?: string;
  versioned?: boolean;
  /** Where it stands in the flow of data, as the entry's `metadata` tells kedro-viz: `raw`, `primary`. */
  layer?: string;
}

/** A thing that cannot be used, and why. */
export interface Broken {
  error: { code: string; message: string };
}

/** An artifact in memory. */
export interface WarmArtifact {
  dataset: string;
  type: string;
  /** How many loads it has answered since it was preloaded. */
  hits: number;
  /** ISO 8601, UTC. */
  loadedAt: string;
  /** When it last answered a load; ISO 8601, UTC. Left out while it has answered none. */
  lastUsedAt?: string;
  /** An estimate of what it holds in memory. Left out where there is no cheap one. */
  bytes?: number;
  refresh: NonNullable<PreloadOptions['refresh']>;
  /**
   * How runs are kept from changing it for each other: `frozen`, shared, and a write throws; `copied`, what cannot be frozen is
   * copied for each reader; `as is`, it (or something in it) is shared unprotected, by its nature or by `copyMode: 'assign'`.
   */
  shared: 'frozen' | 'copied' | 'as is';
}

/** Of a Kedro project. */
export interface KedroFacts {
  projectName: string;
  packageName: string;
  /** The version that the project was made for, as `pyproject.toml` says it. */
  initVersion: string;
  /** The version that is installed. */
  version: string;
}

/** What a session can run, and what is wrong with the rest. */
export interface ProjectDescription {
  sessionId: string;
  engine: 'native' | 'kedro';
  /** Absolute path of the project. */
  project: string;
  env: string;
  pipelines: Record<string, PipelineDescription | Broken>;
  datasets: Record<string, DatasetDescription | Broken>;
  /** Names of parameters, nested ones with dots. */
  parameters: string[];
  warm: WarmArtifact[];
  /** What a Kedro project says of itself in its `pyproject.toml`, and the kedro that runs it. Left out by the native engine. */
  kedro?: KedroFacts;
}

/** How to describe. */
export interface DescribeOptions {
  /**
   * Shows datasets as a run with these params would find them: holes are filled, each dataset that a pipeline uses and a
   * factory makes is there by its own name, and factories are not. One that misses a param is broken, `PARAM_MISSING`; what
   * else could be wrong with them is not looked at. Default: datasets are shown as they are configured, and checked.
   */
  runtimeParams?: JsonObject;
}

/** How to preload. */
export interface PreloadOptions {
  /** Fills the artifacts' definitions, as the runs that are to use them will. Default: none. */
  runtimeParams?: JsonObject;
  /** `when-changed` looks at the file (or the newest version) at each run and loads it again. Default: `never`. */
  refresh?: 'never' | 'when-changed';
  /**
   * `assign` hands the value itself to every node, neither frozen nor copied: for large buffers, when no node writes to them.
   * Default: runs are kept from changing it, see `WarmArtifact.shared`.
   */
  copyMode?: 'assign';
  signal?: AbortSignal;
}

/** What `preload` did. */
export interface PreloadReport {
  loaded: { dataset: string; durationMs: number }[];
  /** Already warm under the same filled definition. */
  kept: string[];
  /** Dropped to keep within the session's memory limit; runs load them from storage again. */
  dropped: string[];
}

/** Persisted datasets that a pipeline makes, by whether they are there. */
export interface OutputsReport {
  there: string[];
  missing: string[];
}

/** What `releaseCache` did. */
export interface ReleaseReport {
  released: string[];
}

/** A warm project: opened once, run many times, runs may overlap. Both engines implement it. */
export interface PipelineSession extends AsyncDisposable {
  readonly id: string;
  /** Absolute path of the project; relative file paths in reports start there. */
  readonly project: string;
  /** Loads every pipeline's definition (not its data) and says what can run and what is broken. */
  describe(options?: DescribeOptions): Promise<ProjectDescription>;
  /**
   * Loads artifacts into memory and keeps them, under their filled definition, for runs to reuse.
   * Throws `DATASET_NOT_FOUND` for a name that the catalog does not have, `CACHE_LIMIT_EXCEEDED` for more than the session's
   * memory limit allows, and what loading throws.
   */
  preload(artifacts: string[], options?: PreloadOptions): Promise<PreloadReport>;
  /** Runs once. Throws a `PipelineError`; `docs/errors.md` lists the codes. */
  run(request: RunRequest, live?: LiveRun): Promise<RunReport>;
  /**
   * Says which of the persisted datasets that a run of this request would save are there already, any version of them.
   * Loads nothing. Throws as `run` does for a request, pipeline or catalog entry that is wrong.
   */
  checkOutputs(request: RunRequest): Promise<OutputsReport>;
  /** Forgets artifacts; all of them when none is named. */
  releaseCache(artifacts?: string[]): Promise<ReleaseReport>;
  /** Waits for nothing: running runs are cancelled, connections closed. Twice is fine. */
  close(): Promise<void>;
}
