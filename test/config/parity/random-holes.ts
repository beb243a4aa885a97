/** Texts with holes at random, and what every file has for them to find. */
import fc from 'fast-check';

/** Every file has these, so that most holes find something. */
export const STOCK = [
  '_m: {x: 1, l: [1, {y: 2.0}], t: v, z: null, f: 1.0, 1: one}',
  '_w: x',
  '_n: 3',
  '_b: true',
  '_deep: {a: {b: {c: "${_n}", up: "${..x}"}, x: "${_m.x}"}, g: "${_m}"}',
  '_ref: ${_m}',
  '_idx: 0',
];
/** Names in {@link STOCK}. */
export const stock = fc.constantFrom(
  '_m',
  '_m.x',
  '_m.l',
  '_m.l[1]',
  '_m.l[1].y',
  '_m.l.0',
  '_m.l[-1]',
  '_m.t',
  '_m.z',
  '_m.f',
  '_m.1',
  '_m[x]',
  '_w',
  '_n',
  '_b',
  '_deep',
  '_deep.a',
  '_deep.a.b.c',
  '_deep.a.x',
  '_deep.g.l',
  '_ref',
  '_ref.x',
  '_ref.l[0]',
  '_m.${_w}',
  '_m[${_w}]',
  '_m.l[${_idx}]',
  '_m.l.${_n}',
  '_deep.a.b',
);
const wild = fc.constantFrom(
  'a',
  'b',
  'c',
  'd',
  'e1',
  'k-x',
  '_t',
  '_u',
  'list',
  'a.b',
  'b.a',
  'a.b.c',
  'list[0]',
  'list.1',
  'a[b]',
  'list[-1]',
  'c.d',
  '1',
  '_t.a',
  'd.a',
  'e1.b',
  'list.a',
  'a.0',
  '_m.x.y',
  '_m.nope',
  '_m.l.q',
);
/** Names that are mostly there. */
export const path = fc.oneof({ weight: 12, arbitrary: stock }, { weight: 1, arbitrary: wild });
const dots = fc.constantFrom('', '', '', '', '', '', '', '.', '..');
const words = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('g', 'g.h', 'g.l.0', 'g.l[1]', 'day', 'o', 'o.k', 'o.l[1].q', 's', 'g.t') },
  fc.constantFrom('nothing', 'a', '_p', 'z.z', 'x', 'x.y', 'g.l.q', 'o.l.q', '.g', '1', "'day'", '${_w}'),
);
const literal = fc.constantFrom(
  '1',
  '1.0',
  'null',
  'true',
  'x',
  'a b',
  "'q, t'",
  '"1"',
  '[1, 2]',
  '{k: 1}',
  '{k: {l: [x]}}',
  's3://b/c',
  '1e3',
  '',
  '\\, x',
  '[]',
  '[a, [1.0, null]]',
  'p_x-1',
  '.5',
  '-3',
  'a:b',
  '"a b"',
  '"\\"q\\""',
  '???',
);

/** Holes, nested to a small depth. */
const hole: fc.Memo<string> = fc.memo((depth) => {
  const inner = depth <= 1 ? path.map((name) => `\${${name}}`) : hole(depth - 1);
  const argument = fc.oneof(
    { weight: 4, arbitrary: literal },
    inner,
    fc.tuple(fc.constantFrom('p_', 'x/', 'a b ', '1', '-'), inner).map((two) => two.join('')),
  );
  const reference = fc.tuple(dots, path).map(([up, name]) => `\${${up}${name}}`);
  const call = (names: readonly string[]) =>
    fc
      .tuple(fc.constantFrom(...names), words, fc.option(argument, { nil: undefined }))
      .map(([name, word, last]) => (last === undefined ? `\${${name}:${word}}` : `\${${name}:${word},${last}}`));
  return fc.oneof(
    { weight: 5, arbitrary: reference },
    { weight: 2, arbitrary: call(['globals']) },
    { weight: 2, arbitrary: call(['runtime_params']) },
    { weight: 1, arbitrary: fc.tuple(path, inner).map(([name, last]) => `\${${name}.${last}}`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          fc.constantFrom(
            'oc.select',
            'oc.create',
            'oc.decode',
            'oc.dict.keys',
            'oc.dict.values',
            'oc.deprecated',
            'oc.env',
          ),
          fc.array(argument, { minLength: 1, maxLength: 2 }),
        )
        .map(([name, args]) => `\${${name}:${args.join(',')}}`),
    },
    // What is 1.0 in Python is 1 to a function in JavaScript: those are given what both know.
    {
      weight: 1,
      arbitrary: fc.constantFrom('${plus:1,${_n}}', '${echo:a,${_m.x},[1]}', '${make:${_w}}', '${fail:1}', '${echo:}'),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom('oc.select', 'oc.dict.keys', 'oc.dict.values'), dots, path)
        .map(([name, up, at]) => `\${${name}:${up}${at}}`),
    },
  );
});
/** A text with holes, as YAML and JSON write it. */
export const text = fc
  .array(fc.oneof({ weight: 3, arbitrary: hole(2) }, fc.constantFrom('x', ' ', '/p/', '\\${e}', '$', '_')), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) => JSON.stringify(parts.join('')));
