import { type Client, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { DurableRunState, runPipeline } from '../../workflows/index.ts';
import type { RunProgress, RunReport } from '../core/index.ts';
import { asPipelineError } from './failures.ts';

/** Where a durable run stands now. */
export interface RunStatus {
  runId: string;
  state: 'running' | 'succeeded' | 'failed' | 'cancelled' | 'terminated' | 'timed-out';
  /** Which attempt is running; undefined before the first one starts and after the last. */
  attempt?: number;
  /** Node by node, as of the last heartbeat; undefined before the first one. */
  progress?: RunProgress;
}

/** A durable run. */
export interface RunHandle {
  readonly runId: string;
  /** Waits for the end. Throws a `PipelineError` by the code of what failed. */
  result(): Promise<RunReport>;
  status(): Promise<RunStatus>;
  /** Asks the run to end, and returns when the request is recorded; `result()` then throws `RUN_CANCELLED`. */
  cancel(): Promise<void>;
}

const STATES: Record<string, RunStatus['state']> = {
  RUNNING: 'running',
  CONTINUED_AS_NEW: 'running',
  PAUSED: 'running',
  COMPLETED: 'succeeded',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed-out',
};

/** The handle of the run with that id. */
export function runHandle(client: Client, runId: string): RunHandle {
  const handle: WorkflowHandle<typeof runPipeline> = client.workflow.getHandle(runId);
  return {
    runId,
    async result() {
      try {
        const answer = await handle.result();
        if ('nodes' in answer) return answer;
        // Started by a backfill, which keeps values out of its history; the run itself still knows them.
        const state = await handle.query<DurableRunState, []>('progress');
        return state.report as RunReport;
      } catch (error) {
        throw error instanceof WorkflowFailedError ? asPipelineError(error, `Run "${runId}"`) : error;
      }
    },
    async status() {
      const { status, raw } = await handle.describe();
      const [activity] = raw.pendingActivities ?? [];
      const [details] = activity?.heartbeatDetails?.payloads ?? [];
      const progress =
        details == null
          ? undefined
          : client.options.loadedDataConverter.payloadConverter.fromPayload<RunProgress>(details);
      return {
        runId,
        state: STATES[status.name] ?? 'running',
        ...(activity?.attempt == null ? {} : { attempt: activity.attempt }),
        ...(progress === undefined ? {} : { progress }),
      };
    },
    async cancel() {
      await handle.cancel();
    },
  };
}
