/** Catalogs made at random, of everything that a factory's name and entry may have in them. */
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../src/core/index.ts';

export interface FactoryCase {
  catalog: Record<string, JsonObject>;
  credentials: Record<string, JsonObject>;
  names: string[];
}

const LITERALS = [
  ...['a', 'B', 'x', 'int', 'csv', 'Prices', '1', '42', '_', '_', '.', '.', '-', '@pandas', '@', '#', ' ', ':'],
  ...['+', '*', '?', '^', '$', '|', '(', ')', '[', ']', '\\', '/', 'ü', 'Ü', 'ß', '😀', '\uffee', '\n', ','],
];
const PLACEHOLDERS = ['{a}', '{a}', '{b}', '{name}', '{name}', '{namespace}', '{A}'];
const ODD = ['{}', '{_x}', '{1}', '{a-b}', '{a.b}', '{a b}', '{ä}', '{{', '}}', '{', '}', '{a:d}', '{a[b]}', '{a!r}'];

const literal = fc.constantFrom(...LITERALS);
const usual = fc.constantFrom(...PLACEHOLDERS);
const odd = fc.constantFrom(...ODD);

const joinedOf = (token: fc.Arbitrary<string>, minLength: number, maxLength: number) =>
  fc.array(token, { minLength, maxLength }).map((parts) => parts.join(''));

const pattern = fc
  .oneof(
    {
      weight: 8,
      arbitrary: joinedOf(fc.oneof({ weight: 2, arbitrary: literal }, { weight: 3, arbitrary: usual }), 1, 6),
    },
    { weight: 1, arbitrary: fc.constantFrom('{default}', '{a}{b}', '{namespace}.{name}', '{a}_{b}', '{name}@pandas') },
    { weight: 2, arbitrary: joinedOf(fc.oneof(literal, usual, odd), 1, 6) },
  )
  .filter((text) => text.includes('{') && !text.startsWith('_'));

// OmegaConf is not what is compared here.
const plain = (text: string) => text.replaceAll(/\$+\{/g, '{');
const text = fc.oneof(
  { weight: 6, arbitrary: joinedOf(fc.oneof(literal, usual), 0, 5) },
  { weight: 1, arbitrary: joinedOf(fc.oneof(literal, usual, odd), 0, 5) },
);
const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 5, arbitrary: text.map(plain) },
    { weight: 1, arbitrary: fc.constantFrom<JsonValue>(0, 1.5, true, false, null, '') },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
    {
      weight: 2,
      arbitrary: fc.dictionary(fc.constantFrom('x', 'y', 'dataset', 'credentials', '{a}'), tie('value'), {
        maxKeys: 3,
      }),
    },
  ),
}));

const credentialsName = fc.constantFrom('db', 'db', 's3', 'odd', 'missing', '{name}', '{a}_db');
const definition = fc.record<JsonObject>(
  {
    type: fc.constantFrom('json.JSONDataset', 'MemoryDataset', '{name}.Dataset', '{a}'),
    filepath: fc.oneof(text.map(plain), fc.constantFrom('data/{a}/{b}.csv', '{namespace}/{name}', '{name}{name}')),
    load_args: value,
    credentials: fc.oneof(credentialsName, fc.constant({ user: '{a}' })),
    dataset: fc.record<JsonObject>(
      { type: fc.constant('t'), credentials: credentialsName },
      { requiredKeys: ['type'] },
    ),
    list: fc.array(fc.record<JsonObject>({ credentials: credentialsName }), { maxLength: 2 }),
  },
  { requiredKeys: ['type'] },
);

/** The catalog with most of its mistakes mended: else nearly every name would be an error. */
function mended(catalog: Record<string, JsonObject>, keep: ReadonlySet<number>): Record<string, JsonObject> {
  const isCatchAll = (key: string) => key.replace(/\{.*?\}/g, '') === '';
  const first = Object.keys(catalog).find(isCatchAll);
  const kept = Object.entries(catalog).filter(([key], i) => keep.has(i) || !isCatchAll(key) || key === first);
  return Object.fromEntries(kept.map(([key, entry], i) => [key, keep.has(i) ? entry : mendedEntry(key, entry)]));
}

function mendedEntry(key: string, entry: JsonObject): JsonObject {
  const known: readonly string[] = key.match(/\{\w+\}/g) ?? [];
  const texts = (value: JsonValue, at: string): JsonValue => {
    if (typeof value === 'string' && at === 'credentials')
      return value === 's3' ? 's3' : known.includes('{a}') ? 'db' : 'none';
    if (typeof value === 'string')
      return plain(value.replace(/\{\w+\}/g, (hole) => (known.includes(hole) ? hole : 'x')));
    if (Array.isArray(value)) return value.map((item) => texts(item, ''));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, texts(item as JsonValue, name)]));
  };
  return texts(entry, '') as JsonObject;
}

/** A name that the pattern may fit, its letters in either case. */
const nameOf = (of: string) =>
  fc.tuple(joinedOf(literal, 1, 3), joinedOf(literal, 1, 2), fc.boolean()).map(([a, b, upper]) => {
    const filled = of.replaceAll(/\{b\}|\{name\}/g, b).replaceAll(/\{[^{}]*\}/g, a);
    // Credentials that one entry names twice are one object, which Kedro fills twice: braces of a name would be read again.
    return (upper ? filled.toUpperCase() : filled).replaceAll(/[{}]/g, '') || 'x';
  });

/** One catalog, and names that are asked for. */
export const factoryCase: fc.Arbitrary<FactoryCase> = fc
  .tuple(
    fc.dictionary(pattern, definition, { minKeys: 1, maxKeys: 6 }),
    fc.dictionary(
      joinedOf(literal, 1, 3).map((name) => `k${name}`),
      definition,
      { maxKeys: 2 },
    ),
    fc.array(fc.nat(7), { maxLength: 2 }).map((list) => new Set(list)),
  )
  .chain(([factories, entries, keep]) => {
    const names = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...Object.keys(factories)).chain(nameOf) },
      { weight: 1, arbitrary: joinedOf(literal, 1, 5) },
      { weight: 1, arbitrary: fc.constantFrom(...Object.keys(entries), 'plain') },
    );
    return fc.record<FactoryCase>({
      catalog: fc.constant(mended({ ...factories, ...entries }, keep)),
      credentials: fc.constant({
        db: { user: 'ann', key: '{a}' },
        none: { user: 'bob', port: 1 },
        s3: { key: 'k', nested: ['{name}', 1] },
        odd: { password: 'p}w' },
      }),
      names: fc.array(names, { minLength: 4, maxLength: 6 }),
    });
  });
