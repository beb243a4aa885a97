import type { ConfigPatterns, MergeStrategy } from '../../../src/config/index.ts';
import type { JsonObject } from '../../../src/core/index.ts';
import type { ConfTree } from '../conf-tree.ts';

/** A tree that both loaders read: they give the same values, or fail both. */
export interface ParityTree {
  name: string;
  files: ConfTree;
  /** Both must fail. Else neither may, unless the tree does not care (`undefined` in lists made by hand means "no"). */
  fails?: true;
  env?: string;
  /** The default environment has no folder, or the base has none. */
  without?: 'base' | 'local';
  runtimeParams?: JsonObject;
  /** In place of `runtimeParams`: as `--params` has them, which Kedro's own command line reads too. */
  params?: string;
  mergeStrategy?: Partial<Record<'catalog' | 'parameters' | 'credentials' | 'globals', MergeStrategy>>;
  patterns?: ConfigPatterns;
  /** With the resolvers of `resolvers.ts` (and `judge.py`). */
  resolvers?: boolean;
}

const P = 'base/parameters.yml';
const C = 'base/catalog.yml';

export const TREES: ParityTree[] = [
  { name: 'no files', files: {} },
  { name: 'empty files', files: { [P]: '', 'local/parameters.yml': '# nothing\n', [C]: 'a: {type: T}' } },
  {
    name: 'numbers, booleans and dates of YAML 1.1',
    files: {
      [P]: 'a: [1:30, 017, 0o17, 08, 1e5, 1_000, yes, On, y, 2020-01-01, 1:30.5, 0x1F, .5, 5., ~, Null, "1", 1e-5, -0b11]\nt: "${a}"',
    },
  },
  { name: 'keys that are no strings', files: { [P]: '0x10: a\ntrue: b\n2.50: c\n1e3: d\n' } },
  {
    name: 'block scalars and escapes',
    files: { [P]: 'a: |\n  x ${b}\n  y\nb: 1\nc: >-\n  p\n  q\nd: "t\\tx\\u00e9"\ne: plain\n  more\n' },
  },
  {
    name: 'merge keys',
    files: { [P]: 'x: &x {p: 1}\ny: &y {p: 2, q: 3}\nz: {<<: [*x, *y], r: 1}\nw:\n  <<: *y\n  q: 9\n' },
  },
  { name: 'anchors with relative references', files: { [P]: 'a: &t {v: "${.u}", u: 1}\nb: {<<: *t, u: 2}\nc: *t\n' } },
  {
    name: 'references: nested, relative, indexed, chained',
    files: {
      [P]: 'k: c\na: {b: {c: "${..d}", e: "${...k}"}, d: [1, [2]]}\nn: ${a.b.${k}}\ni: ${a.d[1].0} ${a.d.-1}\nw: ${a}\n',
    },
  },
  { name: 'text of values', files: { [P]: 'l: [a, 1.0, null, {b: true}]\nt: "${l} ${f} ${i}"\nf: 1e22\ni: 123456\n' } },
  { name: 'escaped interpolations', files: { [P]: "a: '\\${b}'\nb: 1\nc: '\\\\${b}'\nd: 'x\\${b}${b}'\ne: 'a\\b'\n" } },
  { name: 'a circle', fails: true, files: { [P]: 'a: ${b}\nb: x${a}\n' } },
  { name: 'a reference to nothing', fails: true, files: { [P]: 'a: ${b.c}\nb: {}\n' } },
  { name: 'a reference to ???', fails: true, files: { [P]: 'a: ???\nb: ${a}\n' } },
  { name: '??? left as it is', files: { [P]: 'a: ???\n' } },
  {
    name: 'the environment replaces top-level keys',
    files: { [P]: 'm: {a: 1, b: 2}\nk: 1', 'local/parameters.yml': 'm: {a: 3}' },
  },
  {
    name: 'the environment merged soft',
    files: { [P]: 'm: {a: 1, l: [1]}\ns: ${m}', 'local/parameters.yml': 'm: {l: [2], c: "${.d}", d: 4}' },
    mergeStrategy: { parameters: 'soft' },
  },
  {
    name: 'a soft merge with a reference on top',
    files: { [C]: 'x: {a: {b: 1}}', 'local/catalog.yml': '_t: {c: 3}\nx: {a: "${_t}"}' },
    mergeStrategy: { catalog: 'soft' },
  },
  {
    name: 'a soft merge with ??? on top',
    files: { [P]: 'm: {a: 1, b: {c: 1}}\n', 'local/parameters.yml': 'm: {a: "???", b: "???"}' },
    mergeStrategy: { parameters: 'soft' },
  },
  {
    name: 'references stay in their environment',
    files: { [P]: 'a: 1\nb: ${a}', 'prod/parameters.yml': 'a: 2\nc: ${a}', 'local/parameters.yml': 'a: 3' },
    env: 'prod',
  },
  { name: 'base alone', files: { [P]: 'a: 1', 'local/parameters.yml': 'a: 3' }, env: 'base' },
  {
    name: 'the same key in two catalogs',
    fails: true,
    files: { [C]: 'a: {type: T}', 'base/sub/catalog_x.yml': 'a: {type: U}' },
  },
  {
    name: 'the same mapping in two parameters',
    files: { 'base/parameters_a.yml': 'm: {a: 1}', 'base/parameters_b.yml': 'm: {b: 1}' },
  },
  {
    name: 'the same value in two parameters',
    fails: true,
    files: { 'base/parameters_a.yml': 'm: {a: 1}', 'base/parameters_b.yml': 'm: {a: 1}' },
  },
  {
    name: 'private keys across files',
    files: {
      [C]: '_t: {type: T, o: {a: 1}}\nx: ${_t}',
      'base/catalog_b.yml': '_t: {o: {b: 2}}',
      [P]: '_p: 1\nq: ${_p}',
    },
  },
  {
    name: 'file patterns',
    files: {
      'base/sub/parameters.yml': 'a: 1',
      'base/parametersx/deep/z.yml': 'b: 1',
      'base/parameters/.h.yml': 'c: 1',
      'base/.hid/parameters.yml': 'd: 1',
      'base/x/parameters_d/z.yml': 'e: 1',
      'base/parameters/catalog_q.json': '{"q": {"type": "T"}}',
      'base/parameters.txt': 'r: 1',
      'base/parameters.yaml': 's: 1',
    },
  },
  {
    name: 'globals across environments',
    files: {
      'base/globals.yml': 'a: 1\nb: {c: "${a}"}\n_p: 2\nd: ${_p}\nn: null',
      'local/globals.yml': 'a: 5',
      [P]: 'x: ${globals:a}\ny: ${globals:b}\nz: ${globals:b.c}\nn: ${globals:n, 3}\no: "${globals:no.pe, [1, a, {k: 2.0}]}"',
    },
  },
  { name: 'a private global', fails: true, files: { 'base/globals.yml': '_p: 1', [P]: 'a: ${globals:_p, 2}' } },
  { name: 'a missing global', fails: true, files: { [P]: 'a: ${globals:x}' } },
  {
    name: 'a default that is not needed but cannot be filled',
    fails: true,
    files: { [P]: 'a: ${runtime_params:x, ${runtime_params:y}}' },
    runtimeParams: { x: 1 },
  },
  {
    name: 'globals in other files than globals.yml',
    files: { 'base/globals_paths.yaml': 'r: data', 'base/globals.yaml': 'r: 1', [P]: 'a: ${globals:r, none}' },
  },
  { name: 'a file that is a bare text', files: { [P]: 'hello' } },
  { name: 'a mapping given over a list', fails: true, files: { [P]: 'a: [1]' }, runtimeParams: { a: { x: 1 } } },
  { name: 'a list given over a mapping', fails: true, files: { [P]: 'a: {b: 1}' }, runtimeParams: { a: [1] } },
  {
    name: 'defaults of every type',
    files: {
      [P]: 'a: ["${runtime_params:x,10}", "${runtime_params:x, null}", "${runtime_params:x, \'q, t\'}", "${runtime_params:x, a b/c:d  }", "${runtime_params:x,}", "${runtime_params:x, s3://b/c}", "${runtime_params:x, 1_0.5}", "${runtime_params:x, TRUE}", "${runtime_params:x, \\"10\\"}", "${runtime_params:x, ${b}}", "${runtime_params:x, p_${b}}"]\nb: 1.0',
    },
  },
  {
    name: 'falsy runtime params',
    files: {
      [P]: 'z: ["${runtime_params:a,1}", "${runtime_params:b,1}", "${runtime_params:c,1}", "${runtime_params:d,1}"]\na: 5',
    },
    runtimeParams: { a: 0, b: false, c: '', d: null },
  },
  {
    name: 'runtime params over parameters, deep',
    files: { [P]: 'm: {n: {o: 1, p: "${..q}"}, q: 2}\nl: [1]\ns: ${m.n.o}\nr: ${m}' },
    runtimeParams: { m: { n: { o: 5 }, q: 6 }, l: [2, 3], new: { x: 1 } },
  },
  { name: 'runtime params over a reference', files: { [P]: 'x: ${z}\nz: {a: 1}' }, runtimeParams: { x: { b: 2 } } },
  { name: 'a missing runtime param', fails: true, files: { [P]: 'a: ${runtime_params:x}', [C]: 'd: {type: T}' } },
  {
    name: 'a catalog with factories and runtime params',
    files: {
      [C]: '_csv: {type: pandas.CSVDataset, load_args: {sep: ";"}}\n"{n}_csv": {<<: {versioned: yes}, type: "${_csv.type}", filepath: "${globals:root}/{n}/${runtime_params:day, today}.csv"}\nx: ${_csv}\ny: {type: "${runtime_params:kind, MemoryDataset}", o: "${runtime_params:o.k}"}',
      'local/catalog.yml': 'x: {type: U}',
      'base/globals.yml': 'root: data',
    },
    runtimeParams: { day: 'mon', o: { k: [1, { a: null }] } },
  },
  { name: 'the environment outside credentials', fails: true, files: { [P]: 'a: ${oc.env:PARITY_USER}' } },
  { name: 'JSON files', files: { 'base/parameters.json': '{"a": 1.5, "b": {"c": "${a}"}, "d": null}' } },
  ...['- 1', 'a: [1', 'a: &x [*x]', 'a: !foo 1', 'a: 1\n---\nb: 2', 'a: 1\na: 2', 'a: b: c', '~: 1'].map((text) => ({
    name: `a file that cannot be read: ${JSON.stringify(text)}`,
    fails: true as const,
    files: { [P]: text },
  })),
  ...['${a', '${(x)}', '${runtime_params:a=b}', '${b]}', '${nope:1}', "${globals:'x}"].map((text) => ({
    name: `an interpolation that cannot be read: ${text}`,
    fails: true as const,
    files: { [P]: `t: ${JSON.stringify(text)}\nb: 1` },
  })),
];

