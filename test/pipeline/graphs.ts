/** Random pipelines, and the plain answers that the room's own are held against. */
import fc from 'fast-check';
import { type Node, node } from '../../src/pipeline/index.ts';

/** For each node the earlier nodes whose outputs it reads; node i writes the dataset `d<i>`. */
export type Edges = number[][];

/** Acyclic graphs of 1 to 12 nodes. */
export const edgesArbitrary: fc.Arbitrary<Edges> = fc
  .integer({ min: 1, max: 12 })
  .chain((size) =>
    fc.tuple(
      ...Array.from({ length: size }, (_, i) =>
        i === 0 ? fc.constant<number[]>([]) : fc.uniqueArray(fc.nat({ max: i - 1 }), { maxLength: 3 }),
      ),
    ),
  );

/** The nodes `n<i>`; one that reads no other reads the free input `raw`. */
export function nodesOf(edges: Edges): Node[] {
  return edges.map((reads, i) =>
    node((...values: number[]) => values.length, {
      inputs: reads.length === 0 ? ['raw'] : reads.map((from) => `d${from}`),
      outputs: `d${i}`,
      name: `n${i}`,
    }),
  );
}

/** Every node that is reached from `start` by one step or more, or none. */
export function reachable(start: readonly number[], next: (at: number) => readonly number[]): Set<number> {
  const seen = new Set(start);
  const open = [...start];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const each of next(at)) {
      if (seen.has(each)) continue;
      seen.add(each);
      open.push(each);
    }
  }
  return seen;
}

export function up(edges: Edges): (at: number) => readonly number[] {
  return (at) => edges[at] ?? [];
}

export function down(edges: Edges): (at: number) => readonly number[] {
  return (at) => edges.flatMap((reads, i) => (reads.includes(at) ? [i] : []));
}

export function namesOf(indexes: Iterable<number>): string[] {
  return [...indexes].map((i) => `n${i}`).sort();
}
