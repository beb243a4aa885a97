/** Answers about runs: those of `POST /run`, as Kedro's server gives them and with ours beside, and what a run looks like later. */
import type { ErrorCode, PipelineError, RunReport } from '../../core/index.ts';
import type { RunNodeView, RunView } from '../api.ts';
import { logsLinks } from '../console/links.ts';
import type { RunMode } from '../options.ts';
import { redacted } from '../redaction.ts';
import type { RunDone, RunError, RunEventView, RunFailed } from '../run-api.ts';
import { type DirectRun, endOf, type HeardEvent, type Outcome } from './direct-run.ts';
import type { RunCall } from './run-call.ts';

/** How a run that succeeded is answered. */
export function doneAnswer(report: RunReport, words: RunCall['words'], mode: RunMode): RunDone {
  const { runId, durationMs } = report;
  const answer: RunDone = { status: 'success', run_id: runId, duration_ms: hundredths(durationMs) };
  if (words === 'kedro') return answer;
  answer.mode = mode;
  answer.save_version = report.saveVersion;
  answer.outputs = report.outputs;
  answer.references = report.references;
  answer.saved = report.saved;
  return answer;
}

/** How a run that failed is answered, its status being 200 as in Kedro. */
export function failedAnswer(error: PipelineError, runId: string, durationMs: number): RunFailed {
  return { status: 'failure', run_id: runId, duration_ms: hundredths(durationMs), error: errorOf(error) };
}

function errorOf(error: PipelineError): RunError {
  const { code, message, retryable } = error;
  return { type: exceptionOf(error), message: redacted(message), code, retryable };
}

// What this package refuses before Kedro gets to see it: the exceptions that Kedro would have raised.
const KEDRO_TYPES: Partial<Record<ErrorCode, string>> = {
  PIPELINE_NOT_FOUND: 'ValueError',
  PIPELINE_BROKEN: 'ValueError',
  PIPELINE_EMPTY: 'ValueError',
  NODE_NOT_FOUND: 'ValueError',
  TAG_NOT_FOUND: 'ValueError',
  NAMESPACE_NOT_FOUND: 'ValueError',
  DATASET_NOT_IN_PIPELINE: 'ValueError',
  PARAMETER_NOT_FOUND: 'ValueError',
  NODE_OUTPUT_INVALID: 'ValueError',
  REQUEST_INVALID: 'ValueError',
  DATASET_NOT_FOUND: 'ValueError',
  PARAM_MISSING: 'InterpolationResolutionError',
  PARAM_NOT_ALLOWED: 'ValueError',
  CONFIG_UNRESOLVED: 'InterpolationResolutionError',
  CREDENTIALS_NOT_FOUND: 'KeyError',
  DATASET_TYPE_UNKNOWN: 'DatasetError',
  DATASET_INVALID: 'DatasetError',
  DATASET_NOT_SAVED_YET: 'DatasetError',
  DATASET_LOAD_FAILED: 'DatasetError',
  DATASET_SAVE_FAILED: 'DatasetError',
  DATASET_VALUE_INVALID: 'DatasetError',
  DATASET_LIBRARY_MISSING: 'DatasetError',
  VERSION_EXISTS: 'DatasetError',
};

/** The exception that Kedro's server would name. */
export function exceptionOf({ code, details, cause }: PipelineError): string {
  if (typeof details.exception === 'string') return details.exception;
  const known = KEDRO_TYPES[code];
  if (known !== undefined) return known;
  return cause instanceof Error ? cause.name : 'PipelineError';
}

/** A direct run as `GET /runs/{run_id}` shows it; `logsUrl` is the template of the link to its logs. */
export function viewOf(run: DirectRun, logsUrl: string | undefined): RunView {
  const { outcome, request, runId } = run;
  const report = outcome !== undefined && 'report' in outcome ? outcome.report : undefined;
  const end = outcome === undefined ? undefined : endOf(outcome, run.endedAt);
  const startedAt = new Date(run.startedAt).toISOString();
  const endedAt = run.endedAt === 0 ? {} : { ended_at: new Date(run.endedAt).toISOString() };
  const pipelines = request.pipelines ?? ['__default__'];
  return {
    run_id: runId,
    mode: 'direct',
    state: end?.state ?? 'running',
    ...saveVersionOf(run, report),
    started_at: startedAt,
    ...endedAt,
    pipelines,
    runtime_params: request.runtimeParams ?? {},
    attempts: [{ ...attemptOf(run, outcome), part: pipelines.join(', '), started_at: startedAt, ...endedAt }],
    nodes: report === undefined ? nodesOf(run.events) : reportedNodes(report),
    outputs: report?.outputs ?? {},
    references: report?.references ?? {},
    saved: report?.saved ?? [],
    ...(end?.error === undefined ? {} : { error: end.error }),
    links: logsLinks(logsUrl, { run_id: runId, started_at: startedAt, ...endedAt }),
  };
}

function attemptOf(run: DirectRun, outcome: Outcome | undefined): Omit<RunView['attempts'][number], 'part'> {
  if (outcome === undefined) return { attempt: 1, state: run.isWaiting ? 'waiting' : 'running' };
  const { state, error } = endOf(outcome, run.endedAt);
  return { attempt: 1, state, ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }) };
}

function saveVersionOf({ events }: DirectRun, report: RunReport | undefined): { save_version?: string } {
  const started = events.find((event) => event.type === 'run-started');
  const version = report?.saveVersion ?? started?.saveVersion;
  return version === undefined ? {} : { save_version: version };
}

function reportedNodes({ nodes }: RunReport): RunNodeView[] {
  return nodes.map(({ name, status, at, durationMs }) => ({
    name,
    state: status,
    ...(at === undefined ? {} : { started_at: new Date(at).toISOString() }),
    duration_ms: durationMs,
  }));
}

function nodesOf(events: readonly HeardEvent[]): RunNodeView[] {
  const nodes = new Map<string, RunNodeView>();
  for (const event of events) note(nodes, event);
  return [...nodes.values()];
}

function note(nodes: Map<string, RunNodeView>, event: HeardEvent): void {
  switch (event.type) {
    case 'run-started':
      for (const name of event.nodes) nodes.set(name, { name, state: 'waiting' });
      return;
    case 'node-skipped':
      nodes.set(event.node, { name: event.node, state: 'skipped' });
      return;
    case 'node-started':
      nodes.set(event.node, { name: event.node, state: 'running', started_at: new Date(event.at).toISOString() });
      return;
    case 'node-finished':
      nodes.set(event.node, {
        ...nodes.get(event.node),
        name: event.node,
        state: 'done',
        duration_ms: event.durationMs,
      });
      return;
    case 'run-ended':
      for (const node of nodes.values()) {
        if (node.state === 'running') node.state = event.state === 'failed' ? 'failed' : 'waiting';
      }
  }
}

/** An event of a direct run as it is sent. */
export function eventView(event: HeardEvent): RunEventView {
  const view: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(event)) view[SNAKE[key] ?? key] = value;
  return view as unknown as RunEventView;
}

const SNAKE: Readonly<Record<string, string>> = {
  runId: 'run_id',
  saveVersion: 'save_version',
  durationMs: 'duration_ms',
};

function hundredths(ms: number): number {
  return Math.round(ms * 100) / 100;
}
