/** Links out of the answers: to Temporal's own page, and to where the logs of a run are. */
import type { TemporalAccess } from '../options.ts';

/** The page of a workflow; none where nobody says where that page is. */
export function temporalLinks({ client, uiUrl }: TemporalAccess, workflowId: string): { temporal?: string } {
  if (uiUrl === undefined) return {};
  const base = uiUrl.replace(/\/+$/, '');
  const namespace = encodeURIComponent(client.options.namespace);
  return { temporal: `${base}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}` };
}

const HOUR_MS = 3_600_000;

/** The logs of a run. One that has not ended yet is given until the end of the hour: links should not change each second. */
export function logsLinks(
  template: string | undefined,
  run: { run_id: string; started_at: string; ended_at?: string },
): { logs?: string } {
  if (template === undefined) return {};
  const end = run.ended_at ?? new Date((Math.floor(Date.now() / HOUR_MS) + 1) * HOUR_MS).toISOString();
  const values: Record<string, string> = { run_id: run.run_id, start: run.started_at, end };
  const filled = template.replaceAll(/\{(run_id|start|end)\}/g, (_, name: string) =>
    encodeURIComponent(values[name] ?? ''),
  );
  return { logs: filled };
}
