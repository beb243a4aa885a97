/** Thrown by {@link untilInterrupted}: the person pressed Ctrl-C, or the process was asked to end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

// The last one comes when a terminal is closed.
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Does `work`; on SIGINT, SIGTERM or SIGHUP calls `onInterrupt` (to detach, to stop what was started), waits for the work to end,
 * and throws {@link Interrupted}. A second signal ends the process at once.
 */
export async function untilInterrupted<T>(work: () => Promise<T>, onInterrupt: () => void): Promise<T> {
  let isInterrupted = false;
  const onSignal = () => {
    if (isInterrupted) process.exit(130);
    isInterrupted = true;
    onInterrupt();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    const value = await work();
    if (isInterrupted) throw new Interrupted();
    return value;
  } catch (error) {
    throw isInterrupted ? new Interrupted() : error;
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

/** Settles when `signal` aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Something that goes on until it ends by itself or is stopped. */
interface Lasting {
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Starts something and keeps it going until it ends or the person stops it, which is its normal end. */
export async function untilStopped(start: (stopped: AbortSignal) => Promise<Lasting>): Promise<void> {
  const stop = new AbortController();
  const work = async () => {
    const lasting = await start(stop.signal);
    await Promise.race([lasting.ended, aborted(stop.signal)]);
    await lasting.stop();
  };
  // Waiting for a signal alone does not keep Node alive.
  const alive = setInterval(() => {}, 60_000);
  try {
    await untilInterrupted(work, () => stop.abort());
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  } finally {
    clearInterval(alive);
  }
}
