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
import {
  type BackfillHandle,
  type BackfillOptions,
  type BackfillPlan,
  backfillId,
  backfillInput,
  checkJobName,
  type FindExisting,
  skipModes,
} from '../backfill/index.ts';
import { type JsonObject, PipelineError, type RunReport, type RunRequest } from '../core/index.ts';
import { hashJson } from '../planner/index.ts';
import { type Audit, type AuditOptions, auditJob } from './audit.ts';
import { backfillHandle } from './backfill-handle.ts';
import { checkDrift, planBackfill } from './backfill-plan.ts';
import { asked } from './failures.ts';
import { type RunHandle, runHandle } from './run-handle.ts';
import { type SweepOptions, startSweep } from './sweep.ts';
import { type SweepHandle, sweepHandle } from './sweep-handle.ts';
import { type WorkersClient, workersClient } from './workers.ts';

/** Options of {@link createKedroClient}. */
export interface KedroClientOptions {
  /** Task queue of the workers that have the project. Default: `kedro`. */
  taskQueue?: string;
}

export interface KedroClient extends WorkersClient {
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
  /** What {@link startBackfill} would do: its intervals, those it would leave out and why, and how long it may take. */
  planBackfill(options: BackfillOptions): Promise<BackfillPlan>;
  /** Runs exactly that plan. Throws `PLAN_DRIFTED` where it would not be made again, as runs have ended since, say. */
  applyBackfill(plan: BackfillPlan): Promise<BackfillHandle>;
  /** Which intervals of a job should have run and did not, as a plan that runs them. Throws `JOB_INVALID`. */
  auditJob(options: AuditOptions): Promise<Audit>;
  getBackfill(id: string): BackfillHandle;
  /**
   * Starts a sweep, or finds the one of that id: one that runs is joined, one that ended clean is returned as it is, and of one
   * that was cancelled or had failures the points that have not succeeded are run. `again` runs all. Throws `RUN_ID_TAKEN`,
   * `REQUEST_INVALID`, `REQUEST_TOO_LARGE`, `RANGE_INVALID`.
   */
  startSweep(options: SweepOptions): Promise<SweepHandle>;
  getSweep(id: string): SweepHandle;
  /** The backfill with that id, or the newest one of that job. Throws `RUN_NOT_FOUND`. */
  findBackfill(idOrJob: string): Promise<BackfillHandle>;
}

// Temporal refuses payloads of 2 MB; the same request stands in several events of a history.
const MOST_REQUEST_BYTES = 1024 * 1024;

/** Makes a client. Connects to nothing by itself. */
export function createKedroClient(client: Client, options: KedroClientOptions = {}): KedroClient {
  const taskQueue = options.taskQueue ?? 'kedro';
  const findExisting: FindExisting = ({ job, plan }, among) =>
    asked(`The outputs of job "${job.name}"`, () =>
      client.workflow.execute('existingIntervals', {
        workflowId: `${job.name}/existing/${crypto.randomUUID()}`,
        taskQueue,
        args: [{ job, plan, among }],
      }),
    );
  const start = async (id: string, input: BackfillInput): Promise<BackfillHandle> => {
    const isNew = await startOrFind(client, 'backfill', {
      workflowId: id,
      taskQueue,
      args: [input],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    });
    return backfillHandle(client, id, isNew);
  };
  const kedro: KedroClient = {
    ...workersClient(client, taskQueue),
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
      for (const { request } of typeof how.job === 'string' ? [{ request: how.request ?? {} }] : how.job.parts) {
        checkSize(request);
      }
      const id = backfillId(backfillInput(how));
      const earlier = how.again === true ? undefined : await earlierBackfill(client, id);
      if (earlier instanceof Date) return backfillHandle(client, id, false, earlier);
      const { input } = await planBackfill(client, earlier === undefined ? how : goOn(how), findExisting);
      return await start(id, input);
    },
    planBackfill: (how) => planBackfill(client, how, findExisting),
    async applyBackfill(plan) {
      checkDrift(plan, await planBackfill(client, plan.options, findExisting));
      return await start(plan.id, plan.input);
    },
    auditJob: (how) => auditJob(client, how, findExisting),
    getBackfill: (id) => backfillHandle(client, id, false),
    startSweep: (how) => startSweep(client, taskQueue, how),
    getSweep: (id) => sweepHandle(client, id, false),
    findBackfill: async (idOrJob) => backfillHandle(client, await backfillIdOf(client, idOrJob), false),
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

/** The same, without the intervals that have succeeded. */
function goOn(options: BackfillOptions): BackfillOptions {
  return { ...options, skip: [...skipModes(options), 'completed'] };
}

/** How an earlier backfill with that id ended, a clean one by when; undefined when there is none or it still runs. */
async function earlierBackfill(client: Client, id: string): Promise<Date | 'incomplete' | undefined> {
  try {
    const { status, closeTime } = await client.workflow.getHandle(id).describe();
    if (status.name === 'RUNNING') return undefined;
    if (status.name !== 'COMPLETED') return 'incomplete';
    const report: BackfillReport = await client.workflow.getHandle(id).result();
    return report.failed + report.cancelled === 0 && closeTime !== undefined ? closeTime : 'incomplete';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

async function backfillIdOf(client: Client, idOrJob: string): Promise<string> {
  if (idOrJob.includes('/')) return idOrJob;
  checkJobName(idOrJob);
  const query = `WorkflowType = 'backfill' AND WorkflowId STARTS_WITH '${idOrJob}/backfill/'`;
  let newest: { workflowId: string; startTime: Date } | undefined;
  for await (const each of client.workflow.list({ query })) {
    if (newest === undefined || each.startTime > newest.startTime) newest = each;
  }
  if (newest !== undefined) return newest.workflowId;
  throw new PipelineError('RUN_NOT_FOUND', `The server knows no backfill of the job "${idOrJob}".`);
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
