/**
 * Starts, follows and controls durable runs and backfills, over a Temporal Client of the caller's.
 */
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type WorkflowStartOptions,
} from '@temporalio/client';
import type { BackfillInput, BackfillReport, DurableRunOptions, RunPipelineInput } from '../../workflows/index.ts';
import { planIntervals } from '../calendar/index.ts';
import { type JsonObject, PipelineError, type RunReport, type RunRequest } from '../core/index.ts';
import { type Every, hashJson } from '../planner/index.ts';
import { type BackfillHandle, backfillHandle } from './backfill-handle.ts';
import { type RunHandle, runHandle } from './run-handle.ts';

/** Options of {@link createKedroClient}. */
export interface KedroClientOptions {
  /** Task queue of the workers that have the project. Default: `kedro`. */
  taskQueue?: string;
}

/** Options of a backfill. */
export interface BackfillOptions {
  /** Names the runs: the run of an interval is `<job>/<key>`. */
  job: string;
  /** Default: `day`. */
  every?: Every;
  /** First instant, as a date (`2015-01-01`), month, year or instant. */
  from: string;
  /** First instant that is not in the range any more. */
  to: string;
  /** IANA name. Default: `UTC`. */
  timeZone?: string;
  /** Pipelines, params and filters of each run. */
  request?: RunRequest;
  /** Runtime param → part of the interval. Default: `interval_key`, `interval_start` and `interval_end`. */
  intervalParams?: BackfillInput['intervalParams'];
  /** Most runs at once, 1 to 1,000. Default: 10. */
  concurrency?: number;
  order?: BackfillInput['order'];
  skip?: BackfillInput['skip'];
  /** Start again although a backfill of this job, range and request is done. Default: false. */
  again?: boolean;
  run?: DurableRunOptions;
}

export interface KedroClient {
  /**
   * Starts a run, or finds the one with that `runId`: a run that succeeded or is going on is not started again, one that
   * failed is. Throws `RUN_ID_TAKEN` when that run was asked for something else, and `REQUEST_TOO_LARGE` for more than a
   * history can hold.
   */
  startRun(request: RunRequest, options?: DurableRunOptions): Promise<RunHandle>;
  /** {@link startRun}, then its result. */
  run(request: RunRequest, options?: DurableRunOptions): Promise<RunReport>;
  getRun(runId: string): RunHandle;
  /**
   * Starts a backfill, or finds the one of this job, range and request: a running one is joined, one that ended clean is returned as
   * it is, and one that was cancelled or had failures goes on with the intervals that have not succeeded. `again` runs all.
   */
  startBackfill(options: BackfillOptions): Promise<BackfillHandle>;
  getBackfill(id: string): BackfillHandle;
}

// Temporal refuses payloads of 2 MB; the same request stands in several events of a history.
const MOST_REQUEST_BYTES = 1024 * 1024;

// A workflow may have 2,000 children that have not ended; half of that leaves room for a server that is set lower.
const MOST_AT_ONCE = 1000;

/** Makes a client. Connects to nothing by itself. */
export function createKedroClient(client: Client, options: KedroClientOptions = {}): KedroClient {
  const taskQueue = options.taskQueue ?? 'kedro';
  const kedro: KedroClient = {
    async startRun(request, how) {
      checkSize(request);
      const runId = request.runId ?? `run-${crypto.randomUUID()}`;
      const input: RunPipelineInput = {
        request: { ...request, runId },
        ...(how === undefined ? {} : { options: how }),
      };
      const isNew = await startOrFind(client, 'runPipeline', {
        workflowId: runId,
        taskQueue,
        args: [input],
        memo: { [REQUEST_MEMO]: requestHash(request) },
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      });
      if (!isNew) await checkSameRequest(client, runId, request);
      return runHandle(client, runId, isNew);
    },
    run: async (request, how) => await (await kedro.startRun(request, how)).result(),
    getRun: (runId) => runHandle(client, runId, false),
    async startBackfill(how) {
      checkSize(how.request ?? {});
      const input = backfillInput(how);
      const id = backfillId(input);
      const earlier = how.again === true ? undefined : await earlierBackfill(client, id);
      if (earlier instanceof Date) return backfillHandle(client, id, false, earlier);
      const isNew = await startOrFind(client, 'backfill', {
        workflowId: id,
        taskQueue,
        args: [earlier === undefined ? input : { ...input, skip: 'completed' }],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      });
      return backfillHandle(client, id, isNew);
    },
    getBackfill: (id) => backfillHandle(client, id, false),
  };
  return kedro;
}

