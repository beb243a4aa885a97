/** What is done with random graphs, by Kedro and by us. */
import fc from 'fast-check';
import type { PipelineOptions, SliceFilters } from '../../../src/pipeline/index.ts';
import {
  few,
  fullName,
  graphArbitrary,
  mostly,
  NAMESPACES,
  type NodeSpec,
  namesIn,
  some,
  TAGS,
} from './random-graphs.ts';

/** Kedro's names of the filters. */
export interface Filters {
  tags?: string[];
  from_nodes?: string[];
  to_nodes?: string[];
  node_names?: string[];
  from_inputs?: string[];
  to_outputs?: string[];
  node_namespaces?: string[];
}

export type Case = { nodes: NodeSpec[] } & (
  | { what: 'whole' }
  | { what: 'filter'; filters: Filters }
  // The nodes of those indexes, twice; the second time with more tags.
  | { what: 'sum'; left: number[]; right: number[]; tags: string[] }
  // Each of the options on what came of those before; `beside`: then added to the pipeline itself.
  | { what: 'reuse'; options: PipelineOptions[]; beside: boolean }
  // Which nodes run when these datasets are stored, and those of them are there. `wanted`: free outputs in memory.
  | { what: 'missing'; stored: string[]; existing: string[]; wanted: string[] }
);

export const FILTERS: Record<keyof Filters, keyof SliceFilters> = {
  tags: 'tags',
  from_nodes: 'fromNodes',
  to_nodes: 'toNodes',
  node_names: 'nodeNames',
  from_inputs: 'fromInputs',
  to_outputs: 'toOutputs',
  node_namespaces: 'namespaces',
};

function usedBy(nodes: readonly NodeSpec[]): string[] {
  return [...new Set(nodes.flatMap(({ inputs, outputs }) => [...namesIn(inputs), ...namesIn(outputs)]))];
}

function withBases(names: readonly string[]): string[] {
  return [...new Set(names.flatMap((name) => [name, name.replace(/@.*/, '')]))];
}

function known(names: string[], all: readonly string[]): readonly string[] {
  return names.length === 0 ? all : [...new Set(names.flatMap((name) => [name, name.replace(/\.\w+$/, '')]))];
}

function filterCase(nodes: NodeSpec[]): fc.Arbitrary<Case> {
  const named = mostly(few(nodes.map(fullName)), few(['nobody', ...nodes.map(({ name }) => name)]));
  const used = withBases(usedBy(nodes));
  const datasets = mostly(few(used), few([...used, 'nothing', 'd0@three', 'params:z']));
  const filters = fc.record(
    {
      tags: mostly(
        few(
          known(
            nodes.flatMap(({ tags }) => tags),
            TAGS,
          ),
        ),
        few(TAGS),
      ),
      from_nodes: named,
      to_nodes: named,
      node_names: mostly(some(nodes.map(fullName), 6), few(['nobody'])),
      from_inputs: datasets,
      to_outputs: datasets,
      node_namespaces: mostly(
        few(
          known(
            nodes.flatMap(({ namespace }) => namespace ?? []),
            NAMESPACES,
          ),
        ),
        few(NAMESPACES),
      ),
    },
    { requiredKeys: [] },
  );
  // Of all seven together hardly anything is left.
  const upToThree = filters.chain((all) =>
    fc.subarray(Object.entries(all), {
      minLength: Math.min(1, Object.keys(all).length),
      maxLength: Math.min(3, Object.keys(all).length),
    }),
  );
  return upToThree.map((kept) => ({ what: 'filter', nodes, filters: Object.fromEntries(kept) }));
}

function sumCase(nodes: NodeSpec[]): fc.Arbitrary<Case> {
  const indexes = [...nodes.keys()];
  return fc.record({
    what: fc.constant('sum' as const),
    nodes: fc.constant(nodes),
    left: fc.subarray(indexes),
    right: fc.subarray(indexes),
    tags: mostly<string[]>(fc.constant([]), fc.constant(['more'])),
  });
}

function mappingOf(
  from: readonly string[],
  to: fc.Arbitrary<string>,
): fc.Arbitrary<string | string[] | Record<string, string>> {
  if (from.length === 0) return fc.constant([]);
  const keys = some(from, 3);
  return fc.oneof(
    fc.constantFrom(...from),
    keys,
    keys.chain((names) =>
      fc
        .tuple(...names.map(() => to))
        .map((news) => Object.fromEntries(names.map((name, i) => [name, news[i] ?? name]))),
    ),
  );
}

