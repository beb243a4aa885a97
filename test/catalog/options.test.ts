import { describe, expect, it } from 'vitest';
import { option } from '../../src/catalog/index.ts';
import { checkOptions } from '../../src/catalog/options.ts';

describe('checkOptions', () => {
  const rules = {
    name: option.required(option.text()),
    deep: option.flag(),
    depth: option.integer(1, 9),
    mode: option.oneOf('a', 'b'),
    columns: option.either(option.names(), option.mapping(option.oneOf('x'))),
    rest: option.anything(),
  };

  it('gives back what was given, typed, and undefined for what was not', () => {
    const values = checkOptions('cars', rules, { name: 'n', deep: false, depth: 9, columns: { c: 'x' }, rest: [0] });
    expect(values).toEqual({ name: 'n', deep: false, depth: 9, columns: { c: 'x' }, rest: [0] });
    expect(checkOptions('cars', rules, { name: 'n', columns: ['a'] }).columns).toEqual(['a']);
    expect(values.mode).toBeUndefined();
  });

  it('takes null, an empty YAML key, for not given', () => {
    expect(checkOptions('cars', rules, { name: 'n', deep: null })).toEqual({ name: 'n' });
    expect(() => checkOptions('cars', rules, { name: null })).toThrow(
      expect.objectContaining({ code: 'DATASET_INVALID' }),
    );
  });

  it.each([
    ['an empty text', { name: '' }, '"name"'],
    ['a text for a flag', { name: 'n', deep: 'yes' }, 'true or false'],
    ['a number out of range', { name: 'n', depth: 10 }, 'from 1 to 9'],
    ['a fraction', { name: 'n', depth: 1.5 }, 'whole number'],
    ['a value that is none of the known', { name: 'n', mode: 'c' }, '"a", "b"'],
    ['a list with a name twice', { name: 'n', columns: ['a', 'a'] }, 'different texts'],
    ['a mapping with a wrong value', { name: 'n', columns: { c: 'y' } }, '"columns"'],
    ['an unknown option', { name: 'n', dept: 1 }, '"depth"'],
    ['an unknown option that every object has', { name: 'n', constructor: 1 }, '"constructor"'],
  ])('refuses %s, naming dataset, place and option', (_, given, part) => {
    expect(() => checkOptions('cars', rules, given, 'save_args')).toThrow(
      expect.objectContaining({ code: 'DATASET_INVALID', message: expect.stringMatching(/"cars".*save_args/) }),
    );
    expect(() => checkOptions('cars', rules, given, 'save_args')).toThrow(part);
  });
});
