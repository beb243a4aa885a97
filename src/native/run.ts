/**
 * One run, from a prepared request to a report.
 */
import type { FillOptions } from '../config/index.ts';
import { type LiveRun, type NodeReport, PipelineError, type RunReport, type RunRequest } from '../core/index.ts';
import type { RunInfo } from '../hooks/index.ts';
import { type Cancellation, type RunContext, type RunState, runSequentially, withRunContext } from '../runner/index.ts';
import { type Attempt, planAttempt } from './attempt.ts';
import { collectOutputs } from './outputs.ts';
import { placeParameters } from './parameters.ts';
import { checkLoadVersions, type PreparedRun } from './plans.ts';
import type { Project } from './project.ts';
import { type NativeStorage, runStorage } from './storage.ts';

/** Everything one run is made of. */
export interface RunParts {
  readonly project: Project;
  readonly prepared: PreparedRun;
  readonly request: RunRequest;
  readonly live: LiveRun;
  readonly runId: string;
  readonly saveVersion: string;
  readonly cancellation: Cancellation;
}

/** Runs once. Throws a `PipelineError`. */
export async function runOnce(parts: RunParts): Promise<RunReport> {
  const { project, prepared } = parts;
  checkLoadVersions(prepared, parts.request);
  const start = performance.now();
  const startedAt = Date.now();
  const info = runInfo(parts);
  const fill: FillOptions = {
    runtimeParams: info.runtimeParams,
    allowUnsafeParams: project.settings.allowUnsafeParams,
  };
  try {
    const storage = storageOf(parts, fill);
    storage.open(prepared.stored);
    await project.call('afterCatalogCreated', { run: info, catalogNames: project.catalog.names });
    const attempt = await planAttempt(prepared, project.catalog, storage, parts.request, parts.live.resume);
    const state = stateOf(parts, attempt.prepared, storage, info);
    placeParameters(attempt.prepared.plan, state.values, () => project.parameters(fill));
    await project.call('beforePipelineRun', { run: info, pipeline: prepared.plan.pipeline });
    announce(parts, attempt, startedAt);
    const nodes = await withRunContext(contextOf(parts), () =>
      runSequentially(attempt.prepared.plan, state, parts.live.onEvent),
    );
    const report: RunReport = {
      runId: parts.runId,
      pipelines: [...prepared.names],
      saveVersion: parts.saveVersion,
      startedAt: new Date(startedAt).toISOString(),
      durationMs: performance.now() - start,
      nodes: [...skippedReports(attempt), ...nodes],
      ...(await collectOutputs(attempt.prepared, state.values, storage, parts.request, parts.live.results)),
      saved: [...storage.saved].map(storage.refer),
    };
    await project.call('afterPipelineRun', { run: info, pipeline: prepared.plan.pipeline, report });
    return report;
  } catch (error) {
    await project.hooks.tell(error, 'onPipelineError', { run: info, pipeline: prepared.plan.pipeline, error });
    throw error;
  }
}

function runInfo({ project, prepared, request, runId, saveVersion }: RunParts): RunInfo {
  const { path, env } = project;
  return {
    runId,
    saveVersion,
    project: path,
    env,
    pipelines: prepared.names,
    runtimeParams: request.runtimeParams ?? {},
  };
}

function contextOf({ runId, saveVersion, cancellation }: RunParts): RunContext {
  return {
    runId,
    saveVersion,
    get signal() {
      return cancellation.signal;
    },
  };
}

function storageOf({ project, request, live, saveVersion, cancellation }: RunParts, fill: FillOptions): NativeStorage {
  return runStorage({
    catalog: project.catalog,
    warm: project.warm,
    cancellation,
    fill,
    saveVersion,
    loadVersions: request.loadVersions ?? {},
    savedBefore: live.resume?.saved,
  });
}

function stateOf(parts: RunParts, prepared: PreparedRun, storage: NativeStorage, info: RunInfo): RunState {
  const { plan, given } = prepared;
  const values = new Array<unknown>(plan.slots.length);
  for (const name of given) {
    const slot = plan.slotOf.get(name);
    if (slot !== undefined) values[slot.index] = injectedValue(name, parts.request, parts.live);
  }
  const { onEvent } = parts.live;
  const state = { info, values, given, storage, hooks: parts.project.hooks, cancellation: parts.cancellation };
  if (onEvent === undefined) return state;
  return {
    ...state,
    onLoaded: (dataset, durationMs) => onEvent({ type: 'dataset-loaded', at: Date.now(), dataset, durationMs }),
    onSaved: (dataset, durationMs) => onEvent({ type: 'dataset-saved', at: Date.now(), dataset, durationMs }),
  };
}

function injectedValue(name: string, request: RunRequest, live: LiveRun): unknown {
  const isLive = live.data !== undefined && Object.hasOwn(live.data, name);
  const isJson = request.runtimeData !== undefined && Object.hasOwn(request.runtimeData, name);
  if (isLive && isJson) {
    throw new PipelineError('REQUEST_INVALID', `"${name}" is given twice, in runtimeData and in live.data.`, {
      details: { dataset: name },
    });
  }
  return isLive ? live.data?.[name] : request.runtimeData?.[name];
}

function announce({ runId, saveVersion, live }: RunParts, { prepared, skipped }: Attempt, at: number): void {
  const { onEvent } = live;
  if (onEvent === undefined) return;
  const nodes = [...skipped, ...prepared.plan.steps.map((step) => step.node)].map((node) => node.name);
  onEvent({ type: 'run-started', at, runId, saveVersion, nodes });
  for (const node of skipped) onEvent({ type: 'node-skipped', at, node: node.name });
}

function skippedReports({ skipped }: Attempt): NodeReport[] {
  return skipped.map((node) => ({ name: node.name, status: 'skipped', durationMs: 0 }));
}
