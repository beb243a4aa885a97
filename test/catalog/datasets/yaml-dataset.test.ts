import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datasetContract, withProject } from '../../contract/dataset.ts';
import { mainPython } from '../../kedro/pythons.ts';

datasetContract({
  name: 'yaml.YAMLDataset',
  definition: { type: 'yaml.YAMLDataset' },
  file: 'data/report.yml',
  values: [{ a: 1, list: [1.5, null, true, { b: 'x' }], on: 'no' }, null],
  refused: { value: { a: [1, Number.NaN] }, path: 'a[1]' },
});

const tricky = fc.constantFrom(
  ...['yes', 'No', 'on', 'y', '~', '', 'null', '=', '<<', '0x1f', '017', '1:30', '1e5', '.5', '1_000', '2020-01-01'],
  ...[
    '2020-01-01 10:00:00',
    '---',
    '...',
    'a: b',
    '- x',
    '# c',
    'a #b',
    ' lead',
    'trail ',
    '\n',
    'a\n',
    '\n\na',
    ' a\n b',
  ],
  ...[
    '\t',
    'a\tb',
    '\x85',
    'é\u2028x',
    '\u2029',
    '\ufeff',
    '\x7f',
    "it's",
    '"',
    '\\',
    '&a',
    '*a',
    '!a',
    '%a',
    '@a',
    '?',
  ],
);
const text = fc.oneof(
  tricky,
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.stringMatching(/^[-+.:_0-9eExobT ]{1,12}$/),
  fc.stringMatching(/^[\n\t #:'"|>&*!%@,[\]{}?=-]{1,8}$/),
  fc.string({ unit: 'grapheme', minLength: 80, maxLength: 160 }),
);
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.maxSafeInteger(),
  fc.constantFrom(-0, 1e21, 1e-7, 5e-324),
);
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(text, number, fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      text.filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).value;

const styles = fc.record({
  sort_keys: fc.boolean(),
  default_flow_style: fc.boolean(),
  indent: fc.constantFrom(2, 3, 4),
});

describe('yaml.YAMLDataset', () => {
  const bench = withProject();
  const open = (save_args = {}, filepath = 'a.yml') => bench.open({ type: 'yaml.YAMLDataset', filepath, save_args });
  const load = async (content: string) => {
    await writeFile(join(bench.project, 'a.yml'), content);
    return open().load();
  };

  it('gives back any JSON value', async () => {
    await fc.assert(
      fc.asyncProperty(json, styles, async (value, style) => {
        await open(style).save(value);
        expect(await open().load()).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });

  const python = mainPython();
  it.skipIf(python === undefined)(
    'is read by PyYAML as it was saved, and reads what PyYAML writes (needs Python)',
    async () => {
      // Larger numbers are integers in Python that JSON has no place for.
      const safe = (value: unknown) => !/\d{16}/.test(JSON.stringify(value));
      const samples = fc.sample(fc.tuple(json.filter(safe), styles), 500);
      for (const [at, [value, style]] of samples.entries()) await open(style, `${at}.yml`).save(value);
      const values = samples.map(([value]) => JSON.stringify(value, (_, item) => (Object.is(item, -0) ? 0 : item)));
      await writeFile(join(bench.project, 'values.json'), JSON.stringify(values));
      const script = `
import json, os, sys, yaml
os.chdir(sys.argv[1])
for at, value in enumerate(json.load(open('values.json'))):
    value = json.loads(value)
    read = yaml.safe_load(open(f'{at}.yml', encoding='utf8', newline=''))
    if json.dumps(read, sort_keys=True) != json.dumps(value, sort_keys=True) and read != value:
        print(at, repr(value), repr(read))
    with open(f'{at}.yml', 'w', encoding='utf8') as file:
        yaml.dump(value, file, default_flow_style=at % 4 == 0, indent=[None, 2, 4][at % 3])
`;
      const { stdout, stderr } = spawnSync(python ?? '', ['-c', script, bench.project], { encoding: 'utf8' });
      expect([stdout, stderr]).toEqual(['', '']);
      for (const [at, value] of values.entries()) expect(await open({}, `${at}.yml`).load()).toEqual(JSON.parse(value));
    },
  );

  it('reads scalars as PyYAML does', async () => {
    const content = `
int: [0, -1, 017, 0x1F, 0b101, 1_000, 1:30, +5]
float: [1.5, 1., .5, 1.0e+5, -1.5e-3, 1:30.5]
none: [.inf, -.inf, .nan, ~, null, Null]
true: [yes, Yes, on, TRUE]
text: [y, n, 1e5, 0o17, "1", 'yes', 1.2.3, 08, !!str 1]
`;
    expect(await load(content)).toEqual({
      int: [0, -1, 15, 31, 5, 1000, 90, 5],
      float: [1.5, 1, 0.5, 1e5, -1.5e-3, 90.5],
      none: [null, null, null, null, null, null],
      true: [true, true, true, true],
      text: ['y', 'n', '1e5', '0o17', '1', 'yes', '1.2.3', '08', '1'],
    });
  });

  it('makes ISO texts of dates and times', async () => {
    const content = `[2026-01-31, 2026-01-31T10:00:00Z, 2026-1-31 10:00:00.5, 2026-01-31 10:00:00.123456 +02:00, 2026-01-31t00:30:00-1]`;
    expect(await load(content)).toEqual([
      '2026-01-31',
      '2026-01-31T10:00:00.000Z',
      '2026-01-31T10:00:00.500Z',
      '2026-01-31T08:00:00.123456Z',
      '2026-01-31T01:30:00.000Z',
    ]);
  });

  it('follows anchors and merges', async () => {
    expect(await load('base: &b {a: 1, b: 2}\nown: {<<: *b, b: 3}\nagain: *b')).toEqual({
      base: { a: 1, b: 2 },
      own: { a: 1, b: 3 },
      again: { a: 1, b: 2 },
    });
    const same = `[&a {x: 1}${', *a'.repeat(2000)}]`;
    expect(await load(same)).toHaveLength(2001);
  });

  it('has no value for an empty file but null', async () => {
    expect(await load('')).toBeNull();
    expect(await load('# nothing\n')).toBeNull();
  });

  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (const [at, name] of [...'bcdefghi'].entries()) {
    const before = 'abcdefghi'[at];
    bomb.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`);
  }

  it.each([
    ['a bomb of aliases', bomb.join('\n'), 'alias'],
    ['an alias inside its own anchor', '&a [*a]', ''],
    ['a tag that builds objects', '!!python/object/apply:os.system ["true"]', 'python'],
    ['a tuple', 'a: !!python/tuple [1]', 'line 1'],
    ['two documents', 'a: 1\n---\nb: 2\n', ''],
    ['a key twice', 'a: 1\na: 2\n', 'line 2'],
    ['a whole number too large', 'a: 9007199254740993', 'in quotes'],
    ['a date that is none', 'a: 2026-02-30', 'no date'],
    ['a line break that JSON does not know', 'a: "x\u2028y"', 'u2028'],
    ['what is no YAML', 'a: [1', 'line 1'],
  ])('refuses %s, for good', async (_, content, part) => {
    await expect(load(content)).rejects.toMatchObject({
      code: 'DATASET_LOAD_FAILED',
      retryable: false,
      message: expect.stringContaining(part),
    });
  });

  it('writes as PyYAML does: keys sorted, in blocks, strings in quotes where they must be', async () => {
    await open().save({ b: [1, 2.5], a: { 'two words': 'yes', day: '2026-01-01' }, empty: {} });
    expect(await readFile(join(bench.project, 'a.yml'), 'utf8')).toBe(
      'a:\n  day: "2026-01-01"\n  two words: "yes"\nb:\n  - 1\n  - 2.5\nempty: {}\n',
    );
    await open({ sort_keys: false, default_flow_style: true, allow_unicode: true }).save({ b: 1, a: 'é' });
    expect(await readFile(join(bench.project, 'a.yml'), 'utf8')).toBe('{ b: 1, a: é }\n');
  });

  it('writes a thing that stands twice twice, and refuses one that holds itself', async () => {
    const shared = { x: 1 };
    await open().save([shared, shared]);
    expect(await readFile(join(bench.project, 'a.yml'), 'utf8')).toBe('- x: 1\n- x: 1\n');
    const loop: unknown[] = [];
    loop.push(loop);
    await expect(open().save(loop)).rejects.toMatchObject({ code: 'DATASET_VALUE_INVALID' });
  });
});
