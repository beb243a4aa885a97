/** What nodes can do to a warm value, and what the next reader sees. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { warmValue } from '../../src/native/warm-values.ts';

/** Values of every kind that can be frozen or copied, nested, with shared parts. */
const nested = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(fc.jsonValue({ maxDepth: 0 }), fc.bigInt(), fc.constant(undefined)),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
    fc.float32Array({ maxLength: 8, noNaN: true }),
    fc.uint8Array({ maxLength: 8 }).map((bytes) => bytes.buffer),
    fc.uint8Array({ minLength: 2, maxLength: 8 }).map((bytes) => new DataView(bytes.buffer, 1)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 4 }), tie('value'), { maxKeys: 4 }),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 }).map((pairs) => new Map(pairs)),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => new Set(items)),
    tie('value').map((shared) => ({ one: shared, other: [shared] })),
    fc.array(tie('value'), { maxLength: 2 }).map((items) => Object.assign([...items], { columns: [...items] })),
    tie('value').map((item) => Object.freeze({ frozen: item })),
    tie('value').map((item) => ({ [Symbol.for('hidden')]: item })),
    tie('value').map((item) => {
      const circle: Record<string, unknown> = { inner: { back: undefined as unknown }, item };
      (circle.inner as Record<string, unknown>).back = circle;
      return circle;
    }),
  ),
})).value;

/** Does to a value, all the way down, whatever a program can. */
function spoil(value: unknown, met = new Set<unknown>()): void {
  if (typeof value !== 'object' || value === null || met.has(value)) return;
  met.add(value);
  const attempt = (work: () => void) => {
    try {
      work();
    } catch {
      // What refuses to be changed is what we want.
    }
  };
  const inside: unknown[] = Reflect.ownKeys(value).map((key) => Reflect.get(value, key));
  if (value instanceof Map) inside.push(...[...value].flat());
  if (value instanceof Set) inside.push(...value);
  for (const each of inside) spoil(each, met);
  for (const key of Reflect.ownKeys(value)) {
    attempt(() => Reflect.set(value, key, 'spoilt'));
    attempt(() => Object.defineProperty(value, key, { value: 'spoilt' }));
    attempt(() => Reflect.deleteProperty(value, key));
  }
  attempt(() => Object.setPrototypeOf(value, { spoilt: true }));
  attempt(() => Object.assign(value, { added: 'spoilt' }));
  attempt(() => Array.prototype.push.call(value, 'spoilt'));
  attempt(() => Array.prototype.reverse.call(value));
  attempt(() => Map.prototype.set.call(value, 'added', 'spoilt'));
  attempt(() => Map.prototype.delete.call(value, [...(value as Map<unknown, unknown>).keys()][0]));
  attempt(() => Set.prototype.add.call(value, 'spoilt'));
  attempt(() => Set.prototype.clear.call(value));
  attempt(() => Date.prototype.setTime.call(value, 1));
  attempt(() => Buffer.from((value as Uint8Array).buffer).fill(7));
  attempt(() => Buffer.from(value as ArrayBuffer).fill(7));
  attempt(() => (value as Uint8Array).fill(7));
}

const asIs = () => ({ ...warmValue({ a: [new Map()] }, 'assign') });

test('whatever a node does to what can be frozen or copied, the next reader sees the original', () => {
  fc.assert(
    fc.property(nested, (value) => {
      const original = structuredClone(withoutSymbols(value));
      const warm = warmValue(value, undefined);
      spoil(warm.handOut());
      spoil(warm.handOut());
      return isDeepStrictEqual(structuredClone(withoutSymbols(warm.handOut())), original);
    }),
    { numRuns: 2_000 },
  );
});

/** `structuredClone` leaves out what stands under a symbol: it is moved to where it is seen. */
function withoutSymbols(value: unknown): unknown {
  const hidden = Symbol.for('hidden');
  return typeof value === 'object' && value !== null && hidden in value ? { hidden: value[hidden as never] } : value;
}

