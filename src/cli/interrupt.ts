/** Thrown by {@link untilInterrupted}: the person pressed Ctrl-C, or the process was asked to end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * Does `work`; on SIGINT or SIGTERM calls `onInterrupt` (to detach, to stop what was started), waits for the work to end,
 * and throws {@link Interrupted}. A second signal ends the process at once.
 */
export async function untilInterrupted<T>(work: () => Promise<T>, onInterrupt: () => void): Promise<T> {
  let isInterrupted = false;
  const onSignal = () => {
    if (isInterrupted) process.exit(130);
    isInterrupted = true;
    onInterrupt();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    const value = await work();
    if (isInterrupted) throw new Interrupted();
    return value;
  } catch (error) {
    throw isInterrupted ? new Interrupted() : error;
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** Settles when `signal` aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
