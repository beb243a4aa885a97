/** A backfill's report, as a person sees it. */
import type { BackfillReport } from '../../../backfill/index.ts';
import { EXIT } from '../../exit-codes.ts';
import { failureTable } from '../../failure-table.ts';
import { duration, print, printJson } from '../../terminal.ts';

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
