import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { node, nodesToRun, pipeline, withoutInjected } from '../../src/pipeline/index.ts';
import { down, edgesArbitrary, namesOf, nodesOf, reachable, up } from './graphs.ts';

/** A graph, injected datasets and datasets asked for. */
const injectedArbitrary = edgesArbitrary.chain((edges) =>
  fc.record({
    edges: fc.constant(edges),
    injected: fc.subarray([...edges.keys()]),
    asked: fc.subarray([...edges.keys()]),
  }),
);

describe('injected data', () => {
  test('keeps the nodes from which a way leads to a wanted output that no injected dataset cuts', () => {
    fc.assert(
      fc.property(injectedArbitrary, ({ edges, injected, asked }) => {
        const free = [...edges.keys()].filter((i) => down(edges)(i).length === 0);
        const isGiven = (i: number) => injected.includes(i);
        const start = [...free, ...asked].filter((i) => !isGiven(i));
        const needed = reachable(start, (at) => up(edges)(at).filter((i) => !isGiven(i)));
        const kept = withoutInjected(
          pipeline(nodesOf(edges)),
          new Set(injected.map((i) => `d${i}`)),
          asked.map((i) => `d${i}`),
        );
        expect(kept.map(({ name }) => name).sort()).toEqual(namesOf(needed));
      }),
    );
  });

  test('a free input that is given drops nothing', () => {
    const whole = pipeline(nodesOf([[], [0]]));
    expect(withoutInjected(whole, new Set(['raw']))).toEqual(whole.nodes);
  });

  test('a node without outputs is always wanted, and so is what it reads', () => {
    const make = node((value: number) => value, { inputs: 'raw', outputs: 'made', name: 'make' });
    const tell = node((value: number) => value, { inputs: 'made', name: 'tell' });
    const other = node((value: number) => value, { inputs: 'raw', outputs: 'other', name: 'other' });
    const kept = withoutInjected(pipeline([make, tell, other]), new Set(['other']));
    expect(kept.map(({ name }) => name)).toEqual(['make', 'tell']);
  });
});

describe('what is done already', () => {
  const nodes = pipeline(nodesOf([[], [0], [1], [2]])).nodes;
  const running = (done: string[], available: string[], wanted: string[]) =>
    [
      ...nodesToRun(nodes, {
        isDone: ({ name }) => done.includes(name),
        isAvailable: (name) => available.includes(name),
        wanted,
      }),
    ]
      .map(({ name }) => name)
      .sort();

  test('a done node is left out where its output is at hand', () => {
    expect(running(['n0', 'n1', 'n2'], ['d2'], ['d3'])).toEqual(['n3']);
  });

  test('a done node whose output is gone runs again only where it is needed', () => {
    expect(running(['n0', 'n1', 'n2'], ['d0'], ['d3'])).toEqual(['n1', 'n2', 'n3']);
    expect(running(['n0', 'n1', 'n2', 'n3'], ['d3'], ['d3'])).toEqual([]);
    expect(running(['n0', 'n1', 'n2', 'n3'], [], ['d3'])).toEqual(['n0', 'n1', 'n2', 'n3']);
  });
});
