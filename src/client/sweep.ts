import {
  type Client,
  QueryNotRegisteredError,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { SweepInput, SweepReport, SweepState, sweep } from '../../workflows/index.ts';
import { type JsonObject, PipelineError } from '../core/index.ts';
import { checkReducers, checkStopRule, hashJson, pointsOf, sizeOf, union } from '../planner/index.ts';
import { type SweepHandle, sweepHandle } from './sweep-handle.ts';

/** Options of a sweep. */
export interface SweepOptions extends Omit<SweepInput, 'state'> {
  /**
   * Names the sweep: the run of a point is `<id>/<index>`, and draws and seeds are made from it. Default: from what is asked
   * for, so that asking twice is asking once.
   */
  id?: string;
  /** Run all points again although this sweep is done. Default: false. */
  again?: boolean;
}

// What it was asked for, so that an id used twice by mistake is told from a second call.
const ASKED_MEMO = 'kedro-temporal.sweep';

// Temporal refuses payloads of 2 MB; a sweep carries its points from one execution to the next.
const MOST_INPUT_BYTES = 1024 * 1024;

const MOST_BATCHES_AT_ONCE = 100;
const MOST_POINTS_AT_ONCE = 1000;
const MOST_ATTEMPTS = 10;

/** Starts a sweep, finds the one of that id, or goes on with what is left of it. */
export async function startSweep(client: Client, taskQueue: string, options: SweepOptions): Promise<SweepHandle> {
  const { id: name, again, ...input } = options;
  const hash = hashJson(JSON.parse(JSON.stringify(input)) as JsonObject);
  const id = name ?? `sweep-${hash}`;
  checkInput(id, input);
  const earlier = again === true ? undefined : await earlierSweep(client, id, hash);
  if (earlier === 'there') return sweepHandle(client, id, false);
  try {
    await client.workflow.start('sweep', {
      workflowId: id,
      taskQueue,
      args: [earlier === undefined ? input : { ...input, state: goOnWith(earlier) }],
      memo: { [ASKED_MEMO]: hash },
    });
    return sweepHandle(client, id, true);
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    // Somebody else has just started it.
    await earlierSweep(client, id, hash);
    return sweepHandle(client, id, false);
  }
}

/**
 * What is known of that id: `there` for a sweep that runs, or has ended with nothing left to do; the state of one that can go
 * on. Throws `RUN_ID_TAKEN`.
 */
async function earlierSweep(client: Client, id: string, hash: string): Promise<SweepState | 'there' | undefined> {
  const handle: WorkflowHandle<typeof sweep> = client.workflow.getHandle(id);
  try {
    const { status, memo } = await handle.describe();
    const isSame = memo?.[ASKED_MEMO] === hash;
    const isTaken = status.name === 'RUNNING' || status.name === 'COMPLETED';
    if (!isSame && isTaken) throw taken(id);
    if (status.name === 'RUNNING') return 'there';
    if (status.name === 'COMPLETED' && isClean(await handle.result())) return 'there';
    return isSame ? await handle.query<SweepState, []>('state') : undefined;
  } catch (error) {
    // One that failed before it could answer has done nothing.
    if (error instanceof WorkflowNotFoundError || error instanceof QueryNotRegisteredError) return undefined;
    throw error;
  }
}

function isClean({ state, why, failed }: SweepReport): boolean {
  return why === 'enough' || (state === 'done' && failed === 0);
}

/** The state with the failed points to be tried once more. */
function goOnWith(state: SweepState): SweepState {
  const again = state.failedPoints;
  return {
    ...state,
    left: union(state.left, again),
    failed: state.failed - sizeOf(again),
    failedPoints: [],
    failures: [],
    isPaused: false,
  };
}

function taken(id: string): PipelineError {
  return new PipelineError(
    'RUN_ID_TAKEN',
    `"${id}" exists, and was asked for something else. One id is one sweep: give this one an id of its own.`,
    { details: { id } },
  );
}

function checkInput(id: string, input: SweepInput): void {
  if (id === '') throw invalid('The id of the sweep is empty.');
  const bytes = Buffer.byteLength(JSON.stringify(input));
  if (bytes > MOST_INPUT_BYTES) {
    throw new PipelineError(
      'REQUEST_TOO_LARGE',
      `The sweep is ${bytes} bytes; a history holds ${MOST_INPUT_BYTES} at most. Say the points as a grid or as random ones, or give their number as a param and let the pipeline look the rest up.`,
      { details: { bytes } },
    );
  }
  pointsOf(input.points, id);
  if (input.reduce !== undefined) checkReducers(input.reduce);
  if (input.stopWhen !== undefined) checkStopRule(input.stopWhen);
  checkNumber('concurrency', input.concurrency, 1, MOST_BATCHES_AT_ONCE);
  checkNumber('atOnce', input.atOnce, 1, MOST_POINTS_AT_ONCE);
  checkNumber('attempts', input.attempts, 1, MOST_ATTEMPTS);
  checkNumber('maxFailures', input.maxFailures, 0, Number.MAX_SAFE_INTEGER);
  if (input.pipeline !== undefined && !input.pipeline.dataset) {
    throw invalid('The sweep’s "pipeline" needs "dataset": the name under which it is given the rows of the points.');
  }
}

function checkNumber(field: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw invalid(`The sweep’s "${field}" is ${value}; it must be a whole number from ${least} to ${most}.`);
}

function invalid(message: string): PipelineError {
  return new PipelineError('REQUEST_INVALID', message);
}
