/** The project and the memory of its sessions as answers. */
import path from 'node:path';
import type { WarmSession } from '../../client/index.ts';
import type { PipelineDescription, ProjectDescription, WarmArtifact, WorkerAnswer } from '../../core/index.ts';
import { allowanceOf } from '../access/allow.ts';
import type { PipelineList, PipelineView, WarmArtifactView, WorkerView } from '../api.ts';
import type { AllowOptions } from '../options.ts';

export function pipelineList(description: ProjectDescription, allow: AllowOptions): PipelineList {
  const { project, engine, env, pipelines, datasets, warm } = description;
  const { allowsPipeline, allowsDataset } = allowanceOf(allow);
  return {
    project: path.basename(project),
    engine,
    env,
    pipelines: filtered(pipelines, allowsPipeline, (each) => ('error' in each ? each : pipelineView(each))),
    datasets: filtered(datasets, allowsDataset, (each) => each),
    warm: warm.map(warmView),
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

function pipelineView({ nodes, inputs, outputs, parameters }: PipelineDescription): PipelineView {
  return {
    nodes: nodes.map(({ name, function: fn, inputs: needs, outputs: makes, tags, namespace }) => ({
      name,
      ...(fn === undefined ? {} : { function: fn }),
      inputs: needs,
      outputs: makes,
      tags,
      ...(namespace === undefined ? {} : { namespace }),
    })),
    inputs,
    outputs,
    parameters,
  };
}

export function workerView(answer: WorkerAnswer<WarmSession>): WorkerView {
  const { worker, state } = answer;
  if (state !== 'done') return { worker, state, error: answer.error };
  const { engine, warm } = answer.answer;
  return { worker, state, engine, warm: warm.map(warmView) };
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
