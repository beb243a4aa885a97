import { describe, expect, expectTypeOf, test } from 'vitest';
import { isPipelineError } from '../../src/core/index.ts';
import { type InputsFor, type NodeFunction, node, type OutputsFor } from '../../src/pipeline/node.ts';
import type { InputsAsked } from '../../src/pipeline/node-types.ts';

const add = (a: number, b: number) => a + b;

function problemOf(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    if (isPipelineError(error) && error.code === 'NODE_INVALID') return error.message;
    throw error;
  }
  throw new Error('it should have been refused');
}

// As JavaScript would: without the types that forbid it.
function untyped(fn: unknown, options?: unknown) {
  return (node as (fn: unknown, options?: unknown) => unknown)(fn, options);
}

describe('what a node is made of', () => {
  test('its default name is made from function, inputs and outputs, as in Kedro', () => {
    expect(node(add, { inputs: ['x', 'y'], outputs: 'sum' }).name).toBe('add([x;y]) -> [sum]');
    expect(node(add, { inputs: ['x', 'y'], outputs: 'sum', namespace: 'a.b' }).name).toBe('a.b.add([x;y]) -> [sum]');
    expect(node(add, { inputs: ['x', 'y'], outputs: 'sum', name: 'total', namespace: 'a' }).name).toBe('a.total');
  });

  test('inputs are a list, one name or names by key; outputs too', () => {
    expect(node(add, { inputs: ['x', 'y'], outputs: 'sum' })).toMatchObject({
      inputs: { kind: 'list', names: ['x', 'y'], keys: [] },
      outputs: { kind: 'single', names: ['sum'] },
    });
    const split = ({ rows }: { rows: number[] }) => ({ odd: rows, even: rows });
    expect(node(split, { inputs: { rows: 'table' }, outputs: { even: 'e', odd: 'o' } })).toMatchObject({
      inputs: { kind: 'keyword', names: ['table'], keys: ['rows'] },
      outputs: { kind: 'keyword', names: ['e', 'o'], keys: ['even', 'odd'] },
    });
    expect(node(() => undefined, { inputs: null, outputs: ['a'] } as never)).toMatchObject({
      inputs: { kind: 'none', names: [] },
      outputs: { kind: 'list', names: ['a'] },
    });
  });

  test('one dataset may be two arguments', () => {
    expect(node(add, { inputs: ['x', 'x'], outputs: 'sum' }).inputs.names).toEqual(['x', 'x']);
  });

  test('names may have letters of any script, as in Python', () => {
    expect(node(add, { inputs: ['x', 'y'], outputs: 's', name: 'größe_1', tags: 'été', namespace: '数' }).name).toBe(
      '数.größe_1',
    );
  });

  test('tags are sorted and each is there once', () => {
    expect(node(add, { inputs: ['x', 'y'], outputs: 's', tags: ['b', 'a', 'b'] }).tags).toEqual(['a', 'b']);
    expect(node(add, { inputs: ['x', 'y'], outputs: 's', tags: 'a' }).tags).toEqual(['a']);
  });

  test('a node cannot be changed, and does not share what it was made from', () => {
    const inputs: [string, string] = ['x', 'y'];
    const made = node(add, { inputs, outputs: 'sum' });
    inputs[0] = 'other';
    expect(made.inputs.names).toEqual(['x', 'y']);
    expect(() => Object.assign(made, { name: 'other' })).toThrow(TypeError);
    expect(() => (made.inputs.names as string[]).push('z')).toThrow(TypeError);
  });
});

describe('what is refused', () => {
  const sum = { inputs: ['x', 'y'], outputs: 'sum' } as const;

  test.each([
    ['no function', () => untyped('add', sum), 'is not a function'],
    ['no options', () => untyped(add), 'not an object of options'],
    ['an option that is misspelt', () => untyped(add, { input: 'a', outputs: 'b' }), 'Did you mean "inputs"?'],
    ['neither inputs nor outputs', () => untyped(add, {}), 'neither inputs nor outputs'],
    ['a number as inputs', () => untyped(add, { inputs: 5, outputs: 'a' }), 'inputs are neither'],
    ['a function as outputs', () => untyped(add, { inputs: 'a', outputs: () => 'b' }), 'outputs are neither'],
    ['a number among inputs', () => untyped(add, { inputs: ['x', 5] }), 'not the name of a dataset'],
    ['an empty name', () => untyped(add, { inputs: ['x', ''] }), 'not the name of a dataset'],
    ['an output twice', () => untyped(add, { outputs: ['a', 'a'] }), 'writes "a" twice'],
    ['an output that is an input', () => untyped(add, { inputs: ['a', 'b'], outputs: 'b' }), 'both its input and'],
    ['a dataset twice, in two ways', () => untyped(add, { outputs: ['a@x', 'a@y'] }), 'writes "a" twice'],
    ['one dataset in and out, in two ways', () => untyped(add, { inputs: ['a@x'], outputs: 'a@y' }), '"a" is both'],
    ['two ways in one name', () => untyped(add, { inputs: ['a@x@y'], outputs: 'b' }), '"a@x@y" has more than one "@"'],
    ['a parameter as output', () => untyped(add, { ...sum, outputs: 'params:a' }), 'parameters are read-only'],
    ['all parameters as output', () => untyped(add, { ...sum, outputs: 'parameters' }), 'parameters are read-only'],
    ['a name with a space', () => untyped(add, { ...sum, name: 'a b' }), 'its name may hold'],
    ['an empty node name', () => untyped(add, { ...sum, name: '' }), 'its name may hold'],
    ['a name that is no text', () => untyped(add, { ...sum, name: 5 }), 'its name is not a text'],
    ['a namespace with a slash', () => untyped(add, { ...sum, namespace: 'a/b' }), 'namespace "a/b"'],
    ['a tag with a comma', () => untyped(add, { ...sum, tags: ['a,b'] }), 'tag "a,b"'],
    ['tags that are no list', () => untyped(add, { ...sum, tags: 5 }), 'tags are neither'],
  ])('%s', (_, make, says) => {
    expect(problemOf(make)).toContain(says);
  });
});

