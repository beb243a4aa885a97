/**
 * One run, from a prepared request to a report.
 */
import type { FillOptions } from '../config/index.ts';
import { type LiveRun, type NodeReport, PipelineError, type RunReport, type RunRequest } from '../core/index.ts';
import type { RunInfo } from '../hooks/index.ts';
import {
  type Cancellation,
  type RunContext,
  type RunPlan,
  type RunState,
  runConcurrently,
  runSequentially,
  withRunContext,
} from '../runner/index.ts';
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
  const { project, prepared, cancellation } = parts;
  const start = performance.now();
  const startedAt = Date.now();
  const info = runInfo(parts, prepared.names);
  const fill: FillOptions = {
    runtimeParams: info.runtimeParams,
    allowUnsafeParams: project.settings.allowUnsafeParams,
  };
  try {
    cancellation.throwIfCancelled();
    checkLoadVersions(prepared, parts.request);
    const storage = storageOf(parts, fill);
    storage.open(prepared.stored);
    await project.call('afterCatalogCreated', { run: info, catalogNames: project.catalog.names }, cancellation);
    const attempt = await cancellation.race(
      planAttempt(prepared, project.catalog, storage, parts.request, parts.live.resume),
    );
    const state = stateOf(parts, attempt.prepared, storage, info);
    const placing = placeParameters(attempt.prepared.plan, state.values, {
      fill: (only) => project.parameters(fill, only),
      runtimeParams: info.runtimeParams,
      schemas: project.schemas,
    });
    if (placing !== undefined) await cancellation.race(placing);
    await project.call('beforePipelineRun', { run: info, pipeline: prepared.plan.pipeline }, cancellation);
    announce(parts, attempt, startedAt);
    const nodes = await withRunContext(contextOf(parts), () => runPlan(parts, attempt.prepared.plan, state));
    const report: RunReport = {
      runId: parts.runId,
      pipelines: [...prepared.names],
      saveVersion: parts.saveVersion,
      startedAt: new Date(startedAt).toISOString(),
      durationMs: performance.now() - start,
      nodes: [...skippedReports(attempt), ...nodes],
      ...(await cancellation.race(
        collectOutputs(attempt.prepared, state.values, storage, parts.request, parts.live.results),
      )),
      saved: savedInOrder(project, prepared.plan, storage.saved).map(storage.refer),
    };
    await project.call('afterPipelineRun', { run: info, pipeline: prepared.plan.pipeline, report }, cancellation);
    return report;
  } catch (error) {
    await tellFailure(parts, error);
    throw error;
  }
}

/** What is known of a run that has failed, however early. */
export type FailedRun = Omit<RunParts, 'prepared' | 'live'> & { readonly prepared?: PreparedRun };

/** Tells hooks that a run has failed. One that goes on too long after a cancel is not waited for. */
export async function tellFailure(run: FailedRun, error: unknown): Promise<void> {
  const { hooks, cancelGraceMs } = run.project;
  if (!hooks.has('onPipelineError')) return;
  const { prepared, request } = run;
  const info = runInfo(run, prepared?.names ?? request.pipelines ?? []);
  const told = hooks.tell(error, 'onPipelineError', { run: info, pipeline: prepared?.plan.pipeline, error });
  await run.cancellation.outlast(told, cancelGraceMs);
}

function runPlan({ project, live }: RunParts, plan: RunPlan, state: RunState): Promise<NodeReport[]> {
  const { runner, maxConcurrency } = project.settings;
  if (runner === 'sequential') return runSequentially(plan, state, live.onEvent);
  return runConcurrently(plan, state, maxConcurrency, live.onEvent);
}

// Side by side, datasets are saved in an order that no other run of the same request has.
function savedInOrder({ settings }: Project, { steps }: RunPlan, saved: ReadonlySet<string>): string[] {
  if (settings.runner === 'sequential') return [...saved];
  const inPlan = steps.flatMap(({ node }) => node.outputs.names).filter((name) => saved.has(name));
  return [...new Set([...inPlan, ...saved])];
}

function runInfo(
  { project, request, runId, saveVersion }: Omit<FailedRun, 'prepared'>,
  pipelines: readonly string[],
): RunInfo {
  const { path, env } = project;
  return { runId, saveVersion, project: path, env, pipelines, runtimeParams: request.runtimeParams ?? {} };
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
