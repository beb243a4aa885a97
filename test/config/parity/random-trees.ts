/** Configuration trees made at random: files over two environments, values of every kind, holes, merges, params. */
import fc from 'fast-check';
import type { JsonObject } from '../../../src/core/index.ts';
import { STOCK, stock, text } from './random-holes.ts';
import type { ParityTree } from './trees.ts';

const KEYS = ['a', 'b', 'c', 'd', 'e1', 'k-x', '_t', '_u', 'n.m', '1', 'list'] as const;
const key = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...KEYS) },
  { weight: 1, arbitrary: fc.constantFrom('"1"', 'true', '2.5', '"{n}_csv"', '"é"', 'yes', '0x10', "'q q'") },
);
const PLAIN = [
  '1',
  '-7',
  '0',
  '017',
  '0b11',
  '1_000',
  '1:30',
  '9007199254740993',
  '1.0',
  '2.5',
  '1e3',
  '1e22',
  '.5',
  '.inf',
  '1e-7',
  'true',
  'no',
  'Off',
  'null',
  '~',
  '',
  '2001-01-01',
  'text',
  'two words',
  '"quoted"',
  "'it''s'",
  '"a\\tb"',
  '???',
  '"1"',
  'y',
  '"\\u00e9"',
  '0o17',
  '08',
  '+1',
  '-0',
  '-.inf',
  '1.',
  '12345678901234567890',
  '"#x"',
  'a#b',
  '=x',
  'é',
] as const;
type Value = string | readonly Value[] | { readonly entries: readonly (readonly [string, Value])[] };

const value: fc.Memo<Value> = fc.memo((depth): fc.Arbitrary<Value> => {
  const leaf = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...PLAIN) }, { weight: 2, arbitrary: text });
  if (depth <= 1) return leaf;
  return fc.oneof(
    { weight: 4, arbitrary: leaf },
    { weight: 1, arbitrary: fc.array(value(depth - 1), { maxLength: 3 }) },
    { weight: 3, arbitrary: mapping(depth - 1).map((entries) => ({ entries })) },
  );
});

function mapping(depth: number): fc.Arbitrary<(readonly [string, Value])[]> {
  return fc.uniqueArray(fc.tuple(key, value(depth)), { selector: ([name]) => name, maxLength: 4 });
}

function block(entries: readonly (readonly [string, Value])[], indent: string): string {
  return entries.map(([name, item]) => `${indent}${name}:${written(item, indent)}`).join('');
}

function written(item: Value, indent: string): string {
  if (typeof item === 'string') return ` ${item}\n`;
  if (Array.isArray(item)) {
    if (item.length === 0) return ' []\n';
    return `\n${(item as readonly Value[]).map((each) => `${indent}-${written(each, `${indent}  `)}`).join('')}`;
  }
  const { entries } = item as Exclude<Value, string | readonly Value[]>;
  return entries.length === 0 ? ' {}\n' : `\n${block(entries, `${indent}  `)}`;
}

const file = mapping(3).map((entries) => `${block(entries, '')}${STOCK.join('\n')}\n`);
const entry = fc
  .tuple(fc.constantFrom('x', 'y', '"{n}_csv"', '_t', '_u', 'z'), mapping(2), fc.oneof(fc.constant('CSVDataset'), text))
  .map(
    ([name, fields, type]) =>
      [name, { entries: [['type', type], ...fields.filter(([field]) => field !== 'type')] }] as const,
  );
const catalog = fc
  .uniqueArray(entry, { selector: ([name]) => name, maxLength: 3 })
  .map((entries) => `${block(entries as readonly (readonly [string, Value])[], '')}${STOCK.join('\n')}\n`);
// Without runtime params: what they do in globals differs on purpose.
const global: fc.Arbitrary<Value> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...PLAIN) },
  { weight: 2, arbitrary: stock.map((name) => JSON.stringify(`\${${name}}`)) },
  fc.constantFrom(
    '{h: 1, l: [1, {m: 2.0}], t: "v"}',
    '[1, 2]',
    '"${g.h}x"',
    '"${_p}"',
    '"${oc.select:g.h, 3}"',
    '"${globals:g}"',
  ),
);
const globals = fc
  .uniqueArray(fc.tuple(fc.constantFrom('a', 'g2', 'x', '_p', 'b', 'day', 'o', 's'), global), {
    selector: ([name]) => name,
    maxLength: 3,
  })
  .map((entries) => `${block(entries, '')}g: {h: 1, l: [1, {m: 2.0}], t: "\${_w}y"}\n${STOCK.join('\n')}\n`);

const data: fc.Arbitrary<JsonObject> = fc.dictionary(
  fc.constantFrom('a', 'b', 'x', 'day', 'o', 's', 'e1', 'c', 'list', 'day', 'o', '_ref', '_m'),
  fc.oneof(
    fc.constantFrom<JsonObject[string]>(1, 0, 1.5, true, false, null, '', 'text', 'a b'),
    fc.constant<JsonObject>({ k: 1, l: ['p', { q: 2 }] }),
    fc.constant<JsonObject>({ b: { c: 9 }, a: 'z' }),
    fc.constant<JsonObject[string]>([1, 'two']),
    fc.constant<JsonObject>({ x: 5, new: { y: null } }),
  ),
  { maxKeys: 3 },
);

// Most trees have few files: each one more is one more place for an error, and trees that fail say little.
const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });

/** A tree at random. */
export const randomTree: fc.Arbitrary<ParityTree> = fc
  .record({
    base: file,
    more: fc.option(file, { nil: undefined, freq: 1 }),
    local: rarely(file),
    catalog: rarely(catalog),
    moreCatalog: rarely(catalog),
    localCatalog: rarely(catalog),
    globals: fc.option(globals, { nil: undefined, freq: 5 }),
    localGlobals: rarely(globals),
    params: fc.oneof(fc.constant({}), data),
    parametersStrategy: fc.constantFrom('destructive' as const, 'soft' as const),
    catalogStrategy: fc.constantFrom('destructive' as const, 'soft' as const),
    resolvers: fc.boolean(),
  })
  .map(({ params, resolvers, parametersStrategy, catalogStrategy, ...texts }) => {
    const places: [string, string | undefined][] = [
      ['base/parameters.yml', texts.base],
      ['base/parameters_more.yml', texts.more],
      ['local/parameters.yml', texts.local],
      ['base/catalog.yml', texts.catalog],
      ['base/sub/catalog_more.yml', texts.moreCatalog],
      ['local/catalog/c.yml', texts.localCatalog],
      ['base/globals.yml', texts.globals],
      ['local/globals.yml', texts.localGlobals],
    ];
    const files = Object.fromEntries(places.filter((place): place is [string, string] => place[1] !== undefined));
    return {
      name: 'random',
      files,
      runtimeParams: params,
      mergeStrategy: { parameters: parametersStrategy, catalog: catalogStrategy },
      resolvers,
    };
  });
