import { describeEntry, parameterNames } from '../config/index.ts';
import {
  type Broken,
  type DatasetDescription,
  isPipelineError,
  messageOf,
  type PipelineDescription,
  type ProjectDescription,
} from '../core/index.ts';
import { describePipeline } from '../pipeline/index.ts';
import type { Project } from './project.ts';

/** What the project can run, and what is wrong with the rest. Imports every pipeline; reads no data. */
export async function describeProject(project: Project, sessionId: string): Promise<ProjectDescription> {
  const pipelines: Record<string, PipelineDescription | Broken> = {};
  for (const name of project.pipelines.names) {
    pipelines[name] = await project.pipelines.get(name).then(describePipeline, broken);
  }
  const datasets: Record<string, DatasetDescription | Broken> = {};
  for (const name of project.catalog.names) datasets[name] = describeDataset(project, name);
  return {
    sessionId,
    engine: 'native',
    project: project.path,
    env: project.env,
    pipelines,
    datasets,
    parameters: parameterNames(project.config),
    warm: project.warm.describe(),
  };
}

function describeDataset(project: Project, name: string): DatasetDescription | Broken {
  const { type = 'MemoryDataset', filepath, versioned, layer } = describeEntry(project.config, name);
  try {
    project.catalog.checkType(name);
    // A factory cannot be opened without a name, and an entry that waits for runtime params is not broken.
    if (!name.includes('{') && project.catalog.isStored(name)) project.catalog.open(name, {});
  } catch (error) {
    if (!(isPipelineError(error) && error.code === 'PARAM_MISSING')) return broken(error);
  }
  return {
    type,
    ...(filepath === undefined ? {} : { filepath }),
    ...(versioned === undefined ? {} : { versioned }),
    ...(layer === undefined ? {} : { layer }),
  };
}

function broken(error: unknown): Broken {
  return { error: { code: isPipelineError(error) ? error.code : 'PIPELINE_BROKEN', message: messageOf(error) } };
}