describe('types', () => {
  test('inputs fit the arguments of the function', () => {
    node(add, { inputs: ['x', 'y'], outputs: 'sum' });
    // @ts-expect-error: one name for two arguments
    node(add, { inputs: 'x', outputs: 'sum' });
    // @ts-expect-error: three names for two arguments
    node(add, { inputs: ['x', 'y', 'z'], outputs: 'sum' });
    node((_a: number, b = 1) => b, { inputs: 'x', outputs: 'y' });
    node((...all: number[]) => all.length, { inputs: ['a', 'b', 'c'], outputs: 'count' });
    node((...all: number[]) => all.length, { inputs: 'a', outputs: 'count' });
    // @ts-expect-error: a name for a function without arguments
    node(() => 1, { inputs: 'x', outputs: 'one' });
    node(() => 1, { outputs: 'one' });
    node(() => 1, { inputs: [], outputs: 'one' });
    expectTypeOf<['x', 'y']>().toExtend<InputsFor<typeof add>>();
    expectTypeOf<string>().not.toExtend<InputsFor<typeof add>>();
    expectTypeOf<null>().not.toExtend<InputsFor<typeof add>>();
  });

  test('inputs may be left out only where the function can be called with nothing', () => {
    // @ts-expect-error: two arguments, and none is given
    node(add, { outputs: 'sum' });
    // @ts-expect-error: an object that is not given
    node(({ rows }: { rows: number[] }) => rows.length, { outputs: 'count' });
    node((a = 1) => a, { outputs: 'one' });
    node((a?: number) => a ?? 1, { outputs: 'one' });
    node((...all: number[]) => all.length, { outputs: 'count' });
    const fn: NodeFunction = add;
    node(fn, { outputs: 'sum' });
    expectTypeOf<{ inputs: [string, string] }>().toExtend<InputsAsked<typeof add>>();
    expectTypeOf<{ outputs: string }>().not.toExtend<InputsAsked<typeof add>>();
    expectTypeOf<{ outputs: string }>().toExtend<InputsAsked<() => number>>();
  });

  test('names by key fit the object that the function takes', () => {
    const area = (sides: { width: number; height: number }) => sides.width * sides.height;
    node(area, { inputs: { width: 'w', height: 'h' }, outputs: 'area' });
    node(area, { inputs: 'sides', outputs: 'area' });
    // @ts-expect-error: a key is missing
    node(area, { inputs: { width: 'w' }, outputs: 'area' });
    // @ts-expect-error: a key that the function does not know
    node(area, { inputs: { width: 'w', height: 'h', depth: 'd' }, outputs: 'area' });
    expectTypeOf<{ width: string; height: string }>().toExtend<InputsFor<typeof area>>();
    expectTypeOf<{ width: string }>().not.toExtend<InputsFor<typeof area>>();
  });

  test('outputs fit what the function returns, also as a promise', () => {
    const pair = async (a: number): Promise<[number, string]> => [a, ''];
    node(pair, { inputs: 'a', outputs: ['n', 's'] });
    node(pair, { inputs: 'a', outputs: 'both' });
    // @ts-expect-error: three names for two values
    node(pair, { inputs: 'a', outputs: ['n', 's', 't'] });
    const parts = (a: number) => ({ left: a, right: a });
    node(parts, { inputs: 'a', outputs: { left: 'l' } });
    // @ts-expect-error: a key that the function does not return
    node(parts, { inputs: 'a', outputs: { middle: 'm' } });
    // @ts-expect-error: a number has no parts
    node(add, { inputs: ['x', 'y'], outputs: ['a', 'b'] });
    expectTypeOf<{ left: string; right: string }>().toExtend<OutputsFor<typeof parts>>();
    expectTypeOf<['n', 's']>().toExtend<OutputsFor<typeof pair>>();
    expectTypeOf<['n']>().not.toExtend<OutputsFor<typeof pair>>();
    expectTypeOf<null>().toExtend<OutputsFor<typeof pair>>();
  });

  test('a function of unknown types takes any names', () => {
    const any = (...values: unknown[]): unknown => values;
    node(any, { inputs: ['a', 'b'], outputs: { x: 'y' } });
    node(any, { inputs: { a: 'b' }, outputs: ['x', 'y'] });
  });
});
