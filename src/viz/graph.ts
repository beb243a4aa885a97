/** The graph behind every picture: nodes, datasets and parameters of all pipelines, each once, and what leads where. */
import type { NodeDescription, PipelineDescription } from '../core/index.ts';
import { datasetId, isParameterName, shownName, taskId, withoutTranscoding } from './ids.ts';

interface Shown {
  readonly id: string;
  readonly name: string;
  readonly tags: Set<string>;
  /** Pipelines that it is in. */
  readonly pipelines: Set<string>;
}

export interface TaskNode extends Shown {
  readonly type: 'task';
  readonly node: NodeDescription;
}

export interface DataNode extends Shown {
  readonly type: 'data' | 'parameters';
  /** Names by which nodes write and read it: more than one where it is transcoded. */
  readonly writtenAs: Set<string>;
  readonly readAs: Set<string>;
}

export type GraphNode = TaskNode | DataNode;

export interface Edge {
  readonly source: string;
  readonly target: string;
}

/** Everything in these pipelines by its id, in the order in which it comes. A dataset has the tags of the nodes beside it. */
export function graphOf(pipelines: Readonly<Record<string, PipelineDescription>>): Map<string, GraphNode> {
  const graph = new Map<string, GraphNode>();
  for (const [pipeline, { nodes }] of Object.entries(pipelines)) {
    for (const node of nodes) {
      taskOf(graph, node).pipelines.add(pipeline);
      for (const name of node.inputs) dataOf(graph, name, node, pipeline)?.readAs.add(name);
      for (const name of node.outputs) dataOf(graph, name, node, pipeline)?.writtenAs.add(name);
    }
  }
  return graph;
}

/** What leads where in one pipeline, each once. */
export function edgesOf({ nodes }: PipelineDescription): Edge[] {
  const edges = new Map<string, Edge>();
  const add = (source: string, target: string) => edges.set(`${source} ${target}`, { source, target });
  for (const node of nodes) {
    const task = taskId(node);
    for (const name of node.inputs) add(datasetId(name), task);
    for (const name of node.outputs) add(task, datasetId(name));
  }
  return [...edges.values()];
}

/** Whether a dataset goes by names such as `a@pandas`. */
export function isTranscoded({ writtenAs, readAs }: DataNode): boolean {
  return [...writtenAs, ...readAs].some((name) => name.includes('@'));
}

function taskOf(graph: Map<string, GraphNode>, node: NodeDescription): GraphNode {
  const id = taskId(node);
  const known = graph.get(id);
  for (const tag of node.tags) known?.tags.add(tag);
  const made: GraphNode = known ?? {
    type: 'task',
    id,
    name: shownName(node),
    tags: new Set(node.tags),
    pipelines: new Set(),
    node,
  };
  graph.set(id, made);
  return made;
}

function dataOf(
  graph: Map<string, GraphNode>,
  name: string,
  { tags }: NodeDescription,
  pipeline: string,
): DataNode | undefined {
  const id = datasetId(name);
  const made: GraphNode = graph.get(id) ?? {
    type: isParameterName(name) ? 'parameters' : 'data',
    id,
    name: withoutTranscoding(name),
    tags: new Set(),
    pipelines: new Set(),
    writtenAs: new Set(),
    readAs: new Set(),
  };
  graph.set(id, made);
  for (const tag of tags) made.tags.add(tag);
  made.pipelines.add(pipeline);
  return made.type === 'task' ? undefined : made;
}
