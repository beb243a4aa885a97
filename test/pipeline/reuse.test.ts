/** One pipeline used again under other names; `parity` holds the rules against Kedro's. */
import { describe, expect, test } from 'vitest';
import { node, type Pipeline, type PipelineOptions, pipeline, slice } from '../../src/pipeline/index.ts';

const pass = (...values: number[]) => values.length;

const base = pipeline([
  node(pass, { inputs: ['raw', 'params:size', 'parameters'], outputs: 'table', name: 'make', tags: 'daily' }),
  node(pass, {
    inputs: { length: 'table' } as never,
    outputs: ['model', 'score'] as never,
    name: 'train',
    namespace: 'inner',
  }),
]);

function shown({ nodes }: Pipeline) {
  return nodes.map(({ name, inputs, outputs, namespace }) => [name, [...inputs.names], [...outputs.names], namespace]);
}

describe('a namespace', () => {
  test('goes before nodes, datasets and parameters, and keeps everything else', () => {
    const reused = pipeline(base, { namespace: 'de' });
    expect(shown(reused)).toEqual([
      ['de.make', ['de.raw', 'params:de.size', 'parameters'], ['de.table'], 'de'],
      ['de.inner.train', ['de.table'], ['de.model', 'de.score'], 'de.inner'],
    ]);
    expect(reused.nodes[0]).toMatchObject({ tags: ['daily'], fn: pass });
    expect(reused.nodes[1]).toMatchObject({ inputs: { kind: 'keyword', keys: ['length'] }, outputs: { kind: 'list' } });
  });

  test('leaves alone what is named, and takes other names for what is mapped', () => {
    const options: PipelineOptions = {
      namespace: 'de',
      inputs: 'raw',
      outputs: { model: 'model_de', table: 'shared' },
      parameters: { size: 'sizes.de' },
    };
    expect(shown(pipeline([base], options))).toEqual([
      ['de.make', ['raw', 'params:sizes.de', 'parameters'], ['shared'], 'de'],
      ['de.inner.train', ['shared'], ['model_de', 'de.score'], 'de.inner'],
    ]);
    expect(
      shown(pipeline(base, { ...options, inputs: new Set(['raw']), parameters: { 'params:size': 'params:sizes.de' } })),
    ).toEqual(shown(pipeline(base, { ...options, inputs: ['raw'] })));
  });

  test('nests, and one pipeline may be there several times', () => {
    const twice = pipeline([
      pipeline(pipeline(base, { namespace: 'a' }), { namespace: 'b', inputs: 'a.raw' }),
      pipeline(base, { namespace: 'c', inputs: { raw: 'a.raw' } }),
    ]);
    expect(twice.inputs).toEqual(['a.raw', 'params:b.a.size', 'parameters', 'params:c.size']);
    expect(slice(twice, { namespaces: ['b.a.inner'] }).nodes.map(({ name }) => name)).toEqual(['b.a.inner.train']);
  });

  test('may be for the nodes alone', () => {
    const grouped = pipeline(base, { namespace: 'g', prefixDatasetsWithNamespace: false });
    expect(grouped.nodes.map(({ name }) => name)).toEqual(['g.make', 'g.inner.train']);
    expect([grouped.inputs, grouped.outputs]).toEqual([base.inputs, base.outputs]);
  });

  test('is in a name that was made of datasets, too', () => {
    const unnamed = pipeline([node(pass, { inputs: ['x'], outputs: 'y', namespace: 'own' })]);
    expect(pipeline(unnamed, { namespace: 'ns' }).nodes[0]?.name).toBe('ns.own.pass([ns.x]) -> [ns.y]');
  });

  test('keeps the ways to a dataset', () => {
    const ways = pipeline([
      node(pass, { inputs: ['t@one', 'u@two'], outputs: 'v', name: 'n' }),
      node(pass, { inputs: ['t@two'], outputs: 'w', name: 'm' }),
    ]);
    expect(pipeline(ways, { namespace: 'ns', inputs: { t: 's' } }).inputs).toEqual(['s@two', 's@one', 'ns.u@two']);
  });

  test('the same reuse twice is one', () => {
    const reuse = () => pipeline(base, { namespace: 'de' });
    expect(shown(pipeline([reuse(), reuse()]))).toEqual(shown(reuse()));
  });
});

describe('what is refused', () => {
  const lookalike = node((value: number) => -value, { inputs: 'raw', outputs: 'table', name: 'make' });

  test.each([
    [
      'an unknown dataset, with what is close',
      { inputs: { rew: 'a' } },
      'PIPELINE_INVALID',
      /"rew".*Did you mean "raw"/,
    ],
    ['an unknown parameter', { parameters: 'seize' }, 'PIPELINE_INVALID', /"params:seize".*"params:size"/],
    ['a made dataset among inputs', { inputs: 'table' }, 'PIPELINE_INVALID', /"table".*name it in outputs/],
    ['a needed dataset among outputs', { outputs: ['raw'] }, 'PIPELINE_INVALID', /"raw".*name it in inputs/],
    ['a parameter among inputs', { inputs: ['params:size'] }, 'PIPELINE_INVALID', /belongs in parameters/],
    ['a number as mapping', { inputs: 5 }, 'PIPELINE_INVALID', /its inputs are neither/],
    ['a name that is a number', { outputs: { model: 5 } }, 'PIPELINE_INVALID', /its outputs are neither/],
    ['a namespace that is no text', { namespace: 5 }, 'PIPELINE_INVALID', /namespace is not a text/],
    ['a namespace with a space', { namespace: 'a b' }, 'NODE_INVALID', /"a b"/],
    [
      'an output that becomes an input of its node',
      { outputs: { table: 'x' }, inputs: { raw: 'x' } },
      'NODE_INVALID',
      /both/,
    ],
    ['two datasets that become one', { outputs: { model: 'x', score: 'x' } }, 'NODE_INVALID', /"x" twice/],
    ['a tag with a comma', { tags: 'a,b' }, 'NODE_INVALID', /"a,b"/],
  ] as [string, never, string, RegExp][])('%s', (_, options, code, says) => {
    expect(() => pipeline(base, options)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(says) }),
    );
  });

  test('a dataset with and without a way', () => {
    const nodes = [
      node(pass, { inputs: ['a'], outputs: 't@one', name: 'n' }),
      node(pass, { inputs: ['t'], outputs: 'b', name: 'm' }),
    ];
    expect(() => pipeline(nodes)).toThrow(
      expect.objectContaining({ code: 'PIPELINE_INVALID', message: expect.stringContaining('"t@one"') }),
    );
  });

  test('a node of another function under the same name', () => {
    expect(() => pipeline([base, pipeline([lookalike])])).toThrow(
      expect.objectContaining({ code: 'PIPELINE_DUPLICATE_NODE' }),
    );
  });
});
