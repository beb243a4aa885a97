import type { Client, WorkflowHandle } from '@temporalio/client';
import type { BackfillProgress, BackfillReport, backfill } from '../../workflows/index.ts';
import { asked } from './failures.ts';

/** A durable backfill. */
export interface BackfillHandle {
  readonly id: string;
  /** Whether this call started it; false when one with that id was running or done already. */
  readonly isNew: boolean;
  /** When it ended, where this call found one that had ended clean. */
  readonly endedAt?: Date;
  /** Waits for the end. Intervals that failed are counted in the report; a cancel throws `RUN_CANCELLED`. */
  result(): Promise<BackfillReport>;
  progress(): Promise<BackfillProgress>;
  /** Asks it and its running intervals to end. */
  cancel(): Promise<void>;
}

/** The handle of the backfill with that id. */
export function backfillHandle(client: Client, id: string, isNew: boolean, endedAt?: Date): BackfillHandle {
  const handle: WorkflowHandle<typeof backfill> = client.workflow.getHandle(id);
  const who = `Backfill "${id}"`;
  return {
    id,
    isNew,
    ...(endedAt === undefined ? {} : { endedAt }),
    result: () => asked(who, () => handle.result()),
    progress: () => asked(who, () => handle.query<BackfillProgress, []>('progress')),
    async cancel() {
      await asked(who, () => handle.cancel());
    },
  };
}
