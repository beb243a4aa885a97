import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describePipeline, type Node, node, type Pipeline, pipeline } from '../../src/pipeline/index.ts';
import { type Edges, edgesArbitrary, nodesOf } from './graphs.ts';

const pass = (value: number) => value;

function step(input: string, output: string, name = `${input}_${output}`): Node {
  return node(pass, { inputs: input, outputs: output, name });
}

function namesIn({ nodes }: Pipeline): string[] {
  return nodes.map(({ name }) => name);
}

const refused = (code: string, ...says: string[]) =>
  expect.objectContaining({ code, message: expect.stringMatching(new RegExp(says.join('.*'))) });

describe('order', () => {
  test('nodes come by depth, then by name, however they were listed', () => {
    const nodes = [step('c', 'd', 'z'), step('a', 'b', 'm'), step('b', 'c', 'a'), step('a', 'e', 'k')];
    expect(namesIn(pipeline(nodes))).toEqual(['k', 'm', 'a', 'z']);
    expect(namesIn(pipeline([...nodes].reverse()))).toEqual(['k', 'm', 'a', 'z']);
  });

  test('every node comes after those whose outputs it reads, and the order does not depend on the listing', () => {
    const shuffled = edgesArbitrary.chain((edges) =>
      fc.record({
        edges: fc.constant(edges),
        order: fc.shuffledSubarray([...edges.keys()], { minLength: edges.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ edges, order }) => {
        const nodes = nodesOf(edges);
        const made = pipeline(order.map((i) => nodes[i] as Node));
        const place = new Map(namesIn(made).map((name, at) => [name, at]));
        const isAfter = (i: number, from: number) => Number(place.get(`n${i}`)) > Number(place.get(`n${from}`));
        expect(edges.every((reads, i) => reads.every((from) => isAfter(i, from)))).toBe(true);
        expect(namesIn(made)).toEqual(namesIn(pipeline(nodes)));
      }),
    );
  });

  test('free inputs are what nobody makes, free outputs what nobody reads', () => {
    fc.assert(
      fc.property(edgesArbitrary, (edges: Edges) => {
        const { inputs, outputs } = pipeline(nodesOf(edges));
        const read = new Set(edges.flat());
        expect([...outputs].sort()).toEqual(
          [...edges.keys()]
            .filter((i) => !read.has(i))
            .map((i) => `d${i}`)
            .sort(),
        );
        expect(inputs).toEqual(['raw']);
      }),
    );
  });
});

describe('what is refused', () => {
  test('a circle is named in the direction of the data, without the nodes that only lead to it', () => {
    const nodes = [step('raw', 'a'), step('a', 'w'), step('z', 'x'), step('x', 'y'), step('y', 'z'), step('z', 'end')];
    expect(() => pipeline(nodes)).toThrow(
      refused('PIPELINE_CYCLE', '(?:x_y -> y_z -> z_x -> x_y|y_z -> z_x -> x_y -> y_z|z_x -> x_y -> y_z -> z_x)\\.'),
    );
  });

  test('two nodes of one name', () => {
    expect(() => pipeline([step('a', 'b', 'same'), step('a', 'c', 'same')])).toThrow(
      refused('PIPELINE_DUPLICATE_NODE', '"same"'),
    );
  });

  test('two makers of one dataset', () => {
    expect(() => pipeline([step('a', 'b', 'one'), step('c', 'b', 'two')])).toThrow(
      refused('PIPELINE_DUPLICATE_OUTPUT', '"one" and "two"', '"b"'),
    );
  });

  test('what is neither a node nor a pipeline', () => {
    expect(() => pipeline([pass as never])).toThrow(refused('NODE_INVALID'));
    expect(() => pipeline([undefined as never])).toThrow(refused('NODE_INVALID'));
  });
});

describe('pipelines of pipelines', () => {
  test('the same node in two of them counts once', () => {
    const shared = step('a', 'b');
    const whole = pipeline([pipeline([shared]), pipeline([shared, step('b', 'c')])]);
    expect(namesIn(whole)).toEqual(['a_b', 'b_c']);
  });

  test('a node that two of them have tagged is one node with the tags of both', () => {
    const shared = step('a', 'b');
    const whole = pipeline([pipeline([shared], { tags: 'x' }), pipeline([shared], { tags: ['y', 'x'] }), shared]);
    expect(whole.nodes.map(({ tags }) => tags)).toEqual([['x', 'y']]);
    expect(shared.tags).toEqual([]);
  });

  test('two nodes that only look alike are still two', () => {
    expect(() => pipeline([step('a', 'b', 'n'), step('a', 'b', 'n')])).toThrow(refused('PIPELINE_DUPLICATE_NODE'));
  });

  test('an empty pipeline is a pipeline', () => {
    expect(describePipeline(pipeline([]))).toEqual({ nodes: [], inputs: [], outputs: [], parameters: [] });
  });

  test('a description leaves parameters out of inputs', () => {
    const uses = node((...all: number[]) => all, {
      inputs: ['a', 'params:x.y', 'parameters'],
      outputs: 'b',
      name: 'n',
    });
    expect(describePipeline(pipeline([uses]))).toMatchObject({ inputs: ['a'], parameters: ['x.y', 'parameters'] });
  });
});
