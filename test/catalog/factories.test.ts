import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factoryMatcher, fillPlaceholders, hasPlaceholder, matchFactory } from '../../src/catalog/index.ts';

// Each outcome was seen with kedro 1.7.0, whose patterns go through the Python package `parse`.
const SEEN_IN_KEDRO: [pattern: string, name: string, placeholders: Record<string, string> | undefined][] = [
  ['{a}.{b}', 'x.y.z', { a: 'x', b: 'y.z' }],
  ['{namespace}.int_{name}', 'data.int_customers', { namespace: 'data', name: 'customers' }],
  ['{a}_{b}', 'A_b_c', { a: 'A', b: 'b_c' }],
  ['{a}{b}', 'xyz', { a: 'x', b: 'yz' }],
  ['{a}{b}', 'x', undefined],
  ['{a}', 'x\ny', { a: 'x\ny' }],
  ['{a}_{a}', 'x_x', { a: 'x' }],
  ['{a}_{a}', 'x_y', undefined],
  ['X_{a}', 'x_1', { a: '1' }],
  ['{a}', '', undefined],
  ['{a-b}_c', 'q_c', { 'a-b': 'q' }],
  ['{a}_csv', ' sp_csv', { a: ' sp' }],
  ['{a}_csv', 'a_csv_x', undefined],
  ['{a}.csv', 'axcsv', undefined],
];

describe('matchFactory', () => {
  it.each(SEEN_IN_KEDRO)('matches %s with %j as Kedro does', (pattern, name, placeholders) => {
    expect(matchFactory(name, [pattern])).toEqual(placeholders === undefined ? undefined : { pattern, placeholders });
  });

  it('ranks by literal characters, then by placeholders, then by the alphabet', () => {
    const patterns = [
      '{name}',
      '{namespace}.{name}',
      '{namespace}.int_{name}',
      '{a}.int_{b}',
      '{namespace}.int_{name}{x}',
    ];
    const winners: string[] = [];
    for (let left = patterns; left.length > 0; ) {
      const match = matchFactory('data.int_customers', left);
      if (match === undefined) break;
      winners.push(match.pattern);
      left = left.filter((pattern) => pattern !== match.pattern);
    }
    expect(winners).toEqual([
      '{namespace}.int_{name}{x}',
      '{a}.int_{b}',
      '{namespace}.int_{name}',
      '{namespace}.{name}',
      '{name}',
    ]);
  });

  it('chooses the same factory in whatever order the catalog has them', () => {
    const patterns = ['{a}', '{a}_{b}', '{a}_csv', 'x_{b}', '{a}.{b}', '{b}.{a}_csv'];
    fc.assert(
      fc.property(
        fc.shuffledSubarray(patterns, { minLength: patterns.length }),
        fc.stringMatching(/^[xy._]{1,4}(_csv)?$/),
        (shuffled, name) => {
          expect(matchFactory(name, shuffled)).toEqual(matchFactory(name, patterns));
        },
      ),
    );
  });

  it('finds the parts that a name was made of, when they do not contain what is between them', () => {
    const part = fc.stringMatching(/^[a-z0-9_]{1,8}$/);
    fc.assert(
      fc.property(part, part, (a, b) => {
        expect(matchFactory(`${a}.${b}`, ['{a}.{b}'])?.placeholders).toEqual({ a, b });
      }),
    );
  });

  it('takes characters that mean something in a regular expression as they are', () => {
    expect(matchFactory('a+(b)^$|x', ['a+(b)^$|{c}'])?.placeholders).toEqual({ c: 'x' });
    expect(matchFactory('aab', ['a+{c}'])).toBeUndefined();
  });

  it('has no answer when no pattern fits, or there is none', () => {
    expect(matchFactory('companies', ['{name}_csv'])).toBeUndefined();
    expect(matchFactory('companies', [])).toBeUndefined();
  });

  it.each(['{a:d}_x', '{a[b]}_x'])('refuses %s, which Kedro reads, but only for names that it may fit', (pattern) => {
    expect(() => matchFactory('12_x', [pattern])).toThrow(expect.objectContaining({ code: 'DATASET_INVALID' }));
    expect(matchFactory('12_y', [pattern])).toBeUndefined();
  });

  it.each(['{a_x', 'a}_{b', '{a b}_x'])('passes over %s, whose braces stand for themselves', (pattern) => {
    expect(matchFactory('12_x', [pattern, '{b}_x'])?.pattern).toBe('{b}_x');
    expect(hasPlaceholder(pattern)).toBe(false);
  });

  it('gives no name to a placeholder without a letter in front, which fits two texts at once', () => {
    expect(matchFactory('x_y', ['{}_{}'])).toEqual({ pattern: '{}_{}', placeholders: {} });
    expect(matchFactory('x_y', ['{_a}_{_a}'])).toEqual({ pattern: '{_a}_{_a}', placeholders: {} });
  });

  it('refuses two patterns that catch everything, but only when nothing else fits', () => {
    const patterns = ['{a}', '{b}', '{c}_csv'];
    expect(matchFactory('x_csv', patterns)?.pattern).toBe('{c}_csv');
    expect(() => matchFactory('x', patterns)).toThrow(expect.objectContaining({ code: 'DATASET_INVALID' }));
  });

  it('answers the same when it is made once for many names', () => {
    const match = factoryMatcher(['{a}_csv', '{a}.{b}']);
    expect([match('x_csv'), match('x.y'), match('z'), match('x_csv')].map((found) => found?.pattern)).toEqual([
      '{a}_csv',
      '{a}.{b}',
      undefined,
      '{a}_csv',
    ]);
  });
});

