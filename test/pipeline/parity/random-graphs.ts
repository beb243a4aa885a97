/** Random graphs of nodes, as Kedro and we are given them. */
import fc from 'fast-check';

/** Names of a node's inputs or outputs as Kedro and we both write them. */
type Written = string | string[] | Record<string, string> | null;

export interface NodeSpec {
  name: string;
  inputs: Written;
  outputs: Written;
  tags: string[];
  namespace: string | null;
}

export const NAMESPACES = ['a', 'ab', 'a.b', 'a.b.c', 'b', 'b.a'];
export const TAGS = ['x', 'y', 'z-1'];
const PARAMETERS = ['parameters', 'params:p', 'params:q', 'params:p.deep', 'params:a.p'];
const WAYS = ['one', 'two'];

/** One wrong name in so many: most graphs are to be right, and some to fail in every way there is. */
const RIGHT = 120;

/** Something, and now and then something else. */
export function mostly<T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ arbitrary: usual, weight: RIGHT }, { arbitrary: odd, weight: 1 });
}

export function some<T>(from: readonly T[], maxLength: number): fc.Arbitrary<T[]> {
  return fc.uniqueArray(fc.constantFrom(...from), { maxLength });
}

export function few<T>(from: readonly T[]): fc.Arbitrary<T[]> {
  return fc.uniqueArray(fc.constantFrom(...from), { minLength: 1, maxLength: 2 });
}

/** The datasets of a graph, by who makes them: free ones first, then up to two a node. */
interface Shape {
  size: number;
  /** Datasets that are written with a way. */
  transcoded: boolean[];
}

const shapeArbitrary: fc.Arbitrary<Shape> = fc.integer({ min: 1, max: 9 }).chain((size) =>
  fc.record({
    size: fc.constant(size),
    transcoded: fc.array(
      fc.nat({ max: 4 }).map((n) => n === 0),
      { minLength: 2 * size + 3, maxLength: 2 * size + 3 },
    ),
  }),
);

function asWritten(dataset: number, { transcoded }: Shape): fc.Arbitrary<string> {
  const name = `d${dataset}`;
  const ways = WAYS.map((way) => `${name}@${way}`);
  return transcoded[dataset]
    ? mostly(fc.constantFrom(...ways), fc.constant(name))
    : mostly(fc.constant(name), fc.constantFrom(...ways));
}

function written(names: string[], kind: 'list' | 'single' | 'keyword'): Written {
  if (names.length === 0) return kind === 'list' ? [] : null;
  if (kind === 'single' && names.length === 1) return names[0] ?? null;
  return kind === 'keyword' ? Object.fromEntries(names.map((name, i) => [`k${i}`, name])) : names;
}

const kindArbitrary = fc.constantFrom('list' as const, 'single' as const, 'keyword' as const);

function nodeArbitrary(at: number, shape: Shape, name: string): fc.Arbitrary<NodeSpec> {
  const earlier = Array.from({ length: 3 + 2 * at }, (_, i) => i);
  const all = Array.from({ length: 3 + 2 * shape.size }, (_, i) => i);
  const own = [3 + 2 * at, 4 + 2 * at];
  const dataset = (usual: number[]) =>
    mostly(fc.constantFrom(...usual), fc.constantFrom(...all)).chain((i) => asWritten(i, shape));
  const input = fc.oneof(
    { arbitrary: dataset(earlier), weight: 5 },
    { arbitrary: fc.constantFrom(...PARAMETERS), weight: 1 },
  );
  const outputs = fc.subarray(own).chain((made) => fc.tuple(...made.map((i) => dataset([i]))));
  return fc
    .record({
      inputs: fc.tuple(fc.array(input, { maxLength: 4 }), kindArbitrary),
      outputs: fc.tuple(outputs, kindArbitrary),
      tags: some(TAGS, 2),
      namespace: fc.option(fc.constantFrom(...NAMESPACES)),
    })
    .map(({ inputs, outputs, ...rest }) => {
      // A node needs something to be ordered by; the eighth of a graph tests that it is refused without.
      const isBare = inputs[0].length + outputs[0].length === 0 && at !== 7;
      return { name, inputs: isBare ? ['d0'] : written(...inputs), outputs: written(...outputs), ...rest } as NodeSpec;
    });
}

const nameArbitrary = fc.stringMatching(/^[a-zA-Z0-9_.-]{1,3}$/);

/** Graphs of 1 to 9 nodes, listed in any order. */
export const graphArbitrary: fc.Arbitrary<NodeSpec[]> = shapeArbitrary.chain((shape) =>
  mostly(
    fc.uniqueArray(nameArbitrary, { minLength: shape.size, maxLength: shape.size }),
    fc.array(fc.constantFrom('n1', 'n2', 'n3', 'n4'), { minLength: shape.size, maxLength: shape.size }),
  ).chain((names) =>
    fc
      .tuple(...names.map((name, i) => nodeArbitrary(i, shape, name)))
      .chain((nodes) => fc.shuffledSubarray(nodes, { minLength: nodes.length })),
  ),
);

export function fullName({ name, namespace }: NodeSpec): string {
  return namespace === null ? name : `${namespace}.${name}`;
}

export function namesIn(from: Written): string[] {
  if (from === null) return [];
  if (typeof from === 'string') return [from];
  return Array.isArray(from) ? from : Object.values(from);
}
