/** What kedro-viz shows beside the picture when a node is clicked. */
import path from 'node:path';
import type { JsonObject, NodeDescription, ProjectDescription } from '../core/index.ts';
import { datasetFinder, shownType } from './datasets.ts';
import { type DataNode, type GraphNode, isTranscoded, type TaskNode } from './graph.ts';
import { parameterKey, parametersOfNode, parameterValue } from './values.ts';

/** What a description leaves out and a picture may show. */
export interface VizFacts {
  /** The parameters with their values. Default: none, and values are shown as null. */
  readonly parameters?: JsonObject;
  /** The text of a node's function. Default: none. */
  readonly codeOf?: (node: NodeDescription) => string | undefined;
}

/** The answer of `/api/nodes/<id>`. */
export function detailsOf(shown: GraphNode, project: ProjectDescription, facts: VizFacts): JsonObject {
  if (shown.type === 'task') return taskDetails(shown, project, facts);
  if (shown.type === 'data') return dataDetails(shown, project);
  const value = parameterValue(shown.name, facts.parameters ?? {});
  return { parameters: shown.name === 'parameters' ? value : { [parameterKey(shown.name)]: value } };
}

function taskDetails({ node }: TaskNode, project: ProjectDescription, facts: VizFacts): JsonObject {
  const { source } = node;
  return {
    code: facts.codeOf?.(node) ?? null,
    filepath: source === undefined ? null : path.posix.join(path.basename(project.project), source.filepath),
    parameters: parametersOfNode(node, facts.parameters ?? {}),
    run_command: `${command(project)} --to-nodes='${node.name}'`,
    inputs: node.inputs,
    outputs: node.outputs,
    preview: null,
  };
}

function dataDetails(shown: DataNode, project: ProjectDescription): JsonObject {
  const { name, writtenAs, readAs } = shown;
  const find = datasetFinder(project);
  const typeOf = (each: string) => {
    const found = find(each);
    return 'error' in found ? `${found.error.code}: ${found.error.message}` : shownType(found.type);
  };
  const [written] = writtenAs;
  const original = written ?? [...readAs][0] ?? name;
  const found = find(original);
  const common = {
    filepath: ('error' in found ? undefined : found.filepath) ?? null,
    run_command: written === undefined ? null : `${command(project)} --to-outputs=${written}`,
  };
  if (!isTranscoded(shown)) {
    return { type: typeOf(original), ...common, preview: null, preview_type: null, stats: null };
  }
  return { ...common, original_type: typeOf(original), transcoded_types: [...readAs].map(typeOf), stats: null };
}

function command({ engine }: ProjectDescription): string {
  return engine === 'kedro' ? 'kedro run' : 'kedro-temporal run';
}