// A run remembers what it was asked for, so that an id used twice by mistake is told from a second call.
const REQUEST_MEMO = 'kedro-temporal.request';

function requestHash({ runId: _, ...request }: RunRequest): string {
  return hashJson(request as JsonObject);
}

async function checkSameRequest(client: Client, runId: string, request: RunRequest): Promise<void> {
  const { memo } = await client.workflow.getHandle(runId).describe();
  const known = memo?.[REQUEST_MEMO];
  if (known === undefined || known === requestHash(request)) return;
  throw new PipelineError(
    'RUN_ID_TAKEN',
    `Run "${runId}" exists, and was asked for something else. One id is one run: give this one an id of its own.`,
    { details: { runId } },
  );
}

function checkSize(request: RunRequest): void {
  const bytes = Buffer.byteLength(JSON.stringify(request));
  if (bytes <= MOST_REQUEST_BYTES) return;
  throw new PipelineError(
    'REQUEST_TOO_LARGE',
    `The request is ${bytes} bytes; a history holds ${MOST_REQUEST_BYTES} at most. Store large data where the workers can read it, and give its path as a runtime param.`,
    { details: { bytes } },
  );
}

function backfillInput(options: BackfillOptions): BackfillInput {
  const { job, every = 'day', from, to, timeZone = 'UTC', order, skip, run } = options;
  if (!/^[\w.-]+$/.test(job)) {
    throw new PipelineError(
      'REQUEST_INVALID',
      `The job "${job}" may hold letters, digits, "_", "-" and "." only: it names runs and files.`,
    );
  }
  const concurrency = options.concurrency ?? 10;
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > MOST_AT_ONCE) {
    throw new PipelineError(
      'REQUEST_INVALID',
      `Concurrency is ${concurrency}; it must be a whole number from 1 to ${MOST_AT_ONCE}.`,
    );
  }
  return {
    job,
    plan: planIntervals({ every, from, to, timeZone }),
    request: options.request ?? {},
    intervalParams: options.intervalParams ?? { interval_key: 'key', interval_start: 'start', interval_end: 'end' },
    concurrency,
    ...(order === undefined ? {} : { order }),
    ...(skip === undefined ? {} : { skip }),
    ...(run === undefined ? {} : { run }),
  };
}

/** One id for a job, a range and what each run does, so that asking twice is asking once. */
function backfillId({ job, plan, request, intervalParams }: BackfillInput): string {
  return `${job}/backfill/${hashJson({ plan: plan.hash, request: { ...request } as JsonObject, intervalParams })}`;
}

/** How an earlier backfill with that id ended, a clean one by when; undefined when there is none or it still runs. */
async function earlierBackfill(client: Client, id: string): Promise<Date | 'incomplete' | undefined> {
  try {
    const { status, closeTime } = await client.workflow.getHandle(id).describe();
    if (status.name === 'RUNNING') return undefined;
    if (status.name !== 'COMPLETED') return 'incomplete';
    const report: BackfillReport = await client.workflow.getHandle(id).result();
    return report.failed === 0 && closeTime !== undefined ? closeTime : 'incomplete';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** Starts a workflow; false when its id is taken and the options say to leave that one alone. */
async function startOrFind(client: Client, type: string, options: WorkflowStartOptions): Promise<boolean> {
  try {
    await client.workflow.start(type, options);
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}
