/**
 * Slices of a pipeline. Each filter is taken of the whole pipeline and the results are intersected, as Kedro does.
 */
import { PipelineError, type RunRequest, suggestion } from '../core/index.ts';
import { parentsOf } from './graph.ts';
import { isParameter, type Node } from './node.ts';
import { datasetsOf, type Pipeline, pipelineOf } from './pipeline.ts';
import { datasetOf } from './transcoding.ts';

/**
 * The filters of a run request. An empty list is no filter. `table` names all ways to a dataset, `table@pandas` that one alone.
 */
export type SliceFilters = Pick<
  RunRequest,
  'tags' | 'fromNodes' | 'toNodes' | 'nodeNames' | 'fromInputs' | 'toOutputs' | 'namespaces'
>;

/**
 * The part of `of` that passes every filter.
 * Throws `NODE_NOT_FOUND`, `TAG_NOT_FOUND`, `NAMESPACE_NOT_FOUND` or `DATASET_NOT_IN_PIPELINE` for a name that the
 * pipeline does not have, and `PIPELINE_EMPTY` when no node is left.
 */
export function slice(of: Pipeline, filters: SliceFilters): Pipeline {
  const parts = [
    filtered(filters.tags, (tags) => byTags(of, tags)),
    filtered(filters.fromNodes, (names) => walk(of, nodesNamed(of, names), 'down')),
    filtered(filters.toNodes, (names) => walk(of, nodesNamed(of, names), 'up')),
    filtered(filters.nodeNames, (names) => new Set(nodesNamed(of, names))),
    filtered(filters.fromInputs, (names) => walk(of, usersOf(of, datasetsNamed(of, names)), 'down')),
    filtered(filters.toOutputs, (names) => walk(of, makersAmong(of, datasetsNamed(of, names)), 'up')),
    filtered(filters.namespaces, (names) => byNamespaces(of, names)),
  ].filter((part) => part !== undefined);
  if (parts.length === 0) return of;
  const nodes = of.nodes.filter((node) => parts.every((part) => part.has(node)));
  if (nodes.length === 0) {
    throw new PipelineError('PIPELINE_EMPTY', 'No node passes all of the filters together; leave one of them out.');
  }
  return pipelineOf(nodes);
}

function filtered(names: string[] | undefined, select: (names: string[]) => Set<Node>): Set<Node> | undefined {
  return names === undefined || names.length === 0 ? undefined : select(names);
}

function byTags(of: Pipeline, tags: string[]): Set<Node> {
  const known = of.nodes.flatMap((node) => node.tags);
  checkKnown(tags, known, 'TAG_NOT_FOUND', 'No node of the pipeline has the tag');
  return new Set(of.nodes.filter((node) => node.tags.some((tag) => tags.includes(tag))));
}

function byNamespaces(of: Pipeline, names: string[]): Set<Node> {
  const known = of.nodes.flatMap((node) => (node.namespace === undefined ? [] : prefixes(node.namespace)));
  checkKnown(names, known, 'NAMESPACE_NOT_FOUND', 'No node of the pipeline is in the namespace');
  const isIn = (node: Node) =>
    node.namespace !== undefined && prefixes(node.namespace).some((own) => names.includes(own));
  return new Set(of.nodes.filter(isIn));
}

// "a.b.c" is in "a", "a.b" and "a.b.c".
function prefixes(namespace: string): string[] {
  const parts = namespace.split('.');
  return parts.map((_, i) => parts.slice(0, i + 1).join('.'));
}

function nodesNamed(of: Pipeline, names: string[]): Node[] {
  const known = of.nodes.map((node) => node.name);
  checkKnown(names, known, 'NODE_NOT_FOUND', 'The pipeline has no node');
  return of.nodes.filter((node) => names.includes(node.name));
}

function datasetsNamed(of: Pipeline, names: string[]): Set<string> {
  const written = [...datasetsOf(of), ...of.inputs.filter(isParameter)];
  checkKnown(names, [...written, ...written.map(datasetOf)], 'DATASET_NOT_IN_PIPELINE', 'The pipeline does not use');
  return new Set(names);
}

/** Throws `code` for the first of `names` that is not `known`. */
function checkKnown(
  names: readonly string[],
  known: readonly string[],
  code: 'NODE_NOT_FOUND' | 'TAG_NOT_FOUND' | 'NAMESPACE_NOT_FOUND' | 'DATASET_NOT_IN_PIPELINE',
  sentence: string,
): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new PipelineError(code, `${sentence} "${unknown}".${suggestion(unknown, known)}`, {
    details: { name: unknown },
  });
}

function usersOf(of: Pipeline, datasets: ReadonlySet<string>): Node[] {
  return of.nodes.filter((node) => isAmong(node.inputs.names, datasets));
}

function makersAmong(of: Pipeline, datasets: ReadonlySet<string>): Node[] {
  return of.nodes.filter((node) => isAmong(node.outputs.names, datasets));
}

function isAmong(names: readonly string[], datasets: ReadonlySet<string>): boolean {
  return names.some((name) => datasets.has(name) || datasets.has(datasetOf(name)));
}

// Nodes are in order of execution, so one pass down (or up) reaches everything.
function walk(of: Pipeline, start: Node[], direction: 'down' | 'up'): Set<Node> {
  const reached = new Set(start);
  const parents = parentsOf(of.nodes);
  const parentsFor = (node: Node) => [...(parents.get(node) ?? [])];
  if (direction === 'down') {
    for (const node of of.nodes) {
      if (parentsFor(node).some((parent) => reached.has(parent))) reached.add(node);
    }
    return reached;
  }
  for (const node of [...of.nodes].reverse()) {
    if (!reached.has(node)) continue;
    for (const parent of parentsFor(node)) reached.add(parent);
  }
  return reached;
}
