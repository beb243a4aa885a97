import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPipelineError } from '../../src/core/index.ts';
import { node, pipeline, type SliceFilters, slice } from '../../src/pipeline/index.ts';
import { down, type Edges, edgesArbitrary, namesOf, nodesOf, reachable, up } from './graphs.ts';

/** A graph and some of its nodes. */
const marked = edgesArbitrary.chain((edges) =>
  fc.record({
    edges: fc.constant(edges),
    a: fc.subarray([...edges.keys()], { minLength: 1 }),
    b: fc.subarray([...edges.keys()], { minLength: 1 }),
  }),
);

function sliced(edges: Edges, filters: SliceFilters): string[] {
  try {
    return slice(pipeline(nodesOf(edges)), filters)
      .nodes.map(({ name }) => name)
      .sort();
  } catch (error) {
    if (isPipelineError(error) && error.code === 'PIPELINE_EMPTY') return [];
    throw error;
  }
}

const datasets = (indexes: number[]) => indexes.map((i) => `d${i}`);

describe('against plain reachability', () => {
  test('fromNodes keeps the nodes and all that comes after them', () => {
    fc.assert(
      fc.property(marked, ({ edges, a }) => {
        expect(sliced(edges, { fromNodes: namesOf(a) })).toEqual(namesOf(reachable(a, down(edges))));
      }),
    );
  });

  test('toNodes keeps the nodes and all that comes before them', () => {
    fc.assert(
      fc.property(marked, ({ edges, a }) => {
        expect(sliced(edges, { toNodes: namesOf(a) })).toEqual(namesOf(reachable(a, up(edges))));
      }),
    );
  });

  test('fromInputs keeps what needs the datasets, toOutputs what they need', () => {
    fc.assert(
      fc.property(marked, ({ edges, a }) => {
        const users = a.flatMap((i) => [...down(edges)(i)]);
        expect(sliced(edges, { fromInputs: datasets(a) })).toEqual(namesOf(reachable(users, down(edges))));
        expect(sliced(edges, { toOutputs: datasets(a) })).toEqual(namesOf(reachable(a, up(edges))));
      }),
    );
  });

  test('filters together keep what each of them keeps of the whole', () => {
    fc.assert(
      fc.property(marked, ({ edges, a, b }) => {
        const after = reachable(a, down(edges));
        const before = reachable(b, up(edges));
        const both = [...after].filter((i) => before.has(i));
        expect(sliced(edges, { fromNodes: namesOf(a), toNodes: namesOf(b) })).toEqual(namesOf(both));
        const named = both.filter((i) => a.includes(i));
        expect(sliced(edges, { fromNodes: namesOf(a), toNodes: namesOf(b), nodeNames: namesOf(a) })).toEqual(
          namesOf(named),
        );
      }),
    );
  });
});

test('without a filter, or with empty ones, a pipeline is its own slice', () => {
  const whole = pipeline(nodesOf([[], [0]]));
  expect(slice(whole, {})).toBe(whole);
  expect(slice(whole, { tags: [], fromNodes: [] })).toBe(whole);
});

test('a namespace holds what is below it, and is no prefix of letters', () => {
  const [first, second] = nodesOf([[], [0]]);
  if (first === undefined || second === undefined) throw new Error('the graph has two nodes');
  const whole = pipeline([
    { ...first, namespace: 'ab.c' },
    { ...second, namespace: 'abc' },
  ]);
  const names = (namespaces: string[]) => slice(whole, { namespaces }).nodes.map(({ name }) => name);
  expect(names(['ab'])).toEqual(['n0']);
  expect(names(['ab.c'])).toEqual(['n0']);
  expect(() => names(['a'])).toThrow(expect.objectContaining({ code: 'NAMESPACE_NOT_FOUND' }));
});

test('a dataset’s name stands for all ways to it, a way for itself alone', () => {
  const pass = (value: number) => value;
  const whole = pipeline([
    node(pass, { inputs: 'raw', outputs: 't@one', name: 'make' }),
    node(pass, { inputs: 't@one', outputs: 'a', name: 'use_one' }),
    node(pass, { inputs: 't@two', outputs: 'b', name: 'use_two' }),
  ]);
  const names = (filters: SliceFilters) => slice(whole, filters).nodes.map(({ name }) => name);
  expect(names({ fromInputs: ['t'] })).toEqual(['use_one', 'use_two']);
  expect(names({ fromInputs: ['t@two'] })).toEqual(['use_two']);
  expect(names({ toOutputs: ['t'] })).toEqual(['make']);
  expect(names({ toOutputs: ['b'] })).toEqual(['make', 'use_two']);
  expect(() => names({ toOutputs: ['t@two'] })).toThrow(expect.objectContaining({ code: 'PIPELINE_EMPTY' }));
  expect(() => names({ fromInputs: ['t@three'] })).toThrow(
    expect.objectContaining({ code: 'DATASET_NOT_IN_PIPELINE', message: expect.stringContaining('"t@two"') }),
  );
});