test('the mutator of the test above finds its way: what is handed out as it is does not survive it', () => {
  for (const value of [
    { a: 1 },
    [1],
    new Map([[1, 2]]),
    new Set([1]),
    new Date(0),
    Buffer.from('abc'),
    new Float32Array(2),
  ]) {
    const before = structuredClone(value);
    const warm = warmValue(value, 'assign');
    spoil(warm.handOut());
    expect(isDeepStrictEqual(structuredClone(warm.handOut()), before)).toBe(false);
  }
});

describe('what is shared and what is copied', () => {
  test('plain values are frozen and one and the same for every reader', () => {
    const value = { rows: [{ a: 1 }] };
    const warm = warmValue(value, undefined);
    expect(warm.shared).toBe('frozen');
    expect(warm.handOut()).toBe(value);
    expect(Object.isFrozen(value.rows[0])).toBe(true);
  });

  test('of a value with a date in it, only the way to the date is copied', () => {
    const value = { rows: [{ a: 1 }], at: { time: new Date(5) } };
    const warm = warmValue(value, undefined);
    expect(warm.shared).toBe('copied');
    const [one, other] = [warm.handOut(), warm.handOut()] as [typeof value, typeof value];
    expect(one.rows).toBe(other.rows);
    expect(one.at.time).not.toBe(other.at.time);
    expect(one).toEqual({ rows: [{ a: 1 }], at: { time: new Date(5) } });
    expect(Object.isFrozen(one.at)).toBe(true);
  });

  test('what is met twice is one thing in the copy too, circles included', () => {
    const map = new Map<string, unknown>();
    const value = { map, again: map };
    map.set('self', value);
    const copy = warmValue(value, undefined).handOut() as typeof value;
    expect(copy).not.toBe(value);
    expect(copy.map).toBe(copy.again);
    expect(copy.map.get('self')).toBe(copy);
  });

  test('instances of classes, functions and shared memory are shared as they are, also of classes that extend a built-in one', () => {
    class Model {
      readonly weights = [1, 2];
    }
    class Index extends Map {}
    const things = [new Model(), new Index(), () => 1, new SharedArrayBuffer(4), new Proxy({}, {}), Promise.resolve()];
    for (const thing of things) {
      const warm = warmValue({ thing }, undefined);
      expect(warm.shared).toBe('as is');
      expect((warm.handOut() as { thing: unknown }).thing).toBe(thing);
    }
  });

  test('a plain value with nothing to change is frozen, whatever its copy mode', () => {
    for (const value of [null, false, 0, 'text']) {
      expect(warmValue(value, undefined)).toMatchObject({ shared: 'frozen' });
      expect(warmValue(value, 'assign')).toMatchObject({ shared: 'frozen' });
    }
    expect(asIs()).toMatchObject({ shared: 'as is' });
  });

  test('an own property named __proto__ stays one in a copy', () => {
    const value = { ...JSON.parse('{"__proto__": {"a": 1}}'), at: new Date(0) };
    Object.defineProperty(value, '__proto__', { value: { a: 1 }, enumerable: true });
    const copy = warmValue(value, undefined).handOut() as object;
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(Object.hasOwn(copy, '__proto__')).toBe(true);
  });
});

describe('its size', () => {
  test.each([
    ['a buffer', () => Buffer.alloc(1_000_000), 1_000_000],
    ['an array of numbers', () => Array.from({ length: 100_000 }, (_, i) => i / 3), 800_000],
    ['texts', () => Array.from({ length: 10_000 }, (_, i) => `${i}`.padEnd(100)), 1_160_000],
    [
      'a model with weights',
      () =>
        new (class {
          weights = new Float64Array(100_000);
        })(),
      800_000,
    ],
    [
      'the same buffer twice',
      () => {
        const one = Buffer.alloc(1_000_000);
        return [one, one];
      },
      1_000_000,
    ],
  ])('is near the truth: %s', (_, make, bytes) => {
    for (const mode of [undefined, 'assign'] as const) {
      const { bytes: estimate } = warmValue(make(), mode);
      expect(estimate).toBeGreaterThan(bytes * 0.9);
      expect(estimate).toBeLessThan(bytes * 1.2);
    }
  });
});
