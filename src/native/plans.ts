/**
 * Plans of a session: pipelines summed, sliced, freed of what injected data makes needless, and prepared for the runner.
 * Plans depend on names only, so runs that differ in params and values share one.
 */
import { PipelineError, type RunRequest, suggestion } from '../core/index.ts';
import { datasetsOf, isParameter, type Pipeline, pipelineOf, slice, withoutInjected } from '../pipeline/index.ts';
import { planRun, type RunPlan } from '../runner/index.ts';
import type { ProjectCatalog } from './catalog.ts';
import { DEFAULT_PIPELINE, type PipelineRegistry } from './pipelines.ts';
import { checkTranscoding } from './transcoding.ts';

// Every distinct combination of filters is a plan; a caller that invents node names for ever must not fill the memory.
const MOST_PLANS = 500;

/** A plan and what it was made from. */
export interface PreparedRun {
  readonly plan: RunPlan;
  /** Pipelines that run together. */
  readonly names: readonly string[];
  /** Datasets to return. */
  readonly outputs: readonly string[];
  /** Datasets that are injected. */
  readonly given: ReadonlySet<string>;
  /** Datasets of the plan that the catalog opens: stored ones, and those in memory whose entry says how. */
  readonly stored: readonly string[];
}

export interface Plans {
  /** At once where the plan is known. Throws by the codes of pipelines, slices, `DATASET_NOT_IN_PIPELINE`, `DATASET_NOT_FOUND`. */
  prepare(request: RunRequest, given: readonly string[]): PreparedRun | Promise<PreparedRun>;
}

/** Makes the plans of a session. */
export function createPlans(registry: PipelineRegistry, catalog: ProjectCatalog): Plans {
  const plans = new Map<string, PreparedRun>();
  const make = async (key: string, request: RunRequest, given: readonly string[]): Promise<PreparedRun> => {
    const prepared = await prepareRun(registry, catalog, request, given);
    if (plans.size >= MOST_PLANS) plans.delete(plans.keys().next().value as string);
    plans.set(key, prepared);
    return prepared;
  };
  return {
    prepare(request, given) {
      const key = keyOf(request, given);
      return plans.get(key) ?? make(key, request, given);
    },
  };
}

function keyOf(request: RunRequest, given: readonly string[]): string {
  const { pipelines, tags, fromNodes, toNodes, nodeNames, fromInputs, toOutputs, namespaces, outputs } = request;
  return JSON.stringify([
    pipelines,
    tags,
    fromNodes,
    toNodes,
    nodeNames,
    fromInputs,
    toOutputs,
    namespaces,
    outputs,
    given,
  ]);
}

async function prepareRun(
  registry: PipelineRegistry,
  catalog: ProjectCatalog,
  request: RunRequest,
  given: readonly string[],
): Promise<PreparedRun> {
  const names = request.pipelines?.length ? request.pipelines : [DEFAULT_PIPELINE];
  const sliced = slice(sumOf(await Promise.all(names.map((name) => registry.get(name)))), request);
  const injected = new Set(given);
  checkUsed(sliced, given, 'runtimeData names');
  checkUsed(sliced, request.outputs ?? [], 'outputs names');
  const nodes = withoutInjected(sliced, injected, request.outputs);
  const outputs = request.outputs ?? sliced.outputs.filter((name) => !injected.has(name));
  const plan = planRun(sliced, nodes, catalog.isStored, new Set(outputs), injected, catalog.isDeclared);
  checkTranscoding(plan, injected);
  checkInputs(plan, injected, catalog);
  const stored = plan.slots.filter((slot) => slot.kind === 'stored' || slot.isDeclared).map((slot) => slot.name);
  return Object.freeze({ plan, names, outputs, given: injected, stored });
}

function sumOf(pipelines: readonly Pipeline[]): Pipeline {
  const [only, ...more] = pipelines;
  if (only !== undefined && more.length === 0) return only;
  return pipelineOf(pipelines.flatMap((each) => each.nodes));
}

/** Throws `DATASET_NOT_IN_PIPELINE` for a version of a dataset that the run neither reads nor writes. */
export function checkLoadVersions({ plan, stored }: PreparedRun, { loadVersions }: RunRequest): void {
  if (loadVersions === undefined) return;
  const unknown = Object.keys(loadVersions).find((name) => !plan.slotOf.has(name));
  if (unknown !== undefined) throw notUsed('loadVersions names', unknown, stored);
}

function checkUsed(of: Pipeline, names: readonly string[], who: string): void {
  const known = [...datasetsOf(of), ...of.inputs.filter(isParameter)];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw notUsed(who, unknown, known);
}

function notUsed(who: string, name: string, known: readonly string[]): PipelineError {
  return new PipelineError(
    'DATASET_NOT_IN_PIPELINE',
    `${who} "${name}", which the pipeline does not use.${suggestion(name, known)}`,
    { details: { dataset: name } },
  );
}

// Refused before the first node runs: a free input that is neither stored nor given.
function checkInputs(plan: RunPlan, given: ReadonlySet<string>, catalog: ProjectCatalog): void {
  const made = new Set(plan.steps.flatMap((step) => step.outputs.map((slot) => slot.name)));
  for (const step of plan.steps) {
    const missing = step.inputs.find((slot) => slot.kind === 'memory' && !given.has(slot.name) && !made.has(slot.name));
    if (missing === undefined) continue;
    throw new PipelineError(
      'DATASET_NOT_FOUND',
      `Node "${step.node.name}" needs "${missing.name}", which no node of this run makes and the catalog does not store; add it to the catalog or give it in runtimeData.${suggestion(missing.name, catalog.names)}`,
      { details: { dataset: missing.name, node: step.node.name } },
    );
  }
}
