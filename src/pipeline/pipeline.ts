/**
 * A pipeline: nodes wired by dataset names, in an order in which they can run.
 */
import { type PipelineDescription, PipelineError } from '../core/index.ts';
import { isNode, isParameter, type Node, withTags } from './node.ts';

const BRAND = Symbol.for('kedro-temporal.pipeline');

export interface Pipeline {
  readonly [BRAND]: true;
  /** In order of execution: by depth in the graph, then by name, as Kedro orders them. */
  readonly nodes: readonly Node[];
  /** Names it needs and does not make, parameters included. */
  readonly inputs: readonly string[];
  /** Names it makes and does not use. */
  readonly outputs: readonly string[];
}

/** The options of {@link pipeline}. */
export interface PipelineOptions {
  /** Tags added to every node. */
  tags?: string | readonly string[];
}

/**
 * Defines a pipeline of nodes and other pipelines; the same node given twice counts once.
 * Throws `PIPELINE_DUPLICATE_NODE`, `PIPELINE_DUPLICATE_OUTPUT`, `PIPELINE_CYCLE`, and `NODE_INVALID` for anything that
 * is neither a node nor a pipeline.
 */
export function pipeline(parts: readonly (Node | Pipeline)[], options: PipelineOptions = {}): Pipeline {
  const tags = typeof options.tags === 'string' ? [options.tags] : (options.tags ?? []);
  const nodes = parts.flatMap(nodesOfPart);
  return pipelineOf(tags.length === 0 ? nodes : nodes.map((each) => withTags(each, tags)));
}

/** A pipeline of nodes; one that comes twice counts once. Throws as {@link pipeline} does. */
export function pipelineOf(given: readonly Node[]): Pipeline {
  const nodes = distinct(given);
  checkNames(nodes);
  const makers = makersOf(nodes);
  const ordered = order(nodes, makers);
  const used = new Set(ordered.flatMap((each) => each.inputs.names));
  return Object.freeze({
    [BRAND]: true as const,
    nodes: Object.freeze(ordered),
    inputs: Object.freeze([...used].filter((name) => !makers.has(name))),
    outputs: Object.freeze(ordered.flatMap((each) => each.outputs.names).filter((name) => !used.has(name))),
  });
}

/** Whether `value` was made by {@link pipeline}, also by another copy of this package. */
export function isPipeline(value: unknown): value is Pipeline {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** Dataset name → the node that makes it. */
export function makersOf(nodes: readonly Node[]): Map<string, Node> {
  const makers = new Map<string, Node>();
  for (const each of nodes) {
    for (const name of each.outputs.names) {
      const other = makers.get(name);
      if (other !== undefined) throw duplicateOutput(name, other, each);
      makers.set(name, each);
    }
  }
  return makers;
}

/** Every dataset that the pipeline reads or writes, parameters left out. */
export function datasetsOf(of: Pipeline): string[] {
  const names = of.nodes.flatMap((each) => [...each.inputs.names, ...each.outputs.names]);
  return [...new Set(names)].filter((name) => !isParameter(name));
}

/** The pipeline as `describe()` shows it. */
export function describePipeline(of: Pipeline): PipelineDescription {
  return {
    nodes: of.nodes.map((each) => ({
      name: each.name,
      inputs: [...each.inputs.names],
      outputs: [...each.outputs.names],
      tags: [...each.tags],
      ...(each.namespace === undefined ? {} : { namespace: each.namespace }),
    })),
    inputs: of.inputs.filter((name) => !isParameter(name)),
    outputs: [...of.outputs],
    parameters: of.inputs.filter(isParameter).map((name) => name.replace(/^params:/, '')),
  };
}

function nodesOfPart(part: Node | Pipeline): readonly Node[] {
  if (isPipeline(part)) return part.nodes;
  if (isNode(part)) return [part];
  throw new PipelineError(
    'NODE_INVALID',
    'A pipeline is made of node(…) and pipeline(…); it was given something else.',
  );
}

// Pipelines that share a node may have tagged it each in their own way: it is one node with all these tags, as in Kedro.
function distinct(nodes: readonly Node[]): Node[] {
  const kept = new Map<string, Node[]>();
  for (const each of new Set(nodes)) {
    const namesakes = kept.get(each.name) ?? [];
    const at = namesakes.findIndex((other) => isSame(other, each));
    if (at < 0) namesakes.push(each);
    else namesakes[at] = withTags(namesakes[at] as Node, each.tags);
    kept.set(each.name, namesakes);
  }
  return [...kept.values()].flat();
}

function isSame(a: Node, b: Node): boolean {
  return a.fn === b.fn && a.inputs === b.inputs && a.outputs === b.outputs && a.namespace === b.namespace;
}

function checkNames(nodes: readonly Node[]): void {
  const seen = new Set<string>();
  for (const { name } of nodes) {
    if (seen.has(name)) {
      throw new PipelineError(
        'PIPELINE_DUPLICATE_NODE',
        `Two nodes are named "${name}"; give one of them another name.`,
        {
          details: { node: name },
        },
      );
    }
    seen.add(name);
  }
}

function duplicateOutput(dataset: string, a: Node, b: Node): PipelineError {
  return new PipelineError(
    'PIPELINE_DUPLICATE_OUTPUT',
    `Nodes "${a.name}" and "${b.name}" both write "${dataset}"; a dataset has one maker.`,
    { details: { dataset, nodes: [a.name, b.name] } },
  );
}

// By levels, each sorted by name: the order is the same for the same nodes however they were listed.
function order(nodes: readonly Node[], makers: ReadonlyMap<string, Node>): Node[] {
  const ordered: Node[] = [];
  const placed = new Set<Node>();
  let waiting = [...nodes];
  while (waiting.length > 0) {
    const isReady = (each: Node) => each.inputs.names.every((name) => isPlaced(makers.get(name), placed));
    const ready = waiting.filter(isReady).sort((a, b) => (a.name < b.name ? -1 : 1));
    if (ready.length === 0) throw cycleAmong(waiting, makers);
    waiting = waiting.filter((each) => !ready.includes(each));
    for (const each of ready) placed.add(each);
    ordered.push(...ready);
  }
  return ordered;
}

function isPlaced(maker: Node | undefined, placed: ReadonlySet<Node>): boolean {
  return maker === undefined || placed.has(maker);
}

// Each waiting node waits for another waiting one, so walking up from any of them comes back to where it was.
function cycleAmong(waiting: readonly Node[], makers: ReadonlyMap<string, Node>): PipelineError {
  const path: Node[] = [];
  let at = waiting[0];
  while (at !== undefined && !path.includes(at)) {
    path.push(at);
    at = at.inputs.names
      .map((name) => makers.get(name))
      .find((maker) => maker !== undefined && waiting.includes(maker));
  }
  const circle = at === undefined ? path : path.slice(path.indexOf(at));
  const names = circle.map((each) => each.name).reverse();
  return new PipelineError(
    'PIPELINE_CYCLE',
    `These nodes wait for each other in a circle: ${[...names, names[0]].join(' -> ')}.`,
    {
      details: { nodes: names },
    },
  );
}
