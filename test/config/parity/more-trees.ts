/** Small trees, each for one corner: what Kedro's loader makes of them is what they assert. */
import type { JsonObject } from '../../../src/core/index.ts';
import { HOLES } from './holes.ts';
import type { ParityTree } from './trees.ts';
import { TEXTS } from './yaml-texts.ts';

const P = 'base/parameters.yml';
const C = 'base/catalog.yml';
const G = 'base/globals.yml';
const STOCK = 'm: {x: 1, l: [1, {y: 2.0}], t: v, z: null}\nw: x\nn: 3\nb: true\nmm: ???\n';

const GLOBALS = 'g: {h: 1.0, l: [1, {m: 2}], t: "${_p}"}\n_p: 1\n';
const PARAMS: JsonObject = { o: { k: 1, l: ['p', { q: 2 }] } };

const FLAGS: readonly string[] = [
  'a=1,b=x',
  'a=1.0,b=1e3,c=0x10,d=yes,e=~,f=,g="1"',
  'm.x=5,m.new.deep=6',
  ' a = 1 , b= x y ,,',
  'm.l=1',
  'a=x=y',
  'a=2015-07-01,b=1:30',
  'x\\.y=1',
  'o[k]=1',
  'm.x=1,m=2',
  'm=2,m.x=1',
  'a={b: 1}',
];

const text = (given: string) => JSON.stringify(given).slice(0, 70);

