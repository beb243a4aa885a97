import { Context } from '@temporalio/activity';
import type { RunProgress } from '../src/core/index.ts';

/**
 * Sends `progress` as heartbeat details while `work` goes on: whenever `beat` is called, and at least twice within the
 * heartbeat timeout, because a cancel reaches an activity only with a heartbeat. The SDK drops beats that come too fast.
 */
export async function withHeartbeat<T>(progress: RunProgress, work: (beat: () => void) => Promise<T>): Promise<T> {
  const context = Context.current();
  const timeoutMs = context.info.heartbeatTimeoutMs;
  if (timeoutMs === undefined || timeoutMs <= 0) return await work(() => {});
  const beat = () => context.heartbeat(progress);
  beat();
  const timer = setInterval(beat, timeoutMs / 2);
  try {
    return await work(beat);
  } finally {
    clearInterval(timer);
  }
}

/** What the attempt before this one had done: given, even if empty, on each attempt but the first. */
export function progressBefore(): RunProgress | undefined {
  const { attempt, heartbeatDetails } = Context.current().info;
  if (attempt <= 1) return undefined;
  return isProgress(heartbeatDetails) ? heartbeatDetails : { total: 0, done: [], saved: [] };
}

function isProgress(details: unknown): details is RunProgress {
  const candidate = details as Partial<RunProgress> | undefined | null;
  return Array.isArray(candidate?.done) && Array.isArray(candidate.saved);
}
