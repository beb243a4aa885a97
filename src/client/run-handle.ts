import type { Client, WorkflowHandle } from '@temporalio/client';
import type { DurableRunState, runPipeline } from '../../workflows/index.ts';
import type { RunProgress, RunReport } from '../core/index.ts';
import { asked } from './failures.ts';

/** Where a durable run stands now. */
export interface RunStatus {
  runId: string;
  state: 'running' | 'succeeded' | 'failed' | 'cancelled' | 'terminated' | 'timed-out';
  /** Which attempt is running; undefined before the first one starts and after the last. */
  attempt?: number;
  /** Why the attempt before this one failed. */
  failure?: string;
  /** Node by node, as of the last heartbeat; undefined before the first one. */
  progress?: RunProgress;
}

/** A durable run. */
export interface RunHandle {
  readonly runId: string;
  /** Whether this call started it; false when one with that id was there. */
  readonly isNew: boolean;
  /** Waits for the end. Throws a `PipelineError` by the code of what failed; `RUN_NOT_FOUND`, as all of these do. */
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

/** How a run stands whose workflow has that status. */
export function runStateOf(status: string): RunStatus['state'] {
  return STATES[status] ?? 'running';
}

/** The handle of the run with that id. */
export function runHandle(client: Client, runId: string, isNew: boolean): RunHandle {
  const handle: WorkflowHandle<typeof runPipeline> = client.workflow.getHandle(runId);
  const who = `Run "${runId}"`;
  return {
    runId,
    isNew,
    result: () =>
      asked(who, async () => {
        const answer = await handle.result();
        if ('nodes' in answer) return answer;
        // Started by a backfill, which keeps values out of its history; the run itself still knows them.
        const state = await handle.query<DurableRunState, []>('progress');
        return state.report as RunReport;
      }),
    status: () => asked(who, () => statusOf(client, handle)),
    async cancel() {
      await asked(who, () => handle.cancel());
    },
  };
}

async function statusOf(client: Client, handle: WorkflowHandle<typeof runPipeline>): Promise<RunStatus> {
  const { status, raw } = await handle.describe();
  const [activity] = raw.pendingActivities ?? [];
  const [details] = activity?.heartbeatDetails?.payloads ?? [];
  const { payloadConverter } = client.options.loadedDataConverter;
  return {
    runId: handle.workflowId,
    state: runStateOf(status.name),
    ...(activity?.attempt == null ? {} : { attempt: activity.attempt }),
    ...(activity?.lastFailure?.message ? { failure: activity.lastFailure.message } : {}),
    ...(details == null ? {} : { progress: payloadConverter.fromPayload<RunProgress>(details) }),
  };
}
