import type { BackfillProgress, BackfillReport } from '../../workflows/index.ts';

/** A backfill: a durable one, or one of this process. Each control returns when it holds, with where things stand then. */
export interface BackfillHandle {
  readonly id: string;
  /** Whether this call started it; false when one with that id was running or done already. */
  readonly isNew: boolean;
  /** When it ended, where this call found one that had ended clean. */
  readonly endedAt?: Date;
  /** Waits for the end. Intervals that failed are counted in the report; a cancel by Temporal's own throws `RUN_CANCELLED`. */
  result(): Promise<BackfillReport>;
  progress(): Promise<BackfillProgress>;
  /** Starts no further interval; what runs goes on. Throws `BACKFILL_ENDED`, as the other controls but `retry` do. */
  pause(): Promise<BackfillProgress>;
  resume(): Promise<BackfillProgress>;
  /** Ends what runs and starts nothing more; `result()` then has the report. */
  cancel(): Promise<BackfillProgress>;
  /** From 1 to 1,000. Throws `REQUEST_INVALID`. */
  setConcurrency(concurrency: number): Promise<BackfillProgress>;
  /** Leaves out intervals that have not ended, and ends them where they run. Throws `INTERVAL_NOT_FOUND`. */
  skip(keys: readonly string[]): Promise<BackfillProgress>;
  /** Runs failed and cancelled intervals again: those named, or all; one that has ended goes on. Throws `INTERVAL_NOT_FOUND`. */
  retry(keys?: readonly string[]): Promise<BackfillProgress>;
}
