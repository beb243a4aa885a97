import { expect, test } from 'vitest';
import { hashAscii, hashJson } from '../../src/planner/index.ts';

test('agrees with the published values of FNV-1a, 64 bits', () => {
  expect(hashAscii('')).toBe('cbf29ce484222325');
  expect(hashAscii('a')).toBe('af63dc4c8601ec8c');
  expect(hashAscii('foobar')).toBe('85944171f73967e8');
});

test('hashes canonical JSON: neither the order of keys nor a copy changes it', () => {
  const value = { b: [1, { d: null, c: 'x' }], a: true };
  expect(hashJson(value)).toBe(hashAscii('{"a":true,"b":[1,{"c":"x","d":null}]}'));
  expect(hashJson({ a: true, b: [1, { c: 'x', d: null }] })).toBe(hashJson(value));
  expect(hashJson({ ...value, a: false })).not.toBe(hashJson(value));
  expect(hashJson([1, 2])).not.toBe(hashJson([2, 1]));
});

test('text outside ASCII is hashed by its escapes, so that the bytes are well defined', () => {
  expect(hashJson('ä\u{1f600}')).toBe(hashAscii(String.raw`"\u00e4\ud83d\ude00"`));
});
