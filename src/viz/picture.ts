/** The picture of a pipeline: what is in it, what leads where, and what can be folded up. */
import type { JsonObject, PipelineDescription, ProjectDescription } from '../core/index.ts';
import { datasetFinder, shownType } from './datasets.ts';
import type { VizFacts } from './details.ts';
import { edgesOf, type GraphNode, isTranscoded } from './graph.ts';
import { sortLayers } from './layers.ts';
import {
  type ModularPipeline,
  type ModularPipelines,
  modularPipelinesOf,
  ROOT,
  withModularEdges,
} from './modular-pipelines.ts';
import { parametersOfNode } from './values.ts';

/** What a picture is taken of. */
export interface Project {
  readonly project: ProjectDescription;
  readonly facts: VizFacts;
  readonly graph: ReadonlyMap<string, GraphNode>;
  readonly names: readonly string[];
}

/** The answer of `/api/pipelines/<name>`; that of the first is `/api/main`. */
export function pictureOf(
  name: string,
  pipeline: PipelineDescription,
  { project, facts, graph, names }: Project,
): JsonObject {
  const modular = modularPipelinesOf(pipeline);
  const edges = edgesOf(pipeline);
  const looks = looksOf(project, facts, modular);
  const here = [...graph.values()].filter(({ pipelines }) => pipelines.has(name));
  const folded = [...modular.tree.values()].filter(({ id }) => id !== ROOT);
  const layerOf = (id: string) => looks.layerOf(graph.get(id));
  const tags = new Set([...graph.values()].flatMap((each) => [...each.tags]));
  return {
    nodes: [...here.map(looks.nodeOf), ...folded.map((each) => foldedNode(each, name))],
    edges: withModularEdges(edges, modular).map(({ source, target }) => ({ source, target })),
    layers: sortLayers(edges, layerOf),
    tags: [...tags].sort().map(named),
    pipelines: names.map(named),
    modular_pipelines: Object.fromEntries([...modular.tree].map(([id, each]) => [id, branch(each)])),
    selected_pipeline: name,
  };
}

/** How nodes look in one pipeline. */
function looksOf(project: ProjectDescription, { parameters = {} }: VizFacts, { places }: ModularPipelines) {
  const find = datasetFinder(project);
  const entriesOf = (shown: GraphNode | undefined) => {
    const names = shown?.type === 'data' ? new Set([...shown.writtenAs, ...shown.readAs]) : [];
    return [...names].map(find).flatMap((found) => ('error' in found ? [] : [found]));
  };
  const layerOf = (shown: GraphNode | undefined) => entriesOf(shown).find(({ layer }) => layer !== undefined)?.layer;
  const nodeOf = (shown: GraphNode): JsonObject => {
    const place = shown.type === 'parameters' ? undefined : places.get(shown.id);
    const common = {
      id: shown.id,
      name: shown.name,
      tags: [...shown.tags].sort(),
      pipelines: [...shown.pipelines],
      type: shown.type,
      modular_pipelines: place === undefined ? null : [...place],
      node_extras: null,
    };
    if (shown.type === 'task') {
      return { ...common, parameters: parametersOfNode(shown.node, parameters), full_name: shown.node.name };
    }
    const [entry] = entriesOf(shown);
    const type = entry === undefined || isTranscoded(shown) ? null : shownType(entry.type);
    return { ...common, layer: layerOf(shown) ?? null, dataset_type: type };
  };
  return { nodeOf, layerOf };
}

function foldedNode({ id, tags }: ModularPipeline, pipeline: string): JsonObject {
  return {
    id,
    name: id,
    tags: [...tags].sort(),
    pipelines: [pipeline],
    type: 'modularPipeline',
    modular_pipelines: null,
    node_extras: null,
    layer: null,
    dataset_type: null,
  };
}

function branch({ id, inputs, outputs, children }: ModularPipeline): JsonObject {
  return {
    id,
    name: id,
    inputs: [...inputs],
    outputs: [...outputs],
    children: [...children].map(([child, type]) => ({ id: child, type })),
  };
}

function named(id: string): { id: string; name: string } {
  return { id, name: id };
}
