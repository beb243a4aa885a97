/** A project as Kedro's server describes it. */
import type { NodeDescription, PipelineDescription, ProjectDescription } from '../../core/index.ts';
import { PipelineError } from '../../core/index.ts';
import type { Allowance } from '../access/allow.ts';
import { redacted } from '../redaction.ts';

export interface Snapshot {
  status: 'success';
  metadata: { project_name: string; package_name: string; kedro_version: string };
  pipelines: PipelineSnapshot[];
  datasets: Record<string, { name: string; type: string; filepath: string | null }>;
  /** Top-level names, sorted. */
  parameters: string[];
}

interface PipelineSnapshot {
  name: string;
  nodes: NodeSnapshot[];
  inputs: string[];
  outputs: string[];
}

interface NodeSnapshot {
  name: string;
  func_name: string;
  namespace: string | null;
  tags: string[];
  inputs: string[];
  outputs: string[];
  source: { filepath: string; line_start: number; line_end: number } | null;
}

/**
 * The snapshot of a project that was described with runtime params. Broken pipelines are left out, as Kedro does; throws
 * `PARAM_MISSING` where a dataset misses a param, as Kedro fails then.
 */
export function snapshotOf(project: ProjectDescription, allowance: Allowance): Snapshot {
  const { project_name, package_name, kedro_version } = metadataOf(project);
  const pipelines = Object.entries(project.pipelines).flatMap(([name, each]) =>
    'error' in each || !allowance.allowsPipeline(name) ? [] : [pipelineSnapshot(name, each, allowance)],
  );
  const parameters = new Set(project.parameters.map((name) => name.split('.', 1)[0] ?? ''));
  return {
    status: 'success',
    metadata: { project_name, package_name, kedro_version },
    pipelines,
    datasets: datasetsOf(project, allowance),
    parameters: [...parameters].filter(allowance.showsParam).sort(),
  };
}

/** What a project of this package says in place of Kedro's version. */
export const READ_AS_KEDRO = '1.x';

function metadataOf({ kedro, project }: ProjectDescription): Snapshot['metadata'] {
  const name = project.split(/[\\/]/).at(-1) ?? '';
  if (kedro === undefined) return { project_name: name, package_name: name, kedro_version: READ_AS_KEDRO };
  return { project_name: kedro.projectName, package_name: kedro.packageName, kedro_version: kedro.initVersion };
}

function pipelineSnapshot(
  name: string,
  { nodes, outputs }: PipelineDescription,
  { showsData }: Allowance,
): PipelineSnapshot {
  const bare = (dataset: string) => dataset.split('@', 1)[0] ?? '';
  const made = new Set(nodes.flatMap((node) => node.outputs.map(bare)));
  const used = new Set(nodes.flatMap((node) => node.inputs));
  return {
    name,
    nodes: nodes.map((node) => nodeSnapshot(node, showsData)),
    // Parameters count among the inputs there.
    inputs: [...used].filter((dataset) => !made.has(bare(dataset)) && showsData(dataset)).sort(),
    outputs: outputs.filter(showsData).sort(),
  };
}

function nodeSnapshot(
  { name, namespace, tags, inputs, outputs, function: made, source }: NodeDescription,
  shows: (name: string) => boolean,
): NodeSnapshot {
  return {
    name,
    func_name: made ?? '',
    namespace: namespace ?? null,
    tags: [...tags].sort(),
    inputs: inputs.filter(shows),
    outputs: outputs.filter(shows),
    source:
      source === undefined || made === LAMBDA
        ? null
        : { filepath: source.filepath, line_start: source.lineStart, line_end: source.lineEnd },
  };
}

const LAMBDA = '<lambda>';

function datasetsOf({ datasets }: ProjectDescription, { allowsDataset }: Allowance): Snapshot['datasets'] {
  const shown: Snapshot['datasets'] = {};
  for (const [name, each] of Object.entries(datasets)) {
    if (!allowsDataset(name)) continue;
    if ('error' in each) {
      if (each.error.code === 'PARAM_MISSING') throw new PipelineError('PARAM_MISSING', each.error.message);
      shown[name] = { name, type: '', filepath: null };
    } else
      shown[name] = { name, type: each.type, filepath: each.filepath === undefined ? null : redacted(each.filepath) };
  }
  return shown;
}
