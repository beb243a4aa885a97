import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { fillEntry, fillGlobals, fillParameters, readConfig, showConfig } from '../../src/config/index.ts';
import { failure, templateOf, withProject } from './conf-tree.ts';

describe('which files are read', () => {
  it('takes catalog files by prefix, in prefixed folders and at any depth, but no hidden ones and no other extensions', async () => {
    const template = await templateOf({
      'base/catalog.yml': 'a: {type: T}',
      'base/catalog_more.yaml': 'b: {type: T}',
      'base/catalog/deep/er.json': '{"c": {"type": "T"}}',
      'base/team/catalog_x.yml': 'd: {type: T}',
      'base/team/other.yml': 'e: {type: T}',
      'base/.hidden/catalog.yml': 'f: {type: T}',
      'base/catalog/.g.yml': 'g: {type: T}',
      'base/catalog.txt': 'h: {type: T}',
    });
    expect([...template.catalogNames].sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('needs neither conf/local nor any file', async () => {
    const template = await templateOf({});
    expect(template.env).toBe('local');
    expect(template.catalogNames).toEqual([]);
    expect(fillParameters(template)).toEqual({});
    expect(fillGlobals(template)).toEqual({});
  });

  it('reads nothing from disk after it has returned', async () => {
    await withProject({ 'base/catalog.yml': 'a: {type: T, filepath: "${runtime_params:p}"}' }, async (project) => {
      const template = await readConfig({ project });
      await rm(join(project, 'conf'), { recursive: true });
      expect(fillEntry(template, 'a', { runtimeParams: { p: 'x' } })).toEqual({ type: 'T', filepath: 'x' });
    });
  });

  it('says what it looked for when the folder is no project', async () => {
    const { code, message } = await failure(() => readConfig({ project: '/nowhere/at/all' }));
    expect(code).toBe('PROJECT_NOT_FOUND');
    expect(message).toContain(join('/nowhere/at/all', 'conf', 'base'));
  });

  it('says which environments there are when the one asked for does not exist', async () => {
    const trees = { 'prod/parameters.yml': 'a: 1' };
    const misspelt = await failure(() => templateOf(trees, { env: 'prd' }));
    expect(misspelt).toMatchObject({ code: 'CONFIG_ENV_NOT_FOUND', message: expect.stringContaining('"prod"') });
    for (const env of ['../conf/prod', '', '.']) {
      expect((await failure(() => templateOf(trees, { env }))).code).toBe('CONFIG_ENV_NOT_FOUND');
    }
  });

  it('takes the configuration from another folder when told to', async () => {
    await withProject({ 'base/parameters.yml': 'a: 1', '../settings/base/parameters.yml': 'a: 2' }, async (project) => {
      expect(fillParameters(await readConfig({ project, confSource: 'settings' }))).toEqual({ a: 2 });
    });
  });
});

describe('merging', () => {
  const tree = {
    'base/parameters.yml': 'kept: 1\nmodel: {depth: 3, rate: 0.1}',
    'prod/parameters.yml': 'model: {depth: 9}\nnew: true',
  };

  it('replaces top-level keys of the base whole by default', async () => {
    const template = await templateOf(tree, { env: 'prod' });
    expect(fillParameters(template)).toEqual({ kept: 1, model: { depth: 9 }, new: true });
  });

  it('merges deep when the group says soft', async () => {
    const template = await templateOf(tree, { env: 'prod', mergeStrategy: { parameters: 'soft' } });
    expect(fillParameters(template)).toEqual({ kept: 1, model: { depth: 9, rate: 0.1 }, new: true });
  });

  it('refuses an unknown strategy while configuring', async () => {
    const options = { mergeStrategy: { catalog: 'sotf' as 'soft' } };
    expect(await failure(() => templateOf({}, options))).toMatchObject({
      code: 'PROJECT_SETTINGS_INVALID',
      message: expect.stringContaining('"sotf"'),
    });
  });

  it('names both files when a key is in two of one environment', async () => {
    const { code, message } = await failure(() =>
      templateOf({ 'base/catalog_a.yml': 'sales: {type: A}', 'base/catalog_b.yml': 'sales: {type: B}' }),
    );
    expect(code).toBe('CONFIG_DUPLICATE_KEY');
    expect(message).toContain('"sales"');
    expect(message).toContain('conf/base/catalog_a.yml');
    expect(message).toContain('conf/base/catalog_b.yml');
  });

  it('lets two files of parameters share a mapping but not a value', async () => {
    const template = await templateOf({
      'base/parameters_a.yml': 'model: {depth: 3}',
      'base/parameters_b.yml': 'model: {rate: 0.1}',
    });
    expect(fillParameters(template)).toEqual({ model: { depth: 3, rate: 0.1 } });
    const twice = { 'base/parameters_a.yml': 'model: {depth: 3}', 'base/parameters_b.yml': 'model: {depth: 4}' };
    expect(await failure(() => templateOf(twice))).toMatchObject({
      code: 'CONFIG_DUPLICATE_KEY',
      message: expect.stringContaining('"model.depth"'),
    });
  });

  it('lets files repeat keys with a leading underscore, and shows them to nobody but parameters', async () => {
    const template = await templateOf({
      'base/catalog_a.yml': '_csv: {type: Csv}\na: ${_csv}',
      'base/catalog_b.yml': '_csv: {sep: ";"}\nb: ${_csv}',
      'base/globals.yml': '_root: data\nfolder: ${_root}/raw',
      'base/parameters.yml': '_hidden: 1\nshown: ${_hidden}',
    });
    expect(template.catalogNames).toEqual(['a', 'b']);
    expect(fillEntry(template, 'a')).toEqual({ type: 'Csv', sep: ';' });
    expect(fillGlobals(template)).toEqual({ folder: 'data/raw' });
    expect(fillParameters(template)).toEqual({ _hidden: 1, shown: 1 });
    expect((await failure(() => fillEntry(template, '_csv'))).code).toBe('DATASET_NOT_FOUND');
  });
});

describe('files that cannot be read', () => {
  it.each([
    ['a list', '- 1\n- 2'],
    ['a bare number', '5'],
    ['an unclosed bracket', 'a: 1\nb: [1, 2\nc: 3'],
    ['two documents', 'a: 1\n---\nb: 2'],
    ['a key that stands twice', 'a: 1\na: 2'],
    ['an unknown tag', 'a: !python/object x'],
    ['an alias without anchor', 'a: *nowhere'],
    ['an alias inside its own anchor', 'a: &x [*x]'],
    ['a mapping that is merged into itself', 'a: &x\n  <<: *x'],
    ['a null key', '~: 1'],
  ])('refuses %s, with the file and the line', async (_, text) => {
    const { code, message } = await failure(() => templateOf({ 'base/parameters.yml': text }));
    expect(code).toBe('CONFIG_SYNTAX');
    expect(message).toMatch(/^conf\/base\/parameters\.yml:\d+:\d+ /);
  });

  it('counts lines from 1', async () => {
    const template = await templateOf({ 'base/catalog.yml': '# one\na:\n  type: T\n  type: U\n' });
    expect((await failure(() => fillEntry(template, 'a'))).message).toContain('conf/base/catalog.yml:4:');
  });

  it('says how to write an interpolation inside a flow mapping', async () => {
    const template = await templateOf({ 'base/parameters.yml': 'a: {b: ${c}}\nc: 1' });
    const { code, message } = await failure(() => fillParameters(template));
    expect(code).toBe('CONFIG_SYNTAX');
    expect(message).toContain('put quotes');
  });

  it('hurts only what stands under that key, where the file can be cut there', async () => {
    const template = await templateOf({
      'base/catalog.yml': 'a:\n  type: T\n  type: U\nb:\n  type: T\n',
      'base/parameters.yml': 'x: {y: 1 1: 2}\nz: 1\n',
    });
    expect(fillEntry(template, 'b')).toEqual({ type: 'T' });
    for (let twice = 0; twice < 2; twice += 1) {
      expect((await failure(() => fillEntry(template, 'a'))).code).toBe('CONFIG_SYNTAX');
      expect((await failure(() => fillParameters(template))).code).toBe('CONFIG_SYNTAX');
    }
    expect((await failure(() => showConfig(template))).code).toBe('CONFIG_SYNTAX');
  });

  it('takes a bare text for a key without a value, as OmegaConf does', async () => {
    expect(fillParameters(await templateOf({ 'base/parameters.yml': 'hello' }))).toEqual({ hello: null });
  });

  it('has a limit of values for each file, which a variable of OmegaConf raises', async () => {
    const tree = { 'base/parameters.yml': `a: [${'x, '.repeat(10_000)}]` };
    expect((await failure(() => templateOf(tree))).message).toContain('OMEGACONF_MAX_YAML_EXPANDED_NODES');
    const environment = { OMEGACONF_MAX_YAML_EXPANDED_NODES: '20000' };
    expect(fillParameters(await templateOf(tree, { environment })).a).toHaveLength(10_000);
    const wrong = { OMEGACONF_MAX_YAML_EXPANDED_NODES: 'many' };
    expect((await failure(() => templateOf({}, { environment: wrong }))).code).toBe('PROJECT_SETTINGS_INVALID');
  });

  it('refuses what is not UTF-8', async () => {
    await withProject({}, async (project) => {
      await writeFile(join(project, 'conf', 'base', 'parameters.yml'), Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe]));
      expect((await failure(() => readConfig({ project }))).code).toBe('CONFIG_SYNTAX');
    });
  });

  it('gives up on aliases that blow up', async () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 9; i++)
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    expect((await failure(() => templateOf({ 'base/parameters.yml': lines.join('\n') }))).code).toBe('CONFIG_SYNTAX');
  });

  it('takes an empty file and one of comments only', async () => {
    const template = await templateOf({ 'base/parameters.yml': '', 'base/catalog.yml': '# nothing yet\n' });
    expect(fillParameters(template)).toEqual({});
  });
});

