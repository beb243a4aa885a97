/**
 * Which nodes of a pipeline need to run, given what is there already.
 */
import { makersOf } from './graph.ts';
import type { Node } from './node.ts';
import type { Pipeline } from './pipeline.ts';
import { datasetOf } from './transcoding.ts';

/**
 * The nodes left when `injected` datasets are given from outside: those from which a path leads to a free output, to one
 * that the caller asks for, or to a node without outputs, without passing through an injected dataset. A node all of whose
 * outputs are injected is left out. What is injected is that name alone: `table@spark` says nothing about `table@pandas`.
 */
export function withoutInjected(of: Pipeline, injected: ReadonlySet<string>, asked: readonly string[] = []): Node[] {
  const makers = makersOf(of.nodes);
  if (![...injected].some((name) => makers.has(datasetOf(name)))) return [...of.nodes];
  const missing = (names: readonly string[]) => names.filter((name) => !injected.has(name)).map(datasetOf);
  const wanted = new Set(missing([...of.outputs, ...asked]));
  const kept = new Set<Node>();
  for (const node of [...of.nodes].reverse()) {
    const outputs = node.outputs.names;
    if (outputs.length > 0 && !outputs.some((name) => wanted.has(datasetOf(name)))) continue;
    kept.add(node);
    for (const dataset of missing(node.inputs.names)) wanted.add(dataset);
  }
  return of.nodes.filter((node) => kept.has(node));
}

/** What {@link nodesToRun} asks about each node. */
export interface DoneQuestion {
  /** Whether the node need not run for its own sake. */
  isDone: (node: Node) => boolean;
  /** Whether that dataset can be read without running its maker. */
  isAvailable: (dataset: string) => boolean;
  /** Datasets whose values the caller wants. */
  wanted: Iterable<string>;
}

/**
 * The nodes that must run: those not done, and those done ones whose outputs are gone (they were in memory) although a node
 * that must run, or the caller, needs them.
 */
export function nodesToRun(nodes: readonly Node[], question: DoneQuestion): Set<Node> {
  const needed = new Set([...question.wanted].map(datasetOf));
  const running = new Set<Node>();
  for (const node of [...nodes].reverse()) {
    const isMissed = node.outputs.names.some((name) => needed.has(datasetOf(name)) && !question.isAvailable(name));
    if (question.isDone(node) && !isMissed) continue;
    running.add(node);
    for (const name of node.inputs.names) needed.add(datasetOf(name));
  }
  return running;
}
