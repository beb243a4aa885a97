/**
 * One root class, one table of codes. A code is stable; a message is for people. `docs/errors.md` documents exactly the
 * codes of this table, and a test compares the two.
 */

interface CodeFacts {
  /** Whether the same request may succeed when it is tried again with nothing changed. */
  retryable: boolean;
  /** One line for the page of codes. */
  means: string;
}

export const ERROR_CODES = {
  PROJECT_NOT_FOUND: { retryable: false, means: 'The folder is not a project: it has no conf/base.' },
  PROJECT_SETTINGS_INVALID: {
    retryable: false,
    means: 'The project’s settings do not load or have a wrong shape.',
  },
  SESSION_CLOSED: { retryable: true, means: 'The session is closed or closing; another worker can take the run.' },

  CONFIG_SYNTAX: { retryable: false, means: 'A configuration file is not valid YAML, or is not a mapping.' },
  CONFIG_DUPLICATE_KEY: { retryable: false, means: 'Two files of one environment define the same key.' },
  CONFIG_ENV_NOT_FOUND: { retryable: false, means: 'The environment asked for has no folder under conf.' },
  CONFIG_UNRESOLVED: { retryable: false, means: 'An interpolation names something that does not exist.' },
  CREDENTIALS_NOT_FOUND: { retryable: false, means: 'A catalog entry names credentials that are not configured.' },
  PARAM_MISSING: { retryable: false, means: 'A runtime param without a default was not given.' },
  PARAM_NOT_ALLOWED: {
    retryable: false,
    means: 'A runtime param would choose a type or a statement, or climb out of a path.',
  },
  PARAMETER_NOT_FOUND: { retryable: false, means: 'A node uses a parameter that is not configured and was not given.' },
  PARAMETER_INVALID: { retryable: false, means: 'A parameter does not fit the schema that the project gives for it.' },

  JOB_INVALID: {
    retryable: false,
    means: 'A key of temporal.yml is unknown or does not fit, or the id of a schedule is somebody else’s.',
  },
  JOB_NOT_FOUND: { retryable: false, means: 'No job or schedule of that name is there.' },

  NODE_INVALID: { retryable: false, means: 'A node’s function, inputs, outputs, name or tags have a wrong shape.' },
  PIPELINE_CYCLE: { retryable: false, means: 'The nodes of a pipeline depend on each other in a circle.' },
  PIPELINE_DUPLICATE_NODE: { retryable: false, means: 'Two nodes of a pipeline have the same name.' },
  PIPELINE_DUPLICATE_OUTPUT: { retryable: false, means: 'Two nodes of a pipeline write the same dataset.' },
  PIPELINE_INVALID: {
    retryable: false,
    means: 'The datasets or parameters that a pipeline maps or uses do not fit its nodes.',
  },
  PIPELINE_NOT_FOUND: { retryable: false, means: 'No pipeline of that name is in the project.' },
  PIPELINE_BROKEN: { retryable: false, means: 'The pipeline’s file does not import or does not export a pipeline.' },
  PIPELINE_EMPTY: { retryable: false, means: 'The filters leave no node to run.' },
  NODE_NOT_FOUND: { retryable: false, means: 'A filter names a node that the pipeline does not have.' },
  TAG_NOT_FOUND: { retryable: false, means: 'A filter names a tag that no node of the pipeline has.' },
  NAMESPACE_NOT_FOUND: { retryable: false, means: 'A filter names a namespace that no node of the pipeline has.' },

  REQUEST_INVALID: { retryable: false, means: 'A field of the request is unknown or has a wrong shape.' },
  DATASET_NOT_IN_PIPELINE: { retryable: false, means: 'The request names a dataset that the pipeline does not use.' },

  DATASET_NOT_FOUND: { retryable: false, means: 'The catalog has no dataset of that name.' },
  DATASET_TYPE_UNKNOWN: { retryable: false, means: 'No dataset type of that name is registered.' },
  DATASET_INVALID: {
    retryable: false,
    means: 'A catalog entry misses an option or has one that its type does not know.',
  },
  DATASET_LIBRARY_MISSING: { retryable: false, means: 'The dataset’s type needs a package that is not installed.' },
  DATASET_NOT_SAVED_YET: { retryable: false, means: 'The dataset’s file or version does not exist.' },
  DATASET_LOAD_FAILED: { retryable: true, means: 'Loading failed; the storage or its content is the reason.' },
  DATASET_SAVE_FAILED: { retryable: true, means: 'Saving failed; nothing half-written is left.' },
  DATASET_VALUE_INVALID: { retryable: false, means: 'A value cannot be stored in that dataset.' },
  DATASET_READ_ONLY: { retryable: false, means: 'A node writes to a dataset that can only be read.' },
  VERSION_INVALID: {
    retryable: false,
    means: 'A save version is not a timestamp, or a version is asked of an unversioned dataset.',
  },
  VERSION_EXISTS: { retryable: false, means: 'Another run has already saved that version of the dataset.' },
  CACHE_LIMIT_EXCEEDED: {
    retryable: false,
    means: 'Artifacts are larger than the memory limit of the session’s warm cache.',
  },

  NODE_FAILED: { retryable: true, means: 'A node’s function threw.' },
  NODE_OUTPUT_INVALID: { retryable: false, means: 'A node returned something else than its outputs say.' },
  HOOK_FAILED: { retryable: true, means: 'A hook threw.' },
  OUTPUT_NOT_JSON: { retryable: false, means: 'An output was asked for by name and cannot travel as JSON.' },
  METRIC_INVALID: { retryable: false, means: 'An output of a sweep’s point has no finite number for a metric.' },
  RUN_ID_TAKEN: {
    retryable: false,
    means: 'A run of that id exists, and was asked for something else; or a job gives such ids.',
  },
  RUN_NOT_FOUND: { retryable: false, means: 'The server knows no durable run or backfill of that id.' },
  BACKFILL_ENDED: { retryable: false, means: 'A control was asked of a backfill that has ended.' },
  INTERVAL_NOT_FOUND: { retryable: false, means: 'A backfill or job has no interval with that key.' },
  PLAN_DRIFTED: { retryable: false, means: 'A plan was to be applied that would not be made again.' },
  WAIT_TIMED_OUT: { retryable: false, means: 'The runs of another job that a run waits for did not succeed in time.' },
  RUN_FAILED: { retryable: true, means: 'A durable run ended by a failure that is not one of ours.' },
  RUN_TIMED_OUT: { retryable: true, means: 'A run or its worker took longer than its limits allow.' },
  RUN_ENDED: { retryable: false, means: 'A cancel was asked of a run that has ended.' },
  REQUEST_TOO_LARGE: {
    retryable: false,
    means: 'A request is larger than a history can hold, or than an HTTP endpoint takes.',
  },
  RUN_CANCELLED: { retryable: false, means: 'The run was cancelled by its caller.' },

  PYTHON_NOT_FOUND: { retryable: false, means: 'The Python that is named is not there, or there is none at all.' },
  KEDRO_NOT_INSTALLED: { retryable: false, means: 'The Python that was found has no kedro.' },
  KEDRO_TOO_OLD: { retryable: false, means: 'The project’s kedro is older than 1.0.' },
  HOST_DIED: { retryable: true, means: 'The Python process of a Kedro project ended; a new one takes the next run.' },
  HOST_FAILED: {
    retryable: true,
    means: 'The Python process failed outside of the project’s nodes, datasets and hooks, or did not open in time.',
  },

  THREAD_DIED: { retryable: true, means: 'The thread of a run ended before it did; a new one takes the next run.' },

  RANGE_INVALID: {
    retryable: false,
    means: 'The bounds of a range are no dates or out of order, its rule is unknown, or a grid is too large.',
  },
  INTERVAL_BOUND_UNCLEAR: {
    retryable: false,
    means: 'A bound is not where an interval starts, or is a local time that does not exist or comes twice.',
  },
  TIME_ZONE_UNKNOWN: { retryable: false, means: 'The time-zone data has no zone of that name.' },
  INDEX_OUT_OF_RANGE: { retryable: false, means: 'A plan has no interval, or a grid no point, of that index.' },

  TEMPORAL_CLI_NOT_FOUND: {
    retryable: false,
    means: 'No Temporal CLI was found to run a dev server with, and none could be obtained.',
  },
  DEV_SERVER_FAILED: { retryable: false, means: 'The Temporal dev server did not start, or cannot be shared.' },
  SERVER_UNREACHABLE: { retryable: true, means: 'Nothing answers at the address of the Temporal server.' },
  WORKER_UNREACHABLE: { retryable: true, means: 'No worker takes tasks from the task queue, or one did not answer.' },

  OVERLOADED: { retryable: true, means: 'An HTTP endpoint makes as many runs as it may, and its queue is full.' },
  NOT_AUTHENTICATED: { retryable: false, means: 'A request to an HTTP endpoint has no token, or a wrong one.' },
  NOT_ALLOWED: {
    retryable: false,
    means: 'A request to an HTTP endpoint names what callers may not use, or comes from a page of another site.',
  },
} as const satisfies Record<string, CodeFacts>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** Facts that help a person act: names of the file, key, node, dataset, pipeline, or what was close to a misspelt name. */
export type ErrorDetails = Record<string, string | number | boolean | string[] | undefined>;

// Two copies of this module may be loaded (a project's file through a TypeScript loader), so a brand tells, not instanceof.
const BRAND = Symbol.for('kedro-temporal.error');

/** Every failure that this package raises. */
export class PipelineError extends Error {
  override readonly name = 'PipelineError';
  readonly [BRAND] = true;
  readonly code: ErrorCode;
  /** Whether trying again with nothing changed can help. */
  readonly retryable: boolean;
  readonly details: ErrorDetails;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; details?: ErrorDetails; retryable?: boolean } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? ERROR_CODES[code].retryable;
    this.details = options.details ?? {};
  }
}

/** Whether `error` is a {@link PipelineError}, also one from another copy of this package. */
export function isPipelineError(error: unknown): error is PipelineError {
  return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[BRAND] === true;
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The error of a run that its caller cancelled. */
export function cancelledBy(reason: unknown): PipelineError {
  return new PipelineError('RUN_CANCELLED', 'The run was cancelled by its caller.', { cause: reason });
}

/** The error of whatever is asked of a session that is closed or closing. */
export function sessionClosed(id: string): PipelineError {
  return new PipelineError('SESSION_CLOSED', `Session "${id}" is closed.`);
}
