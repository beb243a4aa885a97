/**
 * A pipeline: nodes wired by dataset names, in an order in which they can run.
 */
import { type PipelineDescription, PipelineError } from '../core/index.ts';
import { checkNodes, duplicateNode, makersOf, order } from './graph.ts';
import { type ReuseOptions, reused } from './mapping.ts';
import { isNode, isParameter, isSame, type Node, tagsOf, withTags } from './node.ts';
import { datasetOf } from './transcoding.ts';

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
export interface PipelineOptions extends ReuseOptions {
  /** Tags added to every node. */
  tags?: string | readonly string[];
}

/**
 * Defines a pipeline of nodes and other pipelines; the same node given twice counts once, with the tags of both. With
 * `namespace`, `inputs`, `outputs` or `parameters` the nodes are copies under other names:
 * `pipeline(base, { namespace: 'de', inputs: 'companies', outputs: { model: 'model_de' } })`.
 * Throws `PIPELINE_DUPLICATE_NODE`, `PIPELINE_DUPLICATE_OUTPUT`, `PIPELINE_CYCLE`, `PIPELINE_INVALID`, and `NODE_INVALID` for
 * anything that is neither a node nor a pipeline, and for a node that a mapping breaks.
 */
export function pipeline(parts: Pipeline | readonly (Node | Pipeline)[], options: PipelineOptions = {}): Pipeline {
  const list = isPipeline(parts) ? [parts] : [...parts];
  checkNamesakes(list);
  const tags = tagsOf(options.tags);
  const nodes = list.flatMap(nodesOfPart);
  const whole = pipelineOf(tags.length === 0 ? nodes : nodes.map((each) => withTags(each, tags)));
  const copies = reused(whole, options);
  return copies === undefined ? whole : pipelineOf(copies);
}

/** A pipeline of nodes; one that comes twice counts once. Throws as {@link pipeline} does. */
export function pipelineOf(given: readonly Node[]): Pipeline {
  const nodes = distinct(given);
  checkNodes(nodes);
  const ordered = order(nodes);
  const made = makersOf(nodes);
  const inputs = [...new Set(ordered.flatMap((each) => each.inputs.names))];
  const used = new Set(inputs.map(datasetOf));
  return Object.freeze({
    [BRAND]: true as const,
    nodes: Object.freeze(ordered),
    inputs: Object.freeze(inputs.filter((name) => !made.has(datasetOf(name)))),
    outputs: Object.freeze(ordered.flatMap((each) => each.outputs.names).filter((name) => !used.has(datasetOf(name)))),
  });
}

/** Whether `value` was made by {@link pipeline}, also by another copy of this package. */
export function isPipeline(value: unknown): value is Pipeline {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** Every dataset that the pipeline reads or writes, as its nodes write the names; parameters left out. */
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
      ...(each.fn.name === '' ? {} : { function: each.fn.name }),
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

// A list that defines two nodes alike is a slip; pipelines that share a node, or define it alike, are not.
function checkNamesakes(parts: readonly (Node | Pipeline)[]): void {
  const seen = new Map<string, Node>();
  for (const part of parts) {
    if (!isNode(part)) continue;
    if ((seen.get(part.name) ?? part) !== part) throw duplicateNode(part.name);
    seen.set(part.name, part);
  }
}

// Pipelines that share a node may have tagged it each in their own way: it is one node with all these tags.
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
