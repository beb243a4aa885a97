import { type Client, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { BackfillProgress, BackfillReport, backfill } from '../../workflows/index.ts';
import { asPipelineError } from './failures.ts';

/** A durable backfill. */
export interface BackfillHandle {
  readonly id: string;
  /** Whether this call started it; false when one with that id was running or done already. */
  readonly isNew: boolean;
  /** Waits for the end. Intervals that failed are counted in the report; a cancel throws `RUN_CANCELLED`. */
  result(): Promise<BackfillReport>;
  progress(): Promise<BackfillProgress>;
  /** Asks it and its running intervals to end. */
  cancel(): Promise<void>;
}

/** The handle of the backfill with that id. */
export function backfillHandle(client: Client, id: string, isNew: boolean): BackfillHandle {
  const handle: WorkflowHandle<typeof backfill> = client.workflow.getHandle(id);
  return {
    id,
    isNew,
    async result() {
      try {
        return await handle.result();
      } catch (error) {
        throw error instanceof WorkflowFailedError ? asPipelineError(error, `Backfill "${id}"`) : error;
      }
    },
    progress: () => handle.query<BackfillProgress, []>('progress'),
    async cancel() {
      await handle.cancel();
    },
  };
}
