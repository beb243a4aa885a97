/**
 * The graph that datasets make of nodes: who makes what, who waits for whom, in what order they can run. Ways to one dataset
 * (`table@pandas`, `table@spark`) are that dataset.
 */
import { PipelineError } from '../core/index.ts';
import type { Node } from './node.ts';
import { datasetOf, isTranscoded } from './transcoding.ts';

/** Dataset, without its way → the node that makes it. Throws `PIPELINE_DUPLICATE_OUTPUT`. */
export function makersOf(nodes: readonly Node[]): Map<string, Node> {
  const makers = new Map<string, Node>();
  for (const each of nodes) {
    for (const dataset of each.outputs.names.map(datasetOf)) {
      const other = makers.get(dataset);
      if (other !== undefined) throw duplicateOutput(dataset, other, each);
      makers.set(dataset, each);
    }
  }
  return makers;
}

/** Node → the nodes whose outputs it reads. */
export function parentsOf(nodes: readonly Node[]): Map<Node, ReadonlySet<Node>> {
  const makers = makersOf(nodes);
  const makersFor = ({ inputs }: Node) => inputs.names.map((name) => makers.get(datasetOf(name)));
  return new Map(nodes.map((each) => [each, new Set(makersFor(each).filter((maker) => maker !== undefined))]));
}

/**
 * The nodes by levels, each sorted by name: the order is the same for the same nodes however they were listed.
 * Throws `PIPELINE_CYCLE`.
 */
export function order(nodes: readonly Node[]): Node[] {
  const parents = parentsOf(nodes);
  const placed = new Set<Node>();
  let waiting = [...nodes];
  while (waiting.length > 0) {
    const isReady = (each: Node) => [...(parents.get(each) ?? [])].every((parent) => placed.has(parent));
    const ready = waiting.filter(isReady).sort((a, b) => (a.name < b.name ? -1 : 1));
    if (ready.length === 0) throw cycleAmong(waiting, parents);
    for (const each of ready) placed.add(each);
    waiting = waiting.filter((each) => !placed.has(each));
  }
  return [...placed];
}

/** Throws `PIPELINE_INVALID` for a dataset that is used as `name` and as `name@way`, `PIPELINE_DUPLICATE_NODE` for two nodes of a name. */
export function checkNodes(nodes: readonly Node[]): void {
  const seen = new Set<string>();
  for (const { name } of nodes) {
    if (seen.has(name)) throw duplicateNode(name);
    seen.add(name);
  }
  const used = new Set(nodes.flatMap((each) => [...each.inputs.names, ...each.outputs.names]));
  for (const name of used) {
    const dataset = datasetOf(name);
    if (!isTranscoded(name) || !used.has(dataset)) continue;
    throw new PipelineError(
      'PIPELINE_INVALID',
      `Nodes use both "${dataset}" and "${name}", which are one dataset; write "${dataset}@…" everywhere, or another name.`,
      { details: { dataset } },
    );
  }
}

/** The error of two nodes that have one name. */
export function duplicateNode(name: string): PipelineError {
  return new PipelineError(
    'PIPELINE_DUPLICATE_NODE',
    `Two nodes are named "${name}"; give one of them another name, or a namespace to its pipeline.`,
    { details: { node: name } },
  );
}

function duplicateOutput(dataset: string, a: Node, b: Node): PipelineError {
  return new PipelineError(
    'PIPELINE_DUPLICATE_OUTPUT',
    `Nodes "${a.name}" and "${b.name}" both write "${dataset}"; a dataset has one maker.`,
    { details: { dataset, nodes: [a.name, b.name] } },
  );
}

// Each waiting node waits for another waiting one, so walking up from any of them comes back to where it was.
function cycleAmong(waiting: readonly Node[], parents: ReadonlyMap<Node, ReadonlySet<Node>>): PipelineError {
  const isWaiting = new Set(waiting);
  const path: Node[] = [];
  let at = waiting[0];
  while (at !== undefined && !path.includes(at)) {
    path.push(at);
    at = [...(parents.get(at) ?? [])].find((parent) => isWaiting.has(parent));
  }
  const circle = at === undefined ? path : path.slice(path.indexOf(at));
  const names = circle.map((each) => each.name).reverse();
  return new PipelineError(
    'PIPELINE_CYCLE',
    `These nodes wait for each other in a circle: ${[...names, names[0]].join(' -> ')}.`,
    { details: { nodes: names } },
  );
}
