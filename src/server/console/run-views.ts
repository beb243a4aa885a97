/** Runs as answers. */
import type { ListedRun, RunDetail } from '../../client/index.ts';
import type { ProjectDescription, RunRequest } from '../../core/index.ts';
import type { RunNodeView, RunSummaryView, RunView } from '../api.ts';

export function runSummaryView({ runId, job, state, startedAt, endedAt }: ListedRun): RunSummaryView {
  return {
    run_id: runId,
    ...(job === undefined ? {} : { job }),
    state,
    started_at: startedAt,
    ...(endedAt === undefined ? {} : { ended_at: endedAt }),
  };
}

/** A run; `project`, where it is known, names the nodes that have not started. */
export function runView(run: RunDetail, project: ProjectDescription | undefined, links: RunView['links']): RunView {
  const { interval, error } = run;
  const waiting = project === undefined ? [] : run.pending.flatMap((each) => waitingNodes(run, each, project));
  return {
    ...runSummaryView(run),
    ...(interval === undefined ? {} : { interval: { key: interval.key, start: interval.start, end: interval.end } }),
    mode: 'durable',
    ...(run.saveVersion === undefined ? {} : { save_version: run.saveVersion }),
    pipelines: run.pipelines,
    runtime_params: run.runtimeParams,
    attempts: run.attempts.map(({ part, attempt, state, startedAt, endedAt, worker, error: why }) => ({
      part,
      attempt,
      state,
      ...(startedAt === undefined ? {} : { started_at: startedAt }),
      ...(endedAt === undefined ? {} : { ended_at: endedAt }),
      ...(worker === undefined ? {} : { worker }),
      ...(why === undefined ? {} : { error: { code: why.code, message: why.message } }),
    })),
    nodes: [...run.nodes.map(nodeView), ...waiting],
    outputs: run.outputs,
    references: run.references,
    saved: run.saved,
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message, retryable: error.retryable } }),
    links,
  };
}

function nodeView({ name, part, state, startedAt, durationMs }: RunDetail['nodes'][number]): RunNodeView {
  return {
    name,
    part,
    state,
    ...(startedAt === undefined ? {} : { started_at: startedAt }),
    ...(durationMs === undefined ? {} : { duration_ms: durationMs }),
  };
}

const FILTERS = [
  'tags',
  'fromNodes',
  'toNodes',
  'nodeNames',
  'fromInputs',
  'toOutputs',
  'namespaces',
  'runtimeData',
  'onlyMissingOutputs',
] as const satisfies readonly (keyof RunRequest)[];

/** The nodes of a part of which nothing has been heard, where it is certain which ones it has. */
function waitingNodes(
  { nodes }: RunDetail,
  { part, request, total }: RunDetail['pending'][number],
  { pipelines }: ProjectDescription,
): RunNodeView[] {
  if (FILTERS.some((name) => request[name] !== undefined)) return [];
  const names = new Set<string>();
  for (const name of request.pipelines ?? ['__default__']) {
    const pipeline = pipelines[name];
    if (pipeline === undefined || 'error' in pipeline) return [];
    for (const node of pipeline.nodes) names.add(node.name);
  }
  if (total !== undefined && total !== names.size) return [];
  for (const node of nodes) if (node.part === part) names.delete(node.name);
  return [...names].map((name) => ({ name, part, state: 'waiting' }));
}
