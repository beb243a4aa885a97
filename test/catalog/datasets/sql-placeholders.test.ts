import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundStatement } from '../../../src/catalog/datasets/postgres/placeholders.ts';
import type { JsonValue } from '../../../src/core/index.ts';

const bind = (sql: string, params: Record<string, JsonValue> | JsonValue[]) => boundStatement('d', sql, params);

describe('placeholders', () => {
  it.each([
    ['a name', 'a = %(x)s', 'a = $1', ['t']],
    ['a name twice: a type for each place', '%(x)s, %(x)s::date', '$1, $2::date', ['t', 't']],
    ['a cast and a slice stay', 'a::text, b[1:2], %(x)s', 'a::text, b[1:2], $1', ['t']],
    ['a remainder', 'a %% 2 = %(x)s', 'a % 2 = $1', ['t']],
    ['a text', `'%(x)s', 'it''s %s 100%%', %(x)s`, `'%(x)s', 'it''s %s 100%', $1`, ['t']],
    ['a text with a backslash before its end', String.raw`'\', %(x)s, '\'`, String.raw`'\', $1, '\'`, ['t']],
    ['an E-text', String.raw`E'\'%(x)s', %(x)s`, String.raw`E'\'%(x)s', $1`, ['t']],
    ['a column that ends in e', `type'%s' , %(x)s`, `type'%s' , $1`, ['t']],
    ['a quoted name', '"%(x)s ""%s" = %(x)s', '"%(x)s ""%s" = $1', ['t']],
    ['dollar quotes', '$$ %(x)s $$, $a$ %s $$ %s $a$, %(x)s', '$$ %(x)s $$, $a$ %s $$ %s $a$, $1', ['t']],
    ['a line comment', '-- %(y)s \' "\n%(x)s', '-- %(y)s \' "\n$1', ['t']],
    ['a block comment, nested', "/* %(y)s /* ' */ %s */ %(x)s", "/* %(y)s /* ' */ %s */ $1", ['t']],
  ])('%s', (_, sql, text, values) => {
    expect(bind(sql, { x: 't' })).toEqual({ text, values });
  });

  it('in order, and types that the numbers have when they are written out', () => {
    const params = [1, 2 ** 31, 1.5, true, null, 'x', [1, 2], [1, 0.5, null], ['a'], []];
    const sql = params.map(() => '%s').join(' ');
    expect(bind(sql, params)).toEqual({
      text: '$1::int4 $2::int8 $3::numeric $4::bool NULL $5 $6::int4[] $7::numeric[] $8 $9',
      values: params.filter((param) => param !== null),
    });
  });

  it('are nothing without params: the statement is taken as it is', () => {
    const sql = `SELECT 5 % 2, '%(a)s' LIKE '50%%'`;
    expect(boundStatement('d', sql, undefined)).toEqual({ text: sql, values: [] });
  });

  it('never let a value into the statement', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (value) => {
        expect(bind('SELECT %(x)s', { x: value })).toEqual({ text: 'SELECT $1', values: [value] });
      }),
    );
  });

  it('leave alone whatever stands between quotes or in a comment', () => {
    const inside = fc.string({ unit: fc.constantFrom('%s', '%(x)s', 'a', ' ', ';', '--', '\\', '$') });
    const quoted = fc.oneof(
      inside.map((text) => `'${text}'`),
      inside.map((text) => `"${text}"`),
      inside.map((text) => `$q$${text}$q$`),
      inside.map((text) => `--${text}\n`),
      inside.map((text) => `/*${text}*/`),
    );
    fc.assert(
      fc.property(fc.array(quoted), (parts) => {
        const sql = parts.join(' , ');
        expect(bind(`${sql} %(x)s`, { x: 1 })).toEqual({ text: `${sql} $1::int4`, values: [1] });
      }),
    );
  });
});
