import { describe, expect, it } from 'vitest';
import { fillEntry } from '../../src/config/index.ts';
import type { JsonObject } from '../../src/core/index.ts';
import { failure, templateOf } from './conf-tree.ts';

async function fill(entry: string, runtimeParams: JsonObject, allowUnsafeParams: string[] = []): Promise<JsonObject> {
  const template = await templateOf({
    'base/catalog.yml': `_t: {T: Csv, up: ../shared, ds: {type: Csv, filepath: "data/\${runtime_params:p, x}"}}\nd: ${entry}`,
    'base/globals.yml': 'g: ${runtime_params:p, safe}\nabs: /mnt/data\nhop: ${g}',
  });
  return fillEntry(template, 'd', { runtimeParams, allowUnsafeParams });
}

describe('a runtime param may not choose a type or a statement', () => {
  it.each([
    ['as the whole type', '{type: "${runtime_params:p}"}'],
    ['as a part of it', '{type: "pandas.${runtime_params:p}"}'],
    ['through a global', '{type: "${globals:g}"}'],
    ['through two globals', '{type: "${globals:hop}"}'],
    ['through another key', '{type: "${.other}", other: "${runtime_params:p}"}'],
    ['as the key of what is used', '{type: "${_t.${runtime_params:p}}"}'],
    ['deeper', '{type: Partitioned, dataset: {type: "${runtime_params:p}"}}'],
    ['in a list', '{type: T, sources: [{type: "${runtime_params:p}"}]}'],
    ['as the default of another', '{type: "${runtime_params:none, ${runtime_params:p}}"}'],
    ['as a query', '{type: T, sql: "select * from ${runtime_params:p}"}'],
  ])('%s', async (_, entry) => {
    const refused = await failure(() => fill(entry, { p: 'T' }, ['p']));
    expect(refused.code).toBe('PARAM_NOT_ALLOWED');
    expect(refused.message).toContain('"p"');
    expect(refused.message).toContain('"d"');
  });

  it('not even inside a mapping that is given whole', async () => {
    const entry = '{type: Partitioned, dataset: "${runtime_params:p}"}';
    expect((await failure(() => fill(entry, { p: { type: 'pickle' } }))).code).toBe('PARAM_NOT_ALLOWED');
    expect(await fill(entry, { p: { sep: ';' } })).toEqual({ type: 'Partitioned', dataset: { sep: ';' } });
  });

  it('but the default that the project wrote may', async () => {
    expect(await fill('{type: "${runtime_params:kind, Csv}"}', {})).toEqual({ type: 'Csv' });
    expect(await fill('{type: "${globals:g}"}', {})).toEqual({ type: 'safe' });
  });

  it('and a type beside a filled value is not mistaken for one', async () => {
    expect(await fill('${_t.ds}', { p: 'y' })).toEqual({ type: 'Csv', filepath: 'data/y' });
  });
});

describe('a runtime param may not choose where a database is', () => {
  const entry = async (credentials: string, con: string, runtimeParams: JsonObject) => {
    const template = await templateOf({
      'base/catalog.yml': `d: {type: Sql, table_name: "\${runtime_params:t, x}", credentials: ${credentials}}`,
      'base/credentials.yml': `db: ${con}`,
    });
    return fillEntry(template, 'd', { runtimeParams, allowUnsafeParams: ['p'] });
  };
  const HOLE = '{con: "postgresql://me:pw@${runtime_params:p, localhost}/d"}';

  it.each([
    ['in credentials', 'db', HOLE],
    ['in the entry', HOLE, '{}'],
    ['beside the connection string', 'db', '{con: x, connect_args: {host: "${runtime_params:p, localhost}"}}'],
  ])('%s', async (_, credentials, con) => {
    const refused = await failure(() => entry(credentials, con, { p: 'evil' }));
    expect([refused.code, refused.message]).toEqual(['PARAM_NOT_ALLOWED', expect.stringContaining('"p"')]);
    expect(refused.message).not.toContain('pw');
  });

  it('but the default that the project wrote may, and the name of a table', async () => {
    expect(await entry('db', HOLE, { t: 'orders' })).toMatchObject({
      table_name: 'orders',
      credentials: { con: 'postgresql://me:pw@localhost/d' },
    });
  });
});

