/** Where the nodes of a run stand, part by part. */
import type { RunPart } from './run-attempts.ts';

/** One node. Instants are ISO 8601, UTC. */
export interface RunNode {
  name: string;
  /** Of a job with several parts. */
  part: string;
  state: 'running' | 'done' | 'skipped' | 'failed';
  startedAt?: string;
  durationMs?: number;
}

/** The nodes of which something is known; a part that has not sent a heartbeat has none. */
export function nodesOf(part: RunPart): RunNode[] {
  const { report } = part;
  if (report === undefined) return unfinished(part);
  return (report.nodes ?? []).map(({ name, status, at, durationMs }) => ({
    name,
    part: part.part,
    state: status,
    ...(at === undefined ? {} : { startedAt: new Date(at).toISOString() }),
    ...(status === 'skipped' ? {} : { durationMs }),
  }));
}

function unfinished({ part, progress, failure, attempts }: RunPart): RunNode[] {
  const isRunning = attempts.at(-1)?.state === 'running';
  const done = progress?.done ?? [];
  const running = isRunning ? [...(progress?.alongside ?? []), ...(progress?.running ? [progress.running] : [])] : [];
  const failed = !isRunning && failure?.node !== undefined && !done.includes(failure.node) ? [failure.node] : [];
  const all = [
    ...done.map((name) => ({ name, state: 'done' as const })),
    ...running.map((name) => ({ name, state: 'running' as const })),
    ...failed.map((name) => ({ name, state: 'failed' as const })),
  ];
  return all.map((node) => ({ ...node, part }));
}
