import { type Client, type WorkflowHandle, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { BackfillInput, BackfillProgress, BackfillState, backfill } from '../../workflows/index.ts';
import type { BackfillHandle } from '../backfill/index.ts';
import { type ErrorCode, PipelineError } from '../core/index.ts';
import { indexOfKey, indexRange, indexSetOf, retryIndexes } from '../planner/index.ts';
import { asked } from './failures.ts';

/** The handle of the backfill with that id. */
export function backfillHandle(client: Client, id: string, isNew: boolean, endedAt?: Date): BackfillHandle {
  const handle: WorkflowHandle<typeof backfill> = client.workflow.getHandle(id);
  const who = `Backfill "${id}"`;
  const update = (name: string, ...args: [] | [unknown]): Promise<BackfillProgress> => {
    const [given] = args;
    return asked(who, () =>
      ruled(who, handle, () =>
        given === undefined
          ? handle.executeUpdate<BackfillProgress, []>(name)
          : handle.executeUpdate<BackfillProgress, [unknown]>(name, { args: [given] }),
      ),
    );
  };
  return {
    id,
    isNew,
    ...(endedAt === undefined ? {} : { endedAt }),
    result: () => asked(who, () => handle.result()),
    progress: () => asked(who, () => handle.query<BackfillProgress, []>('progress')),
    pause: () => update('pause'),
    resume: () => update('resume'),
    cancel: () => update('cancel'),
    setConcurrency: (concurrency) => update('setConcurrency', concurrency),
    skip: (keys) => update('skip', keys),
    async retry(keys) {
      try {
        return await update('retry', keys ?? null);
      } catch (error) {
        if (!(error instanceof PipelineError) || error.code !== 'BACKFILL_ENDED') throw error;
        await asked(who, () => startAgain(client, id, keys));
        return await asked(who, () => handle.query<BackfillProgress, []>('progress'));
      }
    },
  };
}

// The server says of an ended workflow what it says of one that it does not know.
async function ruled<T>(who: string, handle: WorkflowHandle, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
      throw new PipelineError(error.cause.type as ErrorCode, error.cause.message, { cause: error });
    }
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    const { status } = await handle.describe();
    throw new PipelineError(
      'BACKFILL_ENDED',
      `${who} has ended (${status.name.toLowerCase()}); retry starts it again.`,
      {
        cause: error,
      },
    );
  }
}

async function startAgain(client: Client, id: string, keys: readonly string[] | undefined): Promise<void> {
  const handle = client.workflow.getHandle(id);
  const input = await handle.query<BackfillInput & { state: BackfillState }, []>('input');
  const { plan, state } = input;
  const set = keys === undefined ? indexRange(0, plan.count) : indexSetOf(keys.map((key) => known(input, key)));
  const course = retryIndexes({ ...state.course, phase: 'open' }, set);
  const failures = keys === undefined ? [] : state.failures.filter(({ key }) => !keys.includes(key));
  const { taskQueue } = await handle.describe();
  await client.workflow.start('backfill', {
    workflowId: id,
    taskQueue,
    args: [{ ...input, state: { ...state, course, failures, startedAt: Date.now() } }],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  });
}

function known({ plan }: BackfillInput, key: string): number {
  const index = indexOfKey(plan, key);
  if (index !== undefined) return index;
  const message = `The backfill has no interval "${key}"; it goes from ${plan.start} to ${plan.end}.`;
  throw new PipelineError('INTERVAL_NOT_FOUND', message, { details: { key } });
}
