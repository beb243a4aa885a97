/** One thing asked of several workers, each by itself: what to load into memory, what to forget, what is warm. */

import { ActivityFailure, ApplicationFailure, type Duration, TimeoutFailure } from '@temporalio/common';
import { isCancellation, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { KedroActivities, PreloadInput, WarmSession } from '../activities/index.ts';
import {
  ERROR_CODES,
  type ErrorCode,
  ownTaskQueueOf,
  type PreloadReport,
  type ReleaseReport,
  type WorkerAnswer,
} from '../src/core/index.ts';

/** What to ask of a worker. */
export type WorkerTask =
  | { preload: PreloadInput }
  /** All artifacts when none is named. */
  | { release: { artifacts?: string[] } }
  | { warm: Record<string, never> };

/** The argument of {@link askWorkers}. */
export interface AskWorkersInput {
  task: WorkerTask;
  /** Identities; `all` of the workflow's own task queue; `any`: the first that can be reached. Default: `all`. */
  workers?: 'all' | 'any' | readonly string[];
  /** How long a worker may take to begin before it counts as unreachable. Default: 10 seconds. */
  patience?: Duration;
  /** How long one attempt may take. Default: 30 minutes. */
  timeout?: Duration;
}

const AT_ONCE = 100;

/** Asks the workers of this workflow's task queue, at once, and returns what each answered; throws for none of them. */
export async function askWorkers(
  input: AskWorkersInput,
): Promise<WorkerAnswer<PreloadReport | ReleaseReport | WarmSession>[]> {
  const { workers = 'all' } = input;
  const { taskQueue } = workflowInfo();
  const given = typeof workers === 'string' ? undefined : [...new Set(workers)];
  const left = given ?? (await knownWorkers(taskQueue));
  if (left.length === 0) throw nobody(taskQueue);
  const answers: WorkerAnswer<PreloadReport | ReleaseReport | WarmSession>[] = [];
  const lane = async () => {
    for (let worker = left.shift(); worker !== undefined; worker = left.shift()) {
      const answer = await askOne(worker, taskQueue, input);
      answers.push(answer);
      if (workers === 'any' && answer.state !== 'unreachable') return;
    }
  };
  await Promise.all(Array.from({ length: workers === 'any' ? 1 : AT_ONCE }, lane));
  if (workers === 'any') return answers.slice(-1);
  return answers.sort((a, b) => (a.worker < b.worker ? -1 : 1));
}

async function knownWorkers(taskQueue: string): Promise<string[]> {
  const server = proxyActivities<KedroActivities>({
    startToCloseTimeout: '15 seconds',
    scheduleToCloseTimeout: '1 minute',
  });
  return await server['kedro.workers']({ taskQueue });
}

async function askOne(worker: string, taskQueue: string, input: AskWorkersInput) {
  const activities = proxyActivities<KedroActivities>({
    taskQueue: ownTaskQueueOf(taskQueue, worker),
    scheduleToStartTimeout: input.patience ?? '10 seconds',
    startToCloseTimeout: input.timeout ?? '30 minutes',
    heartbeatTimeout: '30 seconds',
    retry: { initialInterval: '1 second', maximumAttempts: 3 },
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  });
  const ask = (task: WorkerTask) => {
    if ('preload' in task) return activities['kedro.preload'](task.preload);
    if ('release' in task) return activities['kedro.release'](task.release);
    return activities['kedro.warm']();
  };
  try {
    return { worker, state: 'done' as const, answer: await ask(input.task) };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { worker, ...whatWentWrong(error, worker, taskQueue) };
  }
}

function whatWentWrong(error: unknown, worker: string, taskQueue: string) {
  const reason = error instanceof ActivityFailure ? error.cause : error;
  if (reason instanceof TimeoutFailure && reason.timeoutType === 'SCHEDULE_TO_START') {
    const message = `Worker "${worker}" of task queue "${taskQueue}" takes no tasks of its own: it has ended, or has not our plugin.`;
    return { state: 'unreachable' as const, error: { code: 'WORKER_UNREACHABLE' as const, message } };
  }
  const message = reason instanceof Error ? reason.message : String(reason);
  return { state: 'failed' as const, error: { code: codeOf(reason), message } };
}

function codeOf(reason: unknown): ErrorCode {
  if (reason instanceof TimeoutFailure) return 'RUN_TIMED_OUT';
  const type = reason instanceof ApplicationFailure ? (reason.type ?? '') : '';
  return Object.hasOwn(ERROR_CODES, type) ? (type as ErrorCode) : 'RUN_FAILED';
}

function nobody(taskQueue: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`No worker takes runs from task queue "${taskQueue}".`, 'WORKER_UNREACHABLE');
}
