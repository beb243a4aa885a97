import { describe, expect, it } from 'vitest';
import { copied } from '../../src/catalog/index.ts';

class Model {
  weight = 1;
  predict() {
    return this.weight;
  }
}

describe('copied', () => {
  const nested = () => ({ list: [1], at: new Date(5) });
  const shallow: [string, object, (copy: never) => object][] = [
    ['an array', [nested()], (copy: object[]) => copy[0] as object],
    ['a plain object', { inner: nested() }, (copy: { inner: object }) => copy.inner],
    ['a map', new Map([['a', nested()]]), (copy: Map<string, object>) => copy.get('a') as object],
    ['a set', new Set([nested()]), (copy: Set<object>) => [...copy][0] as object],
  ];

  it.each(shallow)('copies one level of %s', (_, value, inner) => {
    const copy = copied('d', 'copy', value);
    expect(copy).toEqual(value);
    expect(copy).not.toBe(value);
    expect(inner(copy as never)).toBe(inner(value as never));
  });

  it.each(shallow)('copies all of %s', (_, value, inner) => {
    const copy = copied('d', 'deepcopy', value);
    expect(copy).toEqual(value);
    expect(inner(copy as never)).not.toBe(inner(value as never));
  });

  it('copies bytes, so that writing to one leaves the other', () => {
    for (const value of [Buffer.from([1, 2]), new Uint8Array([1, 2]), new Float64Array([1, 2])]) {
      const copy = copied('d', 'copy', value) as typeof value;
      expect(copy).toEqual(value);
      copy[0] = 9;
      expect(value[0]).toBe(1);
    }
  });

  it.each([1, 'a', null, true, 10n])('hands on %s as it is', (value) => {
    for (const mode of ['assign', 'copy', 'deepcopy'] as const) expect(copied('d', mode, value)).toBe(value);
  });

  it('keeps circles, and thaws what is frozen', () => {
    const value: { self?: unknown; list: readonly number[] } = { list: Object.freeze([1]) };
    value.self = value;
    const copy = copied('d', 'deepcopy', value) as { self: unknown; list: number[] };
    expect(copy.self).toBe(copy);
    expect(copy.list.push(2)).toBe(2);
  });

  it.each([
    ['', new Model(), 'an instance of Model'],
    ['rows[1].model', { rows: [{}, { model: new Model() }] }, 'an instance of Model'],
    ['(key).f', new Map([['key', { f: () => 1 }]]), 'a function'],
  ])('does not copy deeply what would lose its methods, and says where: %s', (path, value, what) => {
    expect(() => copied('d', 'deepcopy', value)).toThrow(
      expect.objectContaining({
        code: 'DATASET_VALUE_INVALID',
        message: expect.stringMatching(`${what}.*use copy_mode: assign`),
        details: { dataset: 'd', path },
      }),
    );
  });

  it('does not copy an instance one level either, as nobody says how', () => {
    expect(() => copied('d', 'copy', new Model())).toThrow(expect.objectContaining({ code: 'DATASET_VALUE_INVALID' }));
  });
});