describe('YAML 1.1 as PyYAML reads it', () => {
  it.each([
    ['yes', true],
    ['Off', false],
    ['y', 'y'],
    ['017', 15],
    ['0o17', '0o17'],
    ['08', '08'],
    ['0x1F', 31],
    ['0b101', 5],
    ['1_000', 1000],
    ['1:30', 90],
    ['-1:30.5', -90.5],
    ['1e5', 100000],
    ['.5', 0.5],
    ['.inf', Number.POSITIVE_INFINITY],
    ['~', null],
    ['', null],
    ['2020-01-01', '2020-01-01'],
    ['2001-12-14t21:59:43.10-05:00', '2001-12-14t21:59:43.10-05:00'],
    ['"10"', '10'],
    ["'yes'", 'yes'],
    ['!!str 10', '10'],
    ['!!int "10"', 10],
  ])('reads %s', async (source, value) => {
    expect(fillParameters(await templateOf({ 'base/parameters.yml': `a: ${source}` }))).toEqual({ a: value });
  });

  it('merges mappings with <<, own keys first in rank, the first of a list before the next', async () => {
    const text = 'x: &x {p: 1, q: 1}\ny: &y {p: 2, r: 2}\nz: {<<: [*x, *y], q: 3}\n"<<": text';
    const { z, '<<': quoted } = fillParameters(await templateOf({ 'base/parameters.yml': text }));
    expect(z).toEqual({ p: 1, q: 3, r: 2 });
    expect(quoted).toBe('text');
  });

  it('keeps a key named __proto__ a key', async () => {
    const filled = fillParameters(await templateOf({ 'base/parameters.yml': '__proto__: {x: 1}\na: ${__proto__.x}' }));
    expect(Object.keys(filled)).toEqual(['__proto__', 'a']);
    expect(filled.a).toBe(1);
    expect(Object.getPrototypeOf(filled)).toBe(Object.prototype);
  });
});

it('does not print credentials with the template', async () => {
  const template = await templateOf({ 'base/credentials.yml': 'db: {password: hush}' });
  expect(inspect(template, { depth: 20 }) + JSON.stringify(template)).not.toContain('hush');
});