/** Where this loader differs on purpose. A tree that no longer differs must leave this list. */
export const DIFFERENCES: (ParityTree & { why: string })[] = [
  {
    name: 'a param given for m.a keeps m.b of the base although the environment has parameters',
    why: 'Kedro lays the params over each environment apart, so the second replaces the first.',
    files: { [P]: 'm: {a: 1, b: 2}', 'local/parameters.yml': 'o: 1' },
    runtimeParams: { m: { a: 9 } },
  },
  {
    name: 'runtime params in globals',
    why: 'design: they fill globals too.',
    files: { 'base/globals.yml': 'g: ${runtime_params:x}', [P]: 'a: 1' },
    runtimeParams: { x: 1 },
  },
  {
    name: 'a hole inside a runtime param is data',
    why: 'a caller must not read other values through it.',
    files: { [P]: 'secret: 1' },
    runtimeParams: { x: '${secret}' },
  },
  {
    name: 'a list in brackets that goes on at the left of its key',
    why: 'YAML wants it indented, and so does the library that reads it; libyaml does not mind.',
    files: { [P]: 'a: [1,\n2]' },
  },
  {
    name: 'a text in quotes that goes on at the left of its key',
    why: 'the same.',
    files: { [P]: 'a: "b\nc"' },
  },
  {
    name: 'an alias as a key with its colon beside it',
    why: 'libyaml takes the colon for a part of the name; the library that reads it does not.',
    files: { [P]: 'a: &x b\n*x: c' },
  },
];
