import { type Client, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import type { SweepProgress, SweepReport, sweep } from '../../workflows/index.ts';
import { asked } from './failures.ts';

/** A durable sweep. Controls of one that has ended change nothing; they answer with the phase `ended`. */
export interface SweepHandle {
  readonly id: string;
  /** Whether this call started it; false when it was running or done already. */
  readonly isNew: boolean;
  /**
   * Waits for the end. Points that failed are counted in the report. Throws by the code of what fails every point, and
   * `RUN_CANCELLED` for one that Temporal itself cancelled.
   */
  result(): Promise<SweepReport>;
  progress(): Promise<SweepProgress>;
  /** Starts no further batch; what runs goes on to its end. */
  pause(): Promise<SweepProgress>;
  resume(): Promise<SweepProgress>;
  /** Ends what runs; `result()` is then a report of the points that have ended. */
  cancel(): Promise<SweepProgress>;
}

/** The handle of the sweep with that id. */
export function sweepHandle(client: Client, id: string, isNew: boolean): SweepHandle {
  const handle: WorkflowHandle<typeof sweep> = client.workflow.getHandle(id);
  const who = `Sweep "${id}"`;
  const progress = () => asked(who, () => handle.query<SweepProgress, []>('progress'));
  const update = (name: 'pause' | 'resume' | 'cancel') => async () => {
    try {
      return await handle.executeUpdate<SweepProgress, []>(name);
    } catch (error) {
      // The server says of an ended workflow what it says of one that it does not know.
      if (error instanceof WorkflowNotFoundError) return await progress();
      throw error;
    }
  };
  return {
    id,
    isNew,
    result: () => asked(who, () => handle.result()),
    progress,
    pause: update('pause'),
    resume: update('resume'),
    cancel: update('cancel'),
  };
}
