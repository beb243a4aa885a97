/** The project and the memory of its sessions as answers. */
import path from 'node:path';
import type { WarmSession } from '../../client/index.ts';
import type { Broken, PipelineDescription, ProjectDescription, WarmArtifact, WorkerAnswer } from '../../core/index.ts';
import type { Allowance } from '../access/allow.ts';
import type { PipelineList, PipelineView, WarmArtifactView, WorkerView } from '../api.ts';
import { redactedError, redactedPlace } from '../redaction.ts';

/** Without what callers may not name. */
export function pipelineList(description: ProjectDescription, allowance: Allowance): PipelineList {
  const { project, engine, env, pipelines, datasets, warm } = description;
  const { allowsPipeline, allowsDataset } = allowance;
  return {
    project: path.basename(project),
    engine,
    env,
    pipelines: filtered(pipelines, allowsPipeline, (each) =>
      'error' in each ? brokenView(each) : pipelineView(each, allowance),
    ),
    datasets: filtered(datasets, allowsDataset, (each) => ('error' in each ? brokenView(each) : redactedPlace(each))),
    warm: warmViews(warm, allowance),
  };
}

function filtered<T, U>(
  all: Record<string, T>,
  allows: (name: string) => boolean,
  view: (each: T) => U,
): Record<string, U> {
  return Object.fromEntries(
    Object.entries(all)
      .filter(([name]) => allows(name))
      .map(([name, each]) => [name, view(each)]),
  );
}

function brokenView({ error }: Broken): Broken {
  return { error: redactedError(error) };
}

function pipelineView(
  { nodes, inputs, outputs, parameters }: PipelineDescription,
  { showsData, showsParam }: Allowance,
): PipelineView {
  return {
    nodes: nodes.map(({ name, function: fn, inputs: needs, outputs: makes, tags, namespace }) => ({
      name,
      ...(fn === undefined ? {} : { function: fn }),
      inputs: needs.filter(showsData),
      outputs: makes.filter(showsData),
      tags,
      ...(namespace === undefined ? {} : { namespace }),
    })),
    inputs: inputs.filter(showsData),
    outputs: outputs.filter(showsData),
    parameters: parameters.filter((name) => showsData(name) || showsParam(name)),
  };
}

export function workerView(answer: WorkerAnswer<WarmSession>, allowance: Allowance): WorkerView {
  const { worker, state } = answer;
  if (state !== 'done') return { worker, state, error: redactedError(answer.error) };
  const { engine, warm } = answer.answer;
  return { worker, state, engine, warm: warmViews(warm, allowance) };
}

function warmViews(warm: readonly WarmArtifact[], { allowsDataset }: Allowance): WarmArtifactView[] {
  return warm.filter(({ dataset }) => allowsDataset(dataset)).map(warmView);
}

function warmView({
  dataset,
  type,
  hits,
  refresh,
  shared,
  bytes,
  loadedAt,
  lastUsedAt,
}: WarmArtifact): WarmArtifactView {
  return {
    dataset,
    type,
    hits,
    refresh,
    shared,
    ...(bytes === undefined ? {} : { bytes }),
    loaded_at: loadedAt,
    ...(lastUsedAt === undefined ? {} : { last_used_at: lastUsedAt }),
  };
}
