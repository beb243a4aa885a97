/** A backfill as a person sees it: its progress, then its report. */
import type { BackfillHandle, BackfillReport } from '../../../backfill/index.ts';
import { EXIT } from '../../exit-codes.ts';
import { failureTable } from '../../failure-table.ts';
import { progressView } from '../../progress.ts';
import { duration, print, printJson, say } from '../../terminal.ts';

const LOOK_EVERY_MS = 200;
const AWAY_MS = 1_000;

/** Shows progress until the backfill has ended, or until the person turns away from it. */
export async function untilDone(handle: BackfillHandle, detached: AbortSignal): Promise<BackfillReport> {
  const view = progressView();
  const done = resultOf(handle, detached);
  done.catch(() => {});
  const isDone = done.then(
    () => true,
    () => true,
  );
  try {
    while (!detached.aborted && !(await Promise.race([isDone, pause(LOOK_EVERY_MS)]))) {
      // A query needs a worker; while there is none, the last picture stays.
      const progress = await handle.progress().catch(() => undefined);
      if (progress !== undefined) view.show(progress);
    }
    const report = await done;
    const last = await handle.progress().catch(() => undefined);
    if (last !== undefined) view.show(last);
    return report;
  } finally {
    view.end();
  }
}

/** The result, also of a server that is away for a while: the backfill goes on when it is back. */
async function resultOf(handle: BackfillHandle, detached: AbortSignal): Promise<BackfillReport> {
  let isAway = false;
  for (;;) {
    try {
      return await handle.result();
    } catch (error) {
      if (detached.aborted || !isServiceError(error)) throw error;
      if (!isAway) say('The server does not answer; the backfill goes on when it is back. Ctrl-C detaches.');
      isAway = true;
      await pause(AWAY_MS);
    }
  }
}

// By name: the class is in a package that is loaded only where it is needed.
function isServiceError(error: unknown): boolean {
  return error instanceof Error && error.name === 'ServiceError';
}

function pause(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), ms));
}

/** Prints the report, and sets the exit status. */
export function showReport(report: BackfillReport, { json }: { json?: boolean }): void {
  if (json) printJson(report);
  else print(text(report));
  if (report.failed + report.cancelled > 0) process.exitCode = EXIT.runFailed;
}

function text(report: BackfillReport): string {
  const { succeeded, failed, skipped, cancelled, durationMs, failures } = report;
  const more = [skipped === 0 ? '' : `, ${skipped} skipped`, cancelled === 0 ? '' : `, ${cancelled} cancelled`].join(
    '',
  );
  const last = `${succeeded} succeeded, ${failed} failed${more}, in ${duration(durationMs)}`;
  if (failures.length === 0) return last;
  return `${failureTable(failures, failed)}\n\n${last}`;
}
