/** Controls of backfills and sweeps. */
import type { BackfillHandle, SweepHandle } from '../../client/index.ts';
import { isPipelineError, PipelineError } from '../../core/index.ts';
import type { BackfillControl, BackfillView, SweepView } from '../api.ts';
import type { Answers } from './answers.ts';

type Progress = Awaited<ReturnType<BackfillHandle['progress']>>;

type OnBackfill = (backfill: BackfillHandle, body: BackfillControl) => Promise<Progress>;

/** By the last part of their path. */
export const BACKFILL_CONTROLS: Readonly<Record<string, OnBackfill>> = {
  pause: (backfill) => backfill.pause(),
  resume: (backfill) => backfill.resume(),
  cancel: (backfill) => backfill.cancel(),
  // Bodies have been held against their schema.
  concurrency: (backfill, { concurrency = 1 }) => backfill.setConcurrency(concurrency),
  skip: (backfill, { keys = [] }) => backfill.skip(keys),
  retry: (backfill, { keys }) => backfill.retry(keys),
};

type OnSweep = (sweep: SweepHandle) => ReturnType<SweepHandle['progress']>;

export const SWEEP_CONTROLS: Readonly<Record<string, OnSweep>> = {
  pause: (sweep) => sweep.pause(),
  resume: (sweep) => sweep.resume(),
  cancel: (sweep) => sweep.cancel(),
};

// A worker that is there answers within a second, also while it replays a long history.
const CONTROL_MS = 10_000;

/** Returns how the backfill stands then. */
export async function controlBackfill(
  answers: Answers,
  id: string,
  act: OnBackfill,
  body: BackfillControl,
): Promise<BackfillView> {
  const { kedro } = answers.durable();
  // Of a workflow of another kind the controls would mean something else, or nothing.
  await answers.backfill(id);
  const progress = await byWorker(answers, `Backfill "${id}"`, () => act(kedro.getBackfill(id), body));
  return await answers.backfill(id, progress);
}

/** Returns how the sweep stands then. */
export async function controlSweep(answers: Answers, id: string, act: OnSweep): Promise<SweepView> {
  const { kedro } = answers.durable();
  await answers.sweep(id);
  const progress = await byWorker(answers, `Sweep "${id}"`, () => act(kedro.getSweep(id)));
  return await answers.sweep(id, progress);
}

/** What a control needs is a worker: the server only hands it on. */
async function byWorker<T>(answers: Answers, who: string, act: () => Promise<T>): Promise<T> {
  const { views, taskQueue } = answers.durable();
  try {
    return await views.reached(act, CONTROL_MS);
  } catch (error) {
    if (!isTimeout(error) || !(await answers.about()).durable) throw error;
    throw new PipelineError(
      'WORKER_UNREACHABLE',
      `${who} has not taken the control: no worker of task queue "${taskQueue}" answered. Start one, and ask again.`,
      { cause: error, details: { taskQueue } },
    );
  }
}

function isTimeout(error: unknown): boolean {
  if (isPipelineError(error)) return error.code === 'SERVER_UNREACHABLE';
  return error instanceof Error && error.name === 'WorkflowUpdateRPCTimeoutOrCancelledError';
}
