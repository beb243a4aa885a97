import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillEntry, fillGlobals, fillParameters } from '../../src/config/index.ts';
import type { JsonObject } from '../../src/core/index.ts';
import { failure, templateOf } from './conf-tree.ts';

async function parameters(text: string, runtimeParams?: JsonObject): Promise<JsonObject> {
  return fillParameters(await templateOf({ 'base/parameters.yml': text }), { runtimeParams });
}

describe('references', () => {
  it('give the value with its type when they are the whole text, and print it as Python does inside a longer one', async () => {
    const filled = await parameters(
      'a: {b: [1, two]}\nwhole: ${a}\nlist: ${a.b}\nitem: ${a.b[1]}\nlast: ${a.b.-1}\ntext: "${t} ${n} ${f} ${a}"\nt: true\nn: null\nf: 1.0',
    );
    expect(filled).toMatchObject({ whole: { b: [1, 'two'] }, list: [1, 'two'], item: 'two', last: 'two' });
    expect(filled.text).toBe("True None 1.0 {'b': [1, 'two']}");
  });

  it('may be relative, nested and chained', async () => {
    const filled = await parameters(
      'which: x\nm: {x: 1, rel: "${.x}", up: "${..which}", deep: {up: "${..x}"}}\nnest: ${m.${which}}\nchain: ${m.rel}',
    );
    expect(filled).toMatchObject({ m: { rel: 1, up: 'x', deep: { up: 1 } }, nest: 1, chain: 1 });
  });

  it('are literal after a backslash', async () => {
    expect(await parameters("a: '\\${b}'\nb: 1\nc: 'x${b}\\${b}'\nd: '\\\\${b}'\ne: 'C:\\dir'")).toEqual({
      a: '${b}',
      b: 1,
      c: 'x1${b}',
      d: '\\1',
      e: 'C:\\dir',
    });
  });

  it('look only inside their own environment, as in Kedro', async () => {
    const template = await templateOf({
      'base/parameters.yml': 'a: 1\nb: ${a}',
      'local/parameters.yml': 'a: 2',
    });
    expect(fillParameters(template)).toEqual({ a: 2, b: 1 });
  });

  it('name the keys of a circle', async () => {
    const { code, message } = await failure(() => parameters('a: ${b}\nb: {c: "${d}"}\nd: x${a.c}'));
    expect(code).toBe('CONFIG_UNRESOLVED');
    expect(message).toContain('"b.c" -> "d" -> "b.c"');
  });

  it('say file, line and a close name when they name nothing', async () => {
    const { code, message } = await failure(() => parameters('learning_rate: 1\nm:\n  x: ${learning_rat}'));
    expect(code).toBe('CONFIG_UNRESOLVED');
    expect(message).toContain('"m.x" (conf/base/parameters.yml:3)');
    expect(message).toContain('Did you mean "learning_rate"');
  });

  it.each([
    '${a',
    '${a b}',
    '${runtime_params:(x)}',
    '${nothing:x}',
    '${runtime_params:a,b,c}',
    '${a}',
    "${globals:'x}",
  ])('that cannot be read or called are refused: %s', async (text) => {
    expect((await failure(() => parameters(`t: "${text}"`))).code).toBe('CONFIG_UNRESOLVED');
  });
});

