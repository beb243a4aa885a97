/** Workers of a task queue, each by itself: what a session keeps in memory belongs to one of them. */
import type { ErrorCode } from './errors.ts';

/** The task queue that only the worker of that identity polls, beside `taskQueue`, which it shares. */
export function ownTaskQueueOf(taskQueue: string, identity: string): string {
  return `${taskQueue}/${identity}`;
}

/** What one worker answered. Plain JSON. */
export type WorkerAnswer<T> = {
  /** The worker's identity, as Temporal shows it. */
  worker: string;
} & (
  | { state: 'done'; answer: T }
  /** `unreachable`: it did not take the task in time; it has ended, or has none of our plugins. Code `WORKER_UNREACHABLE`. */
  | { state: 'failed' | 'unreachable'; error: { code: ErrorCode; message: string } }
);