function optionsArbitrary(nodes: NodeSpec[], prefix: string): fc.Arbitrary<PipelineOptions> {
  const read = new Set(nodes.flatMap(({ inputs }) => namesIn(inputs)));
  const made = new Set(nodes.flatMap(({ outputs }) => namesIn(outputs)));
  const bases = new Set([...made].map((name) => name.replace(/@.*/, '')));
  const inner = (name: string) => (name.startsWith('d') ? `${prefix}${name}` : name);
  const free = withBases(
    [...read].filter((name) => name.startsWith('d') && !bases.has(name.replace(/@.*/, ''))).map(inner),
  );
  const outputs = withBases([...made].map(inner));
  const params = [...read].filter((name) => name.startsWith('param'));
  const anything = withBases([...[...read, ...made].map(inner), 'nothing', 'd0@three', 'params:z']);
  const to = mostly(
    fc.constantFrom('e1', 'e2', 'e3', 'e4', 'e5', 'e6', 'f.g'),
    fc.constantFrom('d0', 'd5', 'e1@one', 'e2@two'),
  );
  const keys = (usual: string[]) => mostly(mappingOf(usual, to), mappingOf(anything, to));
  const short = params.flatMap((name) => [name, name.replace('params:', '')]);
  return fc.record(
    {
      namespace: fc.constantFrom('ns', 'a', 'x.y'),
      inputs: keys(free),
      outputs: keys(outputs),
      parameters: mostly(
        mappingOf(short, fc.constantFrom('r', 'params:s', 'params:t.u')),
        fc.constantFrom<string[]>(['z'], ['d0']),
      ),
      tags: few(TAGS),
      prefixDatasetsWithNamespace: fc.boolean(),
    },
    { requiredKeys: [] },
  );
}

function reuseCase(nodes: NodeSpec[]): fc.Arbitrary<Case> {
  const options = fc.oneof(
    { arbitrary: optionsArbitrary(nodes, '').map((one) => [one]), weight: 3 },
    {
      arbitrary: fc.tuple(optionsArbitrary(nodes, ''), fc.boolean()).chain(([first, isKnown]) => {
        // The second knows the names that the first has given, or works on those that are no longer there.
        const isPrefixed = first.namespace !== undefined && first.prefixDatasetsWithNamespace !== false;
        return optionsArbitrary(nodes, isKnown && isPrefixed ? `${first.namespace}.` : '').map((second) => [
          first,
          second,
        ]);
      }),
      weight: 2,
    },
  );
  return fc.record({
    what: fc.constant('reuse' as const),
    nodes: fc.constant(nodes),
    options,
    beside: fc.nat({ max: 3 }).map((n) => n === 0),
  });
}

function missingCase(nodes: NodeSpec[]): fc.Arbitrary<Case> {
  const used = usedBy(nodes).filter((name) => name.startsWith('d'));
  const read = new Set(nodes.flatMap(({ inputs }) => namesIn(inputs)));
  const free = nodes
    .flatMap(({ outputs }) => namesIn(outputs))
    .filter((name) => !read.has(name) && !name.includes('@'));
  // In memory one way to a dataset would never see what another has saved.
  const ways = used.filter((name) => name.includes('@'));
  return fc
    .record({ stored: fc.subarray(used), existing: fc.subarray(used), isAllStored: fc.boolean() })
    .map((drawn) => {
      const stored = new Set([...drawn.stored, ...ways, ...(drawn.isAllStored ? free : [])]);
      const wanted = free.filter((name) => !stored.has(name));
      return { what: 'missing', nodes, stored: [...stored], existing: drawn.existing, wanted };
    });
}

/** Everything that is done with one graph. */
export const casesArbitrary: fc.Arbitrary<Case[]> = graphArbitrary.chain((nodes) =>
  fc.tuple(
    fc.constant<Case>({ what: 'whole', nodes }),
    filterCase(nodes),
    filterCase(nodes),
    sumCase(nodes),
    reuseCase(nodes),
    reuseCase(nodes),
    missingCase(nodes),
  ),
);