describe('globals', () => {
  const tree = { 'base/globals.yml': 'root: data\nparts: {a: 1}\n_private: 1\nnothing: null' };

  it('fill every group, with defaults that are typed', async () => {
    const template = await templateOf({
      ...tree,
      'base/parameters.yml':
        'a: ${globals:parts.a}\nb: ${globals:none, 10}\nc: ${globals:none, "10"}\nd: ${globals:none, null}',
      'base/catalog.yml': 'x: {type: T, filepath: "${globals:root}/x.csv"}',
    });
    expect(fillParameters(template)).toEqual({ a: 1, b: 10, c: '10', d: null });
    expect(fillEntry(template, 'x').filepath).toBe('data/x.csv');
  });

  it('win over a default even when they are null', async () => {
    const template = await templateOf({ ...tree, 'base/parameters.yml': 'a: ${globals:nothing, 1}' });
    expect(fillParameters(template)).toEqual({ a: null });
  });

  it('are private with a leading underscore', async () => {
    const template = await templateOf({ ...tree, 'base/parameters.yml': 'a: ${globals:_private, 1}' });
    expect((await failure(() => fillParameters(template))).code).toBe('CONFIG_UNRESOLVED');
  });

  it('may use runtime params, and one that is not asked for may fail', async () => {
    const template = await templateOf({
      'base/globals.yml': 'root: data/${runtime_params:country}\nbroken: ${nowhere}',
      'base/catalog.yml': 'x: {type: T, filepath: "${globals:root}/x.csv"}',
    });
    const runtimeParams = { country: 'fi' };
    expect(fillEntry(template, 'x', { runtimeParams }).filepath).toBe('data/fi/x.csv');
    expect((await failure(() => fillGlobals(template, { runtimeParams }))).code).toBe('CONFIG_UNRESOLVED');
  });
});

describe('runtime params', () => {
  it('are laid over parameters deep, and references see them', async () => {
    const text = 'm: {a: 1, b: {c: 2, d: 3}}\nsee: ${m.b.c}\nlist: [1, 2]';
    expect(await parameters(text, { m: { b: { c: 9 } }, list: [3], new: { x: null } })).toEqual({
      m: { a: 1, b: { c: 9, d: 3 } },
      see: 9,
      list: [3],
      new: { x: null },
    });
  });

  it('keep the siblings in the base when the environment has parameters too', async () => {
    const template = await templateOf({ 'base/parameters.yml': 'm: {a: 1, b: 2}', 'local/parameters.yml': 'o: 1' });
    expect(fillParameters(template, { runtimeParams: { m: { a: 9 } } })).toEqual({ m: { a: 9, b: 2 }, o: 1 });
  });

  it('are laid over what a hole gives', async () => {
    expect(await parameters('m: ${n}\nn: {a: 1}', { m: { b: 2 } })).toMatchObject({ m: { a: 1, b: 2 }, n: { a: 1 } });
  });

  it('count when they are falsy', async () => {
    const text = ['a', 'b', 'c', 'd'].map((name) => `${name}${name}: \${runtime_params:${name}, 7}`).join('\n');
    const filled = await parameters(text, { a: 0, b: false, c: '', d: null });
    expect(filled).toMatchObject({ aa: 0, bb: false, cc: '', dd: null });
    expect(await parameters('a: 1\nb: 2', { a: 0, b: null })).toEqual({ a: 0, b: null });
    const nothing = { a: undefined } as unknown as JsonObject;
    expect(await parameters('a: 1\nb: ${runtime_params:a, 2}', nothing)).toEqual({ a: 1, b: 2 });
  });

  it('are data: a hole inside one is never filled', async () => {
    expect(await parameters('a: ${runtime_params:x}\nsecret: 1', { x: '${secret}' })).toMatchObject({ a: '${secret}' });
  });

  it('may be nested, and their name and default may have holes', async () => {
    const text =
      'kind: k\na: ${runtime_params:o.${kind}}\nb: ${runtime_params:none, ${kind}}\nc: ${runtime_params:none, [1, ${kind}]}';
    expect(await parameters(text, { o: { k: [1] } })).toMatchObject({ a: [1], b: 'k', c: [1, 'k'] });
  });

  it('that are missing are named, with the key, the file and how to give them', async () => {
    const { code, message } = await failure(() => parameters('a:\n  b: x/${runtime_params:day}', { dya: 1 }));
    expect(code).toBe('PARAM_MISSING');
    for (const part of ['"day"', '"a.b"', 'conf/base/parameters.yml:2', '--params day=', 'runtimeParams', '"dya"']) {
      expect(message).toContain(part);
    }
  });

  it('are missing also in a default that is not needed, as in Kedro', async () => {
    const text = 'a: ${runtime_params:x, ${runtime_params:y}}';
    expect(await failure(() => parameters(text, { x: 1 }))).toMatchObject({ code: 'PARAM_MISSING' });
    expect(await parameters(text, { x: 1, y: 2 })).toMatchObject({ a: 1 });
  });

  it('that are a list are refused where a mapping is, and the other way round', async () => {
    for (const [text, given] of [
      ['m: {l: {a: 1}}', { m: { l: [1] } }],
      ['m: {l: [1]}', { m: { l: { a: 1 } } }],
    ] as const) {
      const { code, message } = await failure(() => parameters(text, given as unknown as JsonObject));
      expect(code).toBe('CONFIG_UNRESOLVED');
      expect(message).toContain('"m.l"');
    }
  });
});

