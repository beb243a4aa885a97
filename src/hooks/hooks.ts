/**
 * What may be observed and changed around a run. Names and order are Kedro's, in camelCase:
 * `afterContextCreated` once, when a session opens; per run `afterCatalogCreated`, `beforePipelineRun`; per node and input
 * `beforeDatasetLoaded`, `afterDatasetLoaded`; `beforeNodeRun`, `afterNodeRun`; per output `beforeDatasetSaved`,
 * `afterDatasetSaved` (parameters and values in memory are inputs and outputs as any other); `afterPipelineRun`. A failing node adds `onNodeError`; whatever ends a run badly adds
 * `onPipelineError`, once, errors of the request and of configuration included. A cancel ends the wait for a hook.
 */
import type { JsonObject, RunReport } from '../core/index.ts';
import type { Node, Pipeline } from '../pipeline/index.ts';

type Answer<T = void> = T | Promise<T>;

/** The run that a hook is called for. */
export interface RunInfo {
  readonly runId: string;
  readonly saveVersion: string;
  readonly project: string;
  readonly env: string;
  readonly pipelines: readonly string[];
  readonly runtimeParams: JsonObject;
}

/** What each hook is given. */
export interface HookArguments {
  afterContextCreated: { project: string; env: string };
  afterCatalogCreated: { run: RunInfo; catalogNames: readonly string[] };
  beforePipelineRun: { run: RunInfo; pipeline: Pipeline };
  afterPipelineRun: { run: RunInfo; pipeline: Pipeline; report: RunReport };
  /**
   * Once for each run that fails. `pipeline` is undefined where the failure is one of the request or of configuration, and
   * was found before there was a pipeline to run: Kedro calls no hook then.
   */
  onPipelineError: { run: RunInfo; pipeline: Pipeline | undefined; error: unknown };
  /** May return values that replace inputs of this node, by dataset name. */
  beforeNodeRun: { run: RunInfo; node: Node; inputs: Record<string, unknown> };
  afterNodeRun: { run: RunInfo; node: Node; inputs: Record<string, unknown>; outputs: Record<string, unknown> };
  onNodeError: { run: RunInfo; node: Node; inputs: Record<string, unknown>; error: unknown };
  beforeDatasetLoaded: { run: RunInfo; node: Node; dataset: string };
  afterDatasetLoaded: { run: RunInfo; node: Node; dataset: string; value: unknown };
  beforeDatasetSaved: { run: RunInfo; node: Node; dataset: string; value: unknown };
  afterDatasetSaved: { run: RunInfo; node: Node; dataset: string; value: unknown };
}

export type HookName = keyof HookArguments;

/** Every hook there is, in the order of a run. */
export const HOOK_NAMES = Object.keys({
  afterContextCreated: true,
  afterCatalogCreated: true,
  beforePipelineRun: true,
  beforeDatasetLoaded: true,
  afterDatasetLoaded: true,
  beforeNodeRun: true,
  afterNodeRun: true,
  onNodeError: true,
  beforeDatasetSaved: true,
  afterDatasetSaved: true,
  afterPipelineRun: true,
  onPipelineError: true,
} satisfies Record<HookName, true>) as readonly HookName[];

interface HookAnswers {
  // biome-ignore lint/suspicious/noConfusingVoidType: a hook that only observes returns nothing.
  beforeNodeRun: void | Record<string, unknown>;
}

/** A set of hooks; every one is optional, may be async, and is awaited in the order in which the sets were registered. */
export type Hooks = { name?: string } & {
  [K in HookName]?: (args: HookArguments[K]) => Answer<K extends keyof HookAnswers ? HookAnswers[K] : void>;
};
