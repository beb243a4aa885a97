/** What is kept warm in the workers of a task queue: loaded, forgotten, looked at, in each of them or in some. */
import type { Client } from '@temporalio/client';
import type { Duration } from '@temporalio/common';
import type { AskWorkersInput, WarmSession, WorkerTask } from '../../workflows/index.ts';
import {
  PipelineError,
  type PreloadOptions,
  type PreloadReport,
  type ReleaseReport,
  type WorkerAnswer,
} from '../core/index.ts';
import { asked } from './failures.ts';

/** Which workers, and how long to wait for them. */
export interface WorkersOptions {
  /** Default: the client's. */
  taskQueue?: string;
  /** `all` that poll the task queue now, one of them (`any`), or those of these identities. Default: `all`. */
  workers?: 'all' | 'any' | readonly string[];
  /** How long a worker may take to begin before it counts as unreachable. Default: 10 seconds. */
  patience?: Duration;
  /** How long one worker may take, for each of three attempts. Default: 30 minutes. */
  timeout?: Duration;
}

/** How artifacts are loaded, and in which workers. */
export interface PreloadWorkersOptions extends WorkersOptions, Omit<PreloadOptions, 'signal'> {}

/** Asks the workers of a task queue about their memory. Every call throws `WORKER_UNREACHABLE` where nobody polls it. */
export interface WorkersClient {
  /**
   * Loads artifacts into the workers' sessions. Returns what each did; a worker that fails or does not answer is an answer,
   * not an error. Workers that start later know nothing of it: `preload` of the plugin is for them.
   */
  preload(artifacts: readonly string[], options?: PreloadWorkersOptions): Promise<WorkerAnswer<PreloadReport>[]>;
  /** Makes the workers' sessions forget artifacts; all of them when none is named. */
  releaseCache(artifacts?: readonly string[], options?: WorkersOptions): Promise<WorkerAnswer<ReleaseReport>[]>;
  /** Who the workers are, and what each keeps warm. */
  workers(options?: WorkersOptions): Promise<WorkerAnswer<WarmSession>[]>;
}

/** Makes the calls of a client. */
export function workersClient(client: Client, ownTaskQueue: string): WorkersClient {
  const ask = async <T>(kind: string, task: WorkerTask, options: WorkersOptions): Promise<WorkerAnswer<T>[]> => {
    const { taskQueue = ownTaskQueue, workers, patience, timeout } = options;
    await checkSomebodyPolls(client, taskQueue);
    const input: AskWorkersInput = {
      task,
      ...(workers === undefined ? {} : { workers }),
      ...(patience === undefined ? {} : { patience }),
      ...(timeout === undefined ? {} : { timeout }),
    };
    const answers = await asked(`The workers of task queue "${taskQueue}"`, () =>
      client.workflow.execute('askWorkers', {
        workflowId: `workers/${taskQueue}/${kind}/${crypto.randomUUID()}`,
        taskQueue,
        args: [input],
      }),
    );
    return answers as WorkerAnswer<T>[];
  };
  return {
    preload(artifacts, { runtimeParams, refresh, copyMode, ...options } = {}) {
      const how = {
        ...(runtimeParams === undefined ? {} : { runtimeParams }),
        ...(refresh === undefined ? {} : { refresh }),
        ...(copyMode === undefined ? {} : { copyMode }),
      };
      return ask('preload', { preload: { artifacts: [...artifacts], ...how } }, options);
    },
    releaseCache: (artifacts, options = {}) =>
      ask('release', { release: artifacts === undefined ? {} : { artifacts: [...artifacts] } }, options),
    workers: (options = {}) => ask('warm', { warm: {} }, options),
  };
}

const WORKFLOW_TASKS = 1;

// A worker is listed a moment after it has started.
const LOOKS = 3;
const BETWEEN_LOOKS_MS = 500;

// Else the call would wait until a worker comes, and a worker that comes later is not one that was meant.
async function checkSomebodyPolls(client: Client, taskQueue: string): Promise<void> {
  const { namespace } = client.options;
  const about = { namespace, taskQueue: { name: taskQueue }, taskQueueType: WORKFLOW_TASKS };
  for (let look = 0; look < LOOKS; look++) {
    if (look > 0) await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS_MS));
    const { pollers } = await client.workflowService.describeTaskQueue(about);
    if ((pollers ?? []).length > 0) return;
  }
  throw new PipelineError(
    'WORKER_UNREACHABLE',
    `No worker takes runs from task queue "${taskQueue}" in namespace "${namespace}"; start one, or name another queue.`,
    { details: { taskQueue, namespace } },
  );
}