describe('credentials', () => {
  const tree = {
    'base/catalog.yml':
      'x: {type: T, credentials: db, inner: {credentials: db}}\ny: {type: T, credentials: dbb}\nz: {type: T, credentials: own}',
    'base/credentials.yml':
      'db: {user: "${oc.env:DB_USER}", port: "${oc.env:DB_PORT, 5432}"}\nown: {token: "${runtime_params:token, none}"}',
  };

  it('replace their name at any depth, with the environment as it was when the configuration was read', async () => {
    const environment: Record<string, string> = { DB_USER: 'ann' };
    const template = await templateOf(tree, { environment });
    environment.DB_USER = 'bob';
    const db = { user: 'ann', port: '5432' };
    expect(fillEntry(template, 'x')).toEqual({ type: 'T', credentials: db, inner: { credentials: db } });
    expect(fillEntry(template, 'z').credentials).toEqual({ token: 'none' });
    expect(fillEntry(template, 'z', { runtimeParams: { token: 't' } }).credentials).toEqual({ token: 't' });
  });

  it('that do not exist are reported with close names', async () => {
    const template = await templateOf(tree, { environment: {} });
    expect(await failure(() => fillEntry(template, 'y'))).toMatchObject({
      code: 'CREDENTIALS_NOT_FOUND',
      message: expect.stringContaining('Did you mean "db"'),
    });
    expect(await failure(() => fillEntry(template, 'x'))).toMatchObject({
      code: 'CONFIG_UNRESOLVED',
      message: expect.stringContaining('DB_USER'),
    });
  });

  it('alone may read the environment', async () => {
    const template = await templateOf({ 'base/parameters.yml': 'a: ${oc.env:HOME}' });
    expect(await failure(() => fillParameters(template))).toMatchObject({
      code: 'CONFIG_UNRESOLVED',
      message: expect.stringContaining('only credentials may'),
    });
  });
});

describe('catalog entries', () => {
  it('are filled one by one: a broken neighbour does no harm', async () => {
    const template = await templateOf({
      'base/catalog.yml': 'good: {type: T}\nbad: {type: "${nowhere}"}\nworse: {type: "${("}\nflat: 3',
    });
    expect(template.catalogNames).toEqual(['good', 'bad', 'worse', 'flat']);
    expect(fillEntry(template, 'good')).toEqual({ type: 'T' });
    expect((await failure(() => fillEntry(template, 'bad'))).code).toBe('CONFIG_UNRESOLVED');
    expect((await failure(() => fillEntry(template, 'worse'))).code).toBe('CONFIG_UNRESOLVED');
    expect((await failure(() => fillEntry(template, 'flat'))).code).toBe('DATASET_INVALID');
    expect(await failure(() => fillEntry(template, 'goood'))).toMatchObject({
      code: 'DATASET_NOT_FOUND',
      message: expect.stringContaining('"good"'),
    });
  });

  it('are the same frozen object in each run when no runtime param can change them', async () => {
    const template = await templateOf({
      'base/globals.yml': 'root: data',
      'base/credentials.yml': 'db: {user: u}',
      'base/catalog.yml':
        '_opts: {sep: ";"}\nplain: {type: T}\nholes: {type: T, filepath: "${globals:root}/x", load_args: "${_opts}"}\nsecret: {type: T, credentials: db}\nopen: {type: T, filepath: "${runtime_params:p, d}", load_args: {sep: ";"}}',
    });
    for (const name of ['plain', 'holes', 'secret']) {
      const entry = fillEntry(template, name, { runtimeParams: { p: 'a' } });
      expect(fillEntry(template, name, { runtimeParams: { p: 'b' } })).toBe(entry);
      expect(fillEntry(template, name)).toBe(entry);
      expect(Object.isFrozen(entry)).toBe(true);
    }
    const [a, b] = ['a', 'b'].map((p) => fillEntry(template, 'open', { runtimeParams: { p } }));
    expect([a?.filepath, b?.filepath]).toEqual(['a', 'b']);
    expect(a?.load_args).toBe(b?.load_args);
  });

  it('parameters too are one object as long as no runtime param is given or asked for', async () => {
    const template = await templateOf({ 'base/parameters.yml': 'a: {b: 1}\nc: ${a}\nd: {e: 1}' });
    const first = fillParameters(template);
    expect(fillParameters(template, { runtimeParams: {} })).toBe(first);
    const second = fillParameters(template, { runtimeParams: { a: { b: 2 } } });
    expect(second).toEqual({ a: { b: 2 }, c: { b: 2 }, d: { e: 1 } });
    expect(second.d).toBe(first.d);
  });
});