describe('fillPlaceholders', () => {
  it('fills texts at any depth, and leaves the entry as it was', () => {
    const entry = {
      type: 'pandas.{kind}Dataset',
      filepath: 'data/{name}/{name}.csv',
      load_args: { list: ['{name}', 1, null, true] },
      '{name}': 'plain',
    };
    const before = structuredClone(entry);
    expect(fillPlaceholders(entry, { name: 'cars', kind: 'CSV' })).toEqual({
      type: 'pandas.CSVDataset',
      filepath: 'data/cars/cars.csv',
      load_args: { list: ['cars', 1, null, true] },
      '{name}': 'plain',
    });
    expect(entry).toEqual(before);
  });

  it('does not fill what was filled in', () => {
    expect(fillPlaceholders({ a: '{x}' }, { x: '{y}', y: 'z' })).toEqual({ a: '{y}' });
  });

  it('takes doubled braces for plain ones', () => {
    expect(fillPlaceholders({ sql: "SELECT {{'a': '{x}'}}" }, { x: '1' })).toEqual({ sql: "SELECT {'a': '1'}" });
  });

  it.each(['a}b', '{x}{', '{x}}'])('refuses a lone brace, as in %s', (filepath) => {
    expect(() => fillPlaceholders({ filepath }, { x: '1' })).toThrow(
      expect.objectContaining({ code: 'DATASET_INVALID', message: expect.stringMatching(/"filepath".*doubled/) }),
    );
  });

  it('leaves a text without a closing brace alone', () => {
    expect(fillPlaceholders({ a: '{{ {x' }, { x: '1' })).toEqual({ a: '{{ {x' });
  });

  it.each(['s3cret}', '{s3cret}'])('shows nothing of credentials that it cannot fill: %s', (key) => {
    const entry = { credentials: { key } };
    expect(() => fillPlaceholders(entry, { x: '1' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('s3cret') }),
    );
  });

  it.each(['../../etc/passwd', '/etc/passwd', 'a/../../b'])('lets no name lead out of the folder: %s', (name) => {
    expect(() => fillPlaceholders({ filepath: '{name}.json' }, { name })).toThrow(
      expect.objectContaining({ code: 'DATASET_INVALID' }),
    );
  });

  it('names a placeholder that the factory does not have', () => {
    expect(() => fillPlaceholders({ filepath: '{nam}.csv' }, { name: 'x' })).toThrow(
      expect.objectContaining({ code: 'DATASET_INVALID', message: expect.stringMatching(/\{nam\}.*\{name\}/) }),
    );
    expect(() => fillPlaceholders({ a: '{constructor}' }, {})).toThrow(
      expect.objectContaining({ code: 'DATASET_INVALID' }),
    );
  });
});
