import { Context } from '@temporalio/activity';
import { noProgress, type RunProgress } from '../src/core/index.ts';

// A cancel reaches an activity only with a heartbeat: a run that is quiet for long must not learn of it late.
const MOST_QUIET_MS = 5_000;

// A heartbeat is a write in the server's database. A run that is over sooner than this has nothing to tell.
const QUIET_START_MS = 500;

/**
 * Sends `progress` as heartbeat details while `work` goes on: after half a second, then whenever `beat` is called, at least
 * twice within the heartbeat timeout, and every five seconds; and once more when the work fails, for the next attempt to go
 * on from. The SDK holds back beats that come too fast; those of an attempt that fails all arrive.
 */
export async function withHeartbeat<T>(progress: RunProgress, work: (beat: () => void) => Promise<T>): Promise<T> {
  return await beating(progress, work);
}

/** {@link withHeartbeat} for details of any shape. */
export async function beating<T>(progress: unknown, work: (beat: () => void) => Promise<T>): Promise<T> {
  const context = Context.current();
  const timeoutMs = context.info.heartbeatTimeoutMs;
  if (timeoutMs === undefined || timeoutMs <= 0) return await work(() => {});
  const send = () => context.heartbeat(progress);
  let isQuiet = true;
  const start = setTimeout(
    () => {
      isQuiet = false;
      send();
    },
    Math.min(QUIET_START_MS, timeoutMs / 4),
  );
  const timer = setInterval(send, Math.min(timeoutMs / 2, MOST_QUIET_MS));
  try {
    return await work(() => {
      if (!isQuiet) send();
    });
  } catch (error) {
    send();
    throw error;
  } finally {
    clearTimeout(start);
    clearInterval(timer);
  }
}

/** What the attempt before this one had done: given, even if empty, on each attempt but the first. */
export function progressBefore(): RunProgress | undefined {
  const { attempt, heartbeatDetails } = Context.current().info;
  if (attempt <= 1) return undefined;
  return isProgress(heartbeatDetails) ? heartbeatDetails : noProgress();
}

function isProgress(details: unknown): details is RunProgress {
  const candidate = details as Partial<RunProgress> | undefined | null;
  return Array.isArray(candidate?.done) && Array.isArray(candidate.saved);
}
