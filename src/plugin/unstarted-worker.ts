import type { Worker } from '@temporalio/worker';

/**
 * Ends a Worker that is not to run: it lets go of its connection, which else cannot be closed. It is told to shut down
 * before it polls, so it takes no task that it could only fail.
 *
 * Temporal has no public call for a Worker that has not started, so the native one is asked; where an SDK has none by that
 * name, the Worker starts and stops at once.
 */
export async function endUnstarted(worker: Worker, run: () => Promise<void>): Promise<void> {
  const native: unknown = Reflect.get(worker, 'nativeWorker');
  if (isStoppable(native)) {
    native.initiateShutdown();
    await run();
    return;
  }
  const ended = run();
  if (worker.getState() === 'RUNNING') worker.shutdown();
  await ended;
}

function isStoppable(native: unknown): native is { initiateShutdown(): void } {
  return typeof (native as { initiateShutdown?: unknown } | undefined)?.initiateShutdown === 'function';
}