describe('a runtime param may not climb out of a path', () => {
  const unsafe = [
    '..',
    '../x',
    'a/../b',
    'a\\..\\b',
    '/etc/passwd',
    '\\\\host\\share',
    'C:\\x',
    'c:x',
    's3://b/x',
    'a/s3://b',
    'file:/x',
    'FILE:x',
    'a\0b',
  ];

  it.each(unsafe)('with %j, whole or inside a longer path', async (p) => {
    for (const entry of [
      '{type: T, filepath: "${runtime_params:p}"}',
      '{type: T, filepath: "data/${runtime_params:p}/x.csv"}',
    ]) {
      const refused = await failure(() => fill(entry, { p }));
      expect(refused.code).toBe('PARAM_NOT_ALLOWED');
      for (const part of ['"p"', '"filepath"', '"d"', 'allowUnsafeParams: ["p"]'])
        expect(refused.message).toContain(part);
    }
  });

  it.each(['path', 'folder', 'dir', 'base_path', 'outputDir', 'fs_args.root_dir', 'tables.a.b', 'filepath.list'])(
    'in the key %s',
    async (key) => {
      const nested = key.split('.').reduceRight((inner, part) => `{${part}: ${inner}}`, '["${runtime_params:p}"]');
      expect((await failure(() => fill(`{type: T, in: ${nested}}`, { p: '../x' }))).code).toBe('PARAM_NOT_ALLOWED');
    },
  );

  it('through a global, another key, or a mapping given whole', async () => {
    for (const [entry, p] of [
      ['{type: T, filepath: "${globals:hop}/x"}', '/x'],
      ['{type: T, filepath: "${.o.a}", o: {a: "${runtime_params:p}"}}', '/x'],
      ['{type: T, dataset: "${runtime_params:p}"}', { filepath: '/x' }],
      ['{type: T, tables: "${runtime_params:p}"}', { a: ['ok', '../x'] }],
    ] as const) {
      expect((await failure(() => fill(entry, { p: p as JsonObject }))).code).toBe('PARAM_NOT_ALLOWED');
    }
  });

  it('nor by being empty or by meeting another', async () => {
    for (const [entry, given] of [
      ['{type: T, filepath: "${runtime_params:p}/etc/passwd"}', { p: '' }],
      ['{type: T, filepath: "${runtime_params:p}${runtime_params:q}/x"}', { p: '.', q: '.' }],
      ['{type: T, filepath: "a/.${runtime_params:p}/x"}', { p: '.' }],
      ['{type: T, filepath: "${runtime_params:p}://b/x"}', { p: 'gs' }],
      ['{type: T, filepath: "${runtime_params:p}:${runtime_params:q}"}', { p: 'c', q: 'x' }],
    ] as const) {
      expect((await failure(() => fill(entry, given))).code, entry).toBe('PARAM_NOT_ALLOWED');
    }
  });

  it('but ordinary values may fill it, and what the project wrote is trusted', async () => {
    expect(await fill('{type: T, filepath: "${_t.up}/${runtime_params:p}.csv"}', { p: '2024-01/a..b' })).toEqual({
      type: 'T',
      filepath: '../shared/2024-01/a..b.csv',
    });
    expect(await fill('{type: T, filepath: "s3://b/${runtime_params:p}"}', { p: 7 })).toMatchObject({
      filepath: 's3://b/7',
    });
    expect(await fill('{type: T, filepath: "${runtime_params:none, ../up}"}', {})).toMatchObject({ filepath: '../up' });
    expect(await fill('{type: T, filepath: "${globals:abs}/${runtime_params:p, ../y}"}', {})).toMatchObject({
      filepath: '/mnt/data/../y',
    });
    expect(await fill('{type: T, filepath: "${_t.${runtime_params:p}}"}', { p: 'up' })).toMatchObject({
      filepath: '../shared',
    });
    expect(await fill('{type: T, title: "${runtime_params:p}"}', { p: '../x' })).toMatchObject({ title: '../x' });
  });

  it('and one that the project allows by name may fill it with anything, alone', async () => {
    expect(await fill('{type: T, filepath: "${runtime_params:p}"}', { p: '/mnt/x' }, ['p'])).toMatchObject({
      filepath: '/mnt/x',
    });
    const two = '{type: T, filepath: "${runtime_params:p}/${runtime_params:q}"}';
    expect(await fill(two, { p: '/mnt', q: 'x' }, ['p'])).toMatchObject({ filepath: '/mnt/x' });
    expect((await failure(() => fill(two, { p: '/mnt', q: '..' }, ['p']))).message).toContain(
      'allowUnsafeParams: ["q"]',
    );
  });
});

