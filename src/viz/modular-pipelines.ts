/**
 * Modular pipelines: what people fold up in the picture. Each namespace is one, `sides.west` one inside of `sides`, and the
 * root holds the rest.
 */
import type { NodeDescription, PipelineDescription } from '../core/index.ts';
import type { Edge } from './graph.ts';
import { datasetId, isParameterName, taskId } from './ids.ts';

export const ROOT = '__root__';

export interface ModularPipeline {
  readonly id: string;
  /** Ids of the datasets and parameters that it needs and does not make. */
  readonly inputs: Set<string>;
  /** Ids of the datasets that it makes for others, or that nobody uses. */
  readonly outputs: Set<string>;
  /** Id → type of what is seen when it is opened. */
  readonly children: Map<string, 'task' | 'data' | 'parameters' | 'modularPipeline'>;
  readonly tags: Set<string>;
}

export interface ModularPipelines {
  /** By id: the root, then the others, each after the one around it. */
  readonly tree: ReadonlyMap<string, ModularPipeline>;
  /** Id of a node or dataset → the modular pipelines that it is in or at the border of; none for what is in the root only. */
  readonly places: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The modular pipelines of one pipeline. */
export function modularPipelinesOf({ nodes }: PipelineDescription): ModularPipelines {
  const ids = [...new Set(nodes.flatMap(({ namespace }) => namespacesIn(namespace)))].sort();
  const tree = new Map(ids.map((id) => [id, atBorder(id, nodes)]));
  const root = empty(ROOT);
  const places = new Map<string, Set<string>>();
  for (const [id, whole] of tree) {
    const own = nodes.filter(({ namespace }) => namespace === id);
    for (const node of own) whole.children.set(taskId(node), 'task');
    const held = hold(whole, own.flatMap(datasetsOf));
    const around = tree.get(id.slice(0, Math.max(0, id.lastIndexOf('.')))) ?? root;
    around.children.set(id, 'modularPipeline');
    hold(around, atBorderOf(whole));
    for (const each of [...own.map(taskId), ...held, ...atBorderOf(whole)]) {
      places.set(each, (places.get(each) ?? new Set()).add(id));
    }
  }
  for (const node of nodes) for (const [id, type] of inRoot(node, places)) root.children.set(id, type);
  return { tree: new Map([[ROOT, root], ...tree]), places };
}

/** Shows datasets inside of a modular pipeline, but those at its border; answers which. */
function hold(whole: ModularPipeline, datasets: readonly string[]): string[] {
  const held = datasets.filter((id) => !whole.inputs.has(id) && !whole.outputs.has(id));
  for (const id of held) whole.children.set(id, 'data');
  return held;
}

function atBorderOf({ inputs, outputs }: ModularPipeline): string[] {
  return [...inputs, ...outputs];
}

/**
 * `edges`, and those between modular pipelines and their datasets. Folded up, a modular pipeline that feeds itself through
 * others would be a circle: there the edge into it is left out, as the picture must not have one.
 */
export function withModularEdges(edges: readonly Edge[], { tree }: ModularPipelines): Edge[] {
  const targets = new Map<string, Set<string>>();
  const add = (source: string, target: string) => targets.set(source, (targets.get(source) ?? new Set()).add(target));
  for (const { source, target } of edges) add(source, target);
  for (const { id, inputs, outputs } of tree.values()) {
    for (const input of inputs) add(input, id);
    for (const output of outputs) add(id, output);
  }
  for (const { id, inputs } of tree.values()) {
    const after = reachable(id, targets);
    for (const input of inputs) if (after.has(input)) targets.get(input)?.delete(id);
  }
  return [...targets].flatMap(([source, each]) => [...each].map((target) => ({ source, target })));
}

function atBorder(id: string, nodes: readonly NodeDescription[]): ModularPipeline {
  const isInside = ({ namespace = '' }: NodeDescription) => `${namespace}.`.startsWith(`${id}.`);
  const inside = nodes.filter(isInside);
  const outside = nodes.filter((node) => !isInside(node));
  const reads = (some: readonly NodeDescription[]) => new Set(some.flatMap(({ inputs }) => inputs.map(datasetId)));
  const [readInside, readOutside] = [reads(inside), reads(outside)];
  const made = new Set(inside.flatMap(({ outputs }) => outputs.map(datasetId)));
  return {
    ...empty(id),
    inputs: new Set([...readInside].filter((dataset) => !made.has(dataset))),
    outputs: new Set([...made].filter((dataset) => !readInside.has(dataset) || readOutside.has(dataset))),
    tags: new Set(inside.flatMap(({ tags }) => tags)),
  };
}

/** What of a node and beside it is in no modular pipeline; parameters never are. */
function inRoot(
  node: NodeDescription,
  places: ReadonlyMap<string, ReadonlySet<string>>,
): [string, 'task' | 'data' | 'parameters'][] {
  const parameters = node.inputs
    .filter(isParameterName)
    .map((name): [string, 'parameters'] => [datasetId(name), 'parameters']);
  const datasets = datasetsOf(node).map((id): [string, 'data'] => [id, 'data']);
  const others: [string, 'task' | 'data'][] = [[taskId(node), 'task'], ...datasets];
  return [...parameters, ...others.filter(([id]) => !places.has(id))];
}

function reachable(from: string, targets: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const found = new Set<string>();
  const open = [from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const target of targets.get(id) ?? []) {
      if (found.has(target)) continue;
      found.add(target);
      open.push(target);
    }
  }
  return found;
}

function empty(id: string): ModularPipeline {
  return { id, inputs: new Set(), outputs: new Set(), children: new Map(), tags: new Set() };
}

/** `sides.west` → `sides`, `sides.west`. */
function namespacesIn(namespace: string | undefined): string[] {
  const parts = namespace?.split('.') ?? [];
  return parts.map((_, i) => parts.slice(0, i + 1).join('.'));
}

/** Ids of the datasets of a node, parameters left out. */
function datasetsOf({ inputs, outputs }: NodeDescription): string[] {
  return [...inputs, ...outputs].filter((name) => !isParameterName(name)).map(datasetId);
}