describe('purity', () => {
  const tree = {
    'base/globals.yml': 'root: data/${runtime_params:country, none}',
    'base/parameters.yml': 'm: {a: 1, b: "${runtime_params:x, 0}"}\nsee: ${m}\nroot: ${globals:root}',
    'local/parameters.yml': 'l: ${runtime_params:x, [1]}',
    'base/catalog.yml':
      '_t: {opts: "${runtime_params:x, null}"}\ne: {type: T, filepath: "${globals:root}/e", args: "${_t.opts}"}',
  };
  const value = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonObject[string]>;
  const segment = fc.stringMatching(/^[a-z]{1,5}$/);
  // A list is refused where a mapping is.
  const noList = value.filter((item) => !Array.isArray(item));
  const params = fc.record({ country: segment, x: value, m: noList, new: value }, { requiredKeys: [] });

  it('two fillings that take turns give what each gives alone, and change neither their params nor the template', async () => {
    const alone = async (runtimeParams: JsonObject) => {
      const template = await templateOf(tree);
      return [fillParameters(template, { runtimeParams }), fillEntry(template, 'e', { runtimeParams })];
    };
    const shared = await templateOf(tree);
    const before = [fillParameters(shared), fillEntry(shared, 'e'), fillGlobals(shared)];
    await fc.assert(
      fc.asyncProperty(params, params, async (one, two) => {
        const [a, b] = [one as JsonObject, two as JsonObject];
        const copies = [structuredClone(a), structuredClone(b)];
        const together = [a, b].map((runtimeParams) => [fillParameters(shared, { runtimeParams })] as JsonObject[]);
        for (const [index, runtimeParams] of [b, a].entries()) {
          together[1 - index]?.push(fillEntry(shared, 'e', { runtimeParams }));
        }
        expect(together).toEqual([await alone(a), await alone(b)]);
        expect([a, b]).toEqual(copies);
        expect(Object.isFrozen(a)).toBe(false);
        expect([fillParameters(shared), fillEntry(shared, 'e'), fillGlobals(shared)]).toEqual(before);
      }),
      { numRuns: 40 },
    );
  });

  it('a result is frozen all the way down and shares nothing with the params', async () => {
    const inner = { y: [1] };
    const filled = fillParameters(await templateOf(tree), { runtimeParams: { new: inner, x: inner } });
    inner.y.push(2);
    expect(filled.new).toEqual({ y: [1] });
    expect(filled.l).toEqual({ y: [1] });
    const open = (item: unknown): boolean =>
      typeof item === 'object' && item !== null && (!Object.isFrozen(item) || Object.values(item).some(open));
    expect(open(filled)).toBe(false);
  });
});
