import { describe, expect, it } from 'vitest';
import { describeEntry, parameterNames } from '../../src/config/index.ts';
import { failure, templateOf } from './conf-tree.ts';

describe('describing without a run', () => {
  it('lists parameters with dots, also behind a reference, and those that a run has yet to fill', async () => {
    const template = await templateOf({
      'base/parameters.yml': 'a: {b: {c: 1}, l: [1]}\nsame: ${a.b}\nopen: ${runtime_params:x}\n',
    });
    expect(parameterNames(template)).toEqual(['a', 'a.b', 'a.b.c', 'a.l', 'same', 'same.c', 'open']);
  });

  it('shows what is known of an entry and leaves runtime params as they are written', async () => {
    const template = await templateOf({
      'base/globals.yml': 'root: data',
      'base/catalog.yml':
        '_csv: {type: Csv}\na: {type: "${_csv.type}", filepath: "${globals:root}/a.csv", versioned: true}\nb: {type: T, filepath: "x/${runtime_params:day}.csv"}\nc: ${_csv}\n"{n}_x": {type: T, filepath: "${nowhere}/{n}"}\nflat: 3\nraw: {type: T, metadata: {kedro-viz: {layer: primary}}}\nown: {type: T, metadata: {layer: primary}}',
    });
    expect(describeEntry(template, 'raw')).toEqual({ type: 'T', layer: 'primary' });
    expect(describeEntry(template, 'own')).toEqual({ type: 'T' });
    expect(describeEntry(template, 'a')).toEqual({ type: 'Csv', filepath: 'data/a.csv', versioned: true });
    expect(describeEntry(template, 'b')).toEqual({ type: 'T', filepath: 'x/${runtime_params:day}.csv' });
    expect(describeEntry(template, 'c')).toEqual({ type: 'Csv' });
    expect(describeEntry(template, '{n}_x')).toEqual({ type: 'T', filepath: '${nowhere}/{n}' });
    expect(describeEntry(template, 'flat')).toEqual({});
    expect((await failure(() => describeEntry(template, 'aa'))).code).toBe('DATASET_NOT_FOUND');
  });
});