export const MORE_TREES: readonly ParityTree[] = [
  ...TEXTS.map((given) => ({ name: `the file ${text(given)}`, files: { [P]: given } })),
  ...HOLES.map((given) => ({
    name: `the hole ${text(given)}`,
    files: { [P]: `${STOCK}t: ${JSON.stringify(given)}\n`, [G]: GLOBALS },
    runtimeParams: PARAMS,
    resolvers: true,
  })),
  ...FLAGS.map((params) => ({
    name: `--params ${text(params)}`,
    files: { [P]: `${STOCK.replace('mm: ???\n', '')}r: \${m}\ns: \${m.x}\nu: "\${runtime_params:a, none}"\n` },
    params,
  })),
  { name: 'the base alone when it is asked for', files: { [P]: 'a: 1', 'local/parameters.yml': 'a: 2' }, env: 'base' },
  { name: 'an environment without a folder', files: { [P]: 'a: 1' }, env: 'nope', without: 'local' },
  { name: 'the default environment without a folder', files: { [P]: 'a: 1' }, without: 'local' },
  { name: 'no base', files: { 'local/parameters.yml': 'a: 1' }, without: 'base' },
  { name: 'params without a file of parameters', files: { [C]: 'a: {type: T}' }, runtimeParams: { a: 1 } },
  {
    name: 'params over an environment alone',
    files: { 'local/parameters.yml': 'a: {b: 1}' },
    runtimeParams: { a: { c: 2 }, d: 1 },
  },
  {
    name: 'a broken entry that the environment replaces',
    files: { [C]: 'a: "${nope}"', 'local/catalog.yml': 'a: {type: T}' },
  },
  { name: 'a broken private entry', files: { [C]: '_a: "${nope}"\nb: {type: T}' } },
  { name: 'a broken catalog beside parameters', files: { [C]: 'a: "${("', [P]: 'a: 1' } },
  { name: 'broken credentials do not matter here', files: { [P]: 'a: 1', 'base/credentials.yml': 'a: [' } },
  { name: 'a number as the name of an entry', files: { [C]: '1: {type: T}' } },
  { name: 'a number as the name of a global', files: { [G]: '1: a', [P]: 'a: 1' } },
  { name: 'a number as the name of a parameter', files: { [P]: '1: a\n2.5: b\ntrue: c' } },
  { name: 'globals in globals', files: { [G]: 'a: 1\nb: ${globals:a, 1}', [P]: 'a: 1' } },
  { name: 'a broken global', files: { [G]: 'a: ${nope}', [P]: 'a: 1' } },
  {
    name: 'a broken global that the environment replaces',
    files: { [G]: 'a: ${nope}', 'local/globals.yml': 'a: 1', [P]: 'a: ${globals:a}' },
  },
  {
    name: 'globals merged soft',
    files: { [G]: 'a: {b: 1, c: 2}', 'local/globals.yml': 'a: {b: 3}', [P]: 'a: ${globals:a}' },
    mergeStrategy: { globals: 'soft' },
  },
  {
    name: 'a list softly over a mapping',
    files: { [P]: 'a: {b: 1}', 'local/parameters.yml': 'a: [1]' },
    mergeStrategy: { parameters: 'soft' },
  },
  {
    name: 'a mapping softly over a list',
    files: { [P]: 'a: [1]', 'local/parameters.yml': 'a: {b: 1}' },
    mergeStrategy: { parameters: 'soft' },
  },
  {
    name: 'null softly over a mapping and back',
    files: { [P]: 'a: {b: 1}\nc: null', 'local/parameters.yml': 'a: null\nc: {d: 1}' },
    mergeStrategy: { parameters: 'soft' },
  },
  {
    name: 'an escaped hole in a soft merge',
    files: { [P]: "a: '\\${x y}'\nb: 1", 'local/parameters.yml': 'b: 2' },
    mergeStrategy: { parameters: 'soft' },
  },
  {
    name: 'numbers in a soft merge',
    files: { [P]: 'a: {b: 1.0, c: 1}', 'local/parameters.yml': 'a: {d: 2.0}' },
    mergeStrategy: { parameters: 'soft' },
  },
  {
    name: 'a path with a dot and a mapping',
    files: { 'base/parameters_a.yml': 'm.a: 1', 'base/parameters_b.yml': 'm: {a: 1}' },
  },
  {
    name: 'an empty mapping in two parameters',
    files: { 'base/parameters_a.yml': 'm: {}\na: 1', 'base/parameters_b.yml': 'm: {}\nb: 1' },
  },
  {
    name: 'the same list in two parameters',
    files: { 'base/parameters_a.yml': 'm: [1]', 'base/parameters_b.yml': 'm: [1]' },
  },
  {
    name: 'the same key in JSON and YAML',
    files: { 'base/parameters.json': '{"a": 1}', 'base/parameters.yaml': 'a: 1' },
  },
  {
    name: 'a template that two catalogs share',
    files: { [C]: '_t: {type: T}\nx: ${_t}', 'base/sub/catalog.yml': 'y: {<<: {a: 1}, type: "${_t.type}"}' },
  },
  { name: 'a template under parameters stays', files: { [P]: '_t: {a: 1}\nb: ${_t}' } },
  {
    name: 'a template of the base in the environment',
    files: { [C]: '_t: {type: T}', 'local/catalog.yml': 'x: ${_t}' },
  },
  { name: 'a file of two groups', files: { 'base/parameters/catalog_x.yml': 'a: {type: T}' } },
  {
    name: 'endings that do not count',
    files: {
      'base/parameters.YML': 'a: 1',
      'base/parameters.yml.j2': 'b: 1',
      'base/parameters.txt': 'c: 1',
      'base/Parameters.yml': 'd: 1',
      'base/parameters.yml': 'e: 1',
    },
  },
  {
    name: 'hidden files and folders',
    files: {
      'base/.parameters.yml': 'a: 1',
      'base/.x/parameters.yml': 'b: 1',
      'base/parameters/.y/z.yml': 'c: 1',
      [P]: 'd: 1',
    },
  },
  {
    name: 'files in folders, however deep',
    files: {
      'base/a/b/c/parameters_x.yml': 'a: 1',
      'base/parameters_y/b/c/d.yml': 'b: 1',
      'base/x/parameters_z/d.yml': 'c: 1',
      'base/xparameters.yml': 'd: 1',
    },
  },
  {
    name: 'patterns of the project',
    files: { 'base/params/a.yml': 'a: 1', [P]: 'b: 1', 'base/x/params.yml': 'c: 1', 'base/p1.yml': 'd: 1' },
    patterns: { parameters: ['params/**', '**/params*', 'p[0-9].yml'] },
  },
  {
    name: 'patterns for globals',
    files: { 'base/globals_a.yml': 'a: 1', 'base/x/globals_b.yaml': 'b: 2', [P]: 'x: ${globals:a}${globals:b, no}' },
    patterns: { globals: ['globals*', '?/globals*'] },
  },
  {
    name: 'params over what stands for a mapping',
    files: { [P]: 'm: {a: 1, r: "${.a}"}\nx: ${m}\ny: ${globals:g}', [G]: 'g: {h: 1, i: 2}' },
    runtimeParams: { x: { a: 5 }, m: { a: 7 } },
  },
  {
    name: 'params over a global mapping',
    files: { [P]: 'y: ${globals:g}', [G]: 'g: {h: 1, i: 2}' },
    runtimeParams: { y: { h: 5 } },
  },
  { name: '??? as a param', files: { [P]: 'a: 1\nb: ${runtime_params:a, 5}' }, runtimeParams: { a: '???' } },
  { name: 'a reference to what it is in', files: { [P]: 'a: {b: ${a}}' } },
  { name: 'a text with what it is in', files: { [P]: 'a: {b: "x ${a}"}' } },
  { name: 'two mappings that hold each other', files: { [P]: 'a: {x: "${b}"}\nb: {y: "${a}"}' } },
  { name: 'two texts that print each other', files: { [P]: 'a: {x: "s ${b}"}\nb: {y: "t ${a}"}' } },
  {
    name: 'factories as they are written',
    files: {
      [C]: '"{a}_{b}": {type: T, filepath: "data/{a}/${globals:r}/{b}.csv"}\n"{default}": {type: M}',
      [G]: 'r: raw',
    },
  },
  {
    name: 'a type from a param',
    files: { [C]: 'a: {type: "${runtime_params:t}", filepath: "x/${runtime_params:p}"}' },
    runtimeParams: { t: 'T', p: '../y' },
  },
  {
    name: 'credentials as they are named',
    files: { [C]: 'a: {type: T, credentials: db}', 'base/credentials.yml': 'db: {u: 1}' },
  },
];
