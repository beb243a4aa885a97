import {
  type Broken,
  type DatasetDescription,
  isPipelineError,
  type JsonObject,
  type ProjectDescription,
} from '../core/index.ts';
import type { Project } from './project.ts';

type Datasets = ProjectDescription['datasets'];

/** The datasets of a project as a run with these params finds them; those that factories make by their own names. */
export function filledDatasets(project: Project, said: ProjectDescription, runtimeParams: JsonObject): Datasets {
  const { catalog, settings } = project;
  const fill = { runtimeParams, allowUnsafeParams: settings.allowUnsafeParams };
  const used = Object.values(said.pipelines).flatMap((each) =>
    'error' in each ? [] : each.nodes.flatMap((node) => [...node.inputs, ...node.outputs]),
  );
  const names = new Set([...catalog.names.filter((name) => !name.includes('{')), ...used]);
  const datasets: Datasets = {};
  for (const name of names) {
    if (name === 'parameters' || name.startsWith('params:')) continue;
    const found = described(() => catalog.definition(name, fill));
    if (found !== undefined) datasets[name] = found;
  }
  return datasets;
}

function described(fill: () => JsonObject | undefined): DatasetDescription | Broken | undefined {
  try {
    const definition = fill();
    if (definition === undefined) return undefined;
    const { type, filepath, versioned } = definition;
    return {
      type: typeof type === 'string' ? type : '',
      ...(typeof filepath === 'string' ? { filepath } : {}),
      ...(versioned === true ? { versioned } : {}),
    };
  } catch (error) {
    if (!isPipelineError(error)) throw error;
    return { error: { code: error.code, message: error.message } };
  }
}
