/** Texts that are nearly YAML: good lines with something put in, cut out or put beside them. */
import fc from 'fast-check';

const LINES = [
  'a: 1',
  'b: "x"',
  'c:\n  d: 2\n  e: [1, 2]',
  'f:\n- 1\n- 2',
  'g: {h: i, j: "k"}',
  'l: |\n  text\n  more\n',
  'm: >-\n  a\n  b\n\n  c\n',
  'n: &n {o: p}',
  'q: *n',
  'r:\n  <<: *n\n  s: t',
  '# comment',
  '',
  'u: x # c',
  "v: 'it''s'",
  'w: "a\\tb"',
  'x:\n    - y: 1\n      z: 2\n    - - 1\n      - 2',
  '"q r": s',
  '? t\n: u',
  'k: a\n   b\n   c',
  'e:',
  'z: [a,\n  b]',
  '- x',
  '  i: 1',
] as const;
const PIECES = [
  ...[
    '- ',
    '? ',
    ': ',
    ':',
    '[',
    ']',
    '{',
    '}',
    ',',
    '"',
    "'",
    '#',
    ' #c',
    '|',
    '>',
    '|2',
    '&a ',
    '*a',
    '!',
    '!!int ',
    '!t ',
  ],
  ...[
    '<<: ',
    '~',
    ' ',
    '  ',
    '\n',
    '\n  ',
    '\n- ',
    '\nb: ',
    '\t',
    '---',
    '\n---\n',
    '...',
    '%',
    '@',
    '`',
    '\\',
    'é',
    '${a}',
  ],
  ...['"${b}"', 'http://x', '=', '\r\n', '\r', '\u0085', '\u2028', '""', "''", '&x', '*x', ', ]'],
] as const;

const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.nat({ max: 3 }),
  put: fc.oneof(fc.constant(''), fc.constantFrom(...PIECES)),
});

/** A text at random. */
export const randomYaml: fc.Arbitrary<string> = fc
  .tuple(fc.array(fc.constantFrom(...LINES), { minLength: 1, maxLength: 5 }), fc.array(change, { maxLength: 3 }))
  .map(([lines, changes]) => {
    let text = lines.join('\n');
    for (const { at, cut, put } of changes) {
      const start = Math.floor(at * text.length);
      text = text.slice(0, start) + put + text.slice(start + cut);
    }
    return text;
  });
