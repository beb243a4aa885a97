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

describe('a dataset that is written and read in two ways', () => {
  const pass = (value: number) => value;
  const whole = pipeline([
    node(pass, { inputs: 'raw', outputs: 'table@one', name: 'make' }),
    node(pass, { inputs: 'table@two', outputs: 'end', name: 'use' }),
  ]);
  const named = (nodes: Iterable<{ name: string }>) => [...nodes].map(({ name }) => name).sort();

  test('its maker is left out where the way that is read is injected, and only then', () => {
    expect(named(withoutInjected(whole, new Set(['table@two'])))).toEqual(['use']);
    expect(named(withoutInjected(whole, new Set(['table@one'])))).toEqual(['make', 'use']);
    expect(named(withoutInjected(whole, new Set(['table@two']), ['table@one']))).toEqual(['make', 'use']);
  });

  test('what was saved in one way is at hand in the other', () => {
    const running = (available: string[]) =>
      named(
        nodesToRun(whole.nodes, {
          isDone: ({ name }) => name === 'make',
          isAvailable: (name) => available.includes(name),
          wanted: ['end'],
        }),
      );
    expect(running(['table@one'])).toEqual(['use']);
    expect(running([])).toEqual(['make', 'use']);
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