it('naming a param allows its parts, however the hole spells them', async () => {
  for (const hole of ['p.a', "'p[a]'"]) {
    const entry = `{type: T, filepath: "\${runtime_params:${hole}}"}`;
    expect(await fill(entry, { p: { a: '/x' } }, ['p'])).toMatchObject({ filepath: '/x' });
    expect(await fill(entry, { p: { a: '/x' } }, ['p.a'])).toMatchObject({ filepath: '/x' });
    expect((await failure(() => fill(entry, { p: { a: '/x' } }, ['a', 'p.b']))).code).toBe('PARAM_NOT_ALLOWED');
  }
});

it('a filled value that a soft merge replaces is not held against the entry', async () => {
  const template = await templateOf(
    {
      'base/catalog.yml': '_t: {type: T, filepath: "${runtime_params:p}", o: {path: "${runtime_params:p}"}}\nd: ${_t}',
      'local/catalog.yml': 'd: {filepath: /mnt/x, o: {title: t}}',
    },
    { mergeStrategy: { catalog: 'soft' } },
  );
  expect(fillEntry(template, 'd', { runtimeParams: { p: 'y' } })).toEqual({
    type: 'T',
    filepath: '/mnt/x',
    o: { path: 'y', title: 't' },
  });
  const { message } = await failure(() => fillEntry(template, 'd', { runtimeParams: { p: '../y' } }));
  expect(message).toContain('"o.path"');
});

describe('a runtime param in a URL', () => {
  const url = (text: string) => `{type: api.APIDataset, url: "${text}"}`;
  const PATH = 'https://api.test/v1/${runtime_params:p}/items?day=${runtime_params:q, 1}#top';

  it.each([
    [{ p: 'shop' }, 'https://api.test/v1/shop/items?day=1#top'],
    [{ p: 'a/b c' }, 'https://api.test/v1/a/b c/items?day=1#top'],
    [{ p: 'a', q: '2026-01-01' }, 'https://api.test/v1/a/items?day=2026-01-01#top'],
  ])('may be segments of the path, or a value of the query: %j', async (params, expected) => {
    expect(await fill(url(PATH), params)).toMatchObject({ url: expected });
  });

  it.each(['..', 'a/../b', '%2e%2e', '%2E.', '.\t.', '..\\x', 'x?admin=1', 'x#', 'http://evil.test', 'a\0b'])(
    'may not leave it: %j',
    async (p) => {
      const refused = await failure(() => fill(url(PATH), { p }));
      expect([refused.code, refused.message]).toEqual(['PARAM_NOT_ALLOWED', expect.stringContaining('"url"')]);
    },
  );

  it('may not add to the query', async () => {
    expect((await failure(() => fill(url(PATH), { p: 'a', q: '1&admin=true' }))).code).toBe('PARAM_NOT_ALLOWED');
  });

  it.each([
    'https://${runtime_params:p}/x',
    'https://${runtime_params:p}.api.test/x',
    'https://api.test${runtime_params:p}/x',
    'https://api.test:${runtime_params:p}/x',
    'https://${runtime_params:p}@api.test/x',
    'https://me:${runtime_params:p}@api.test/x',
    '${runtime_params:p}://api.test/x',
    '${runtime_params:p}',
  ])('may not choose the server, port, scheme or user: %s', async (text) => {
    for (const p of ['evil.test', '81', '.evil.test', 'http', 'https://evil.test']) {
      expect((await failure(() => fill(url(text), { p }))).code).toBe('PARAM_NOT_ALLOWED');
    }
    expect(await fill(url(text), { p: 'https://api.test/x' }, ['p'])).toHaveProperty('url');
  });

  it('is a param of the query without any rule', async () => {
    const entry = '{type: api.APIDataset, url: "https://api.test/", load_args: {params: {day: "${runtime_params:p}"}}}';
    expect(await fill(entry, { p: '../&x=1' })).toMatchObject({ load_args: { params: { day: '../&x=1' } } });
  });
});

it('a runtime param may not climb out of the path of a database', async () => {
  for (const entry of [
    '{type: T, database: "${runtime_params:p}"}',
    '{type: T, connection: {database: "d/${runtime_params:p}"}}',
  ]) {
    expect((await failure(() => fill(entry, { p: '../x' }))).code).toBe('PARAM_NOT_ALLOWED');
    expect(await fill(entry, { p: 'x' })).toHaveProperty('type');
  }
});
