/** What each kind of Python value is as JSON, or the error that names it; docs/data-in-and-out.md says the same. */
import { describe, expect, it } from 'vitest';
import { failureOf } from '../contract/session/subject.ts';
import { inProject } from './projects.ts';
import { mainPython } from './pythons.ts';

/** Names in `test/projects/kedro-values/src/odd/values.py`. */
const TRAVEL: Record<string, unknown> = {
  int64: 3,
  float32: 0.5,
  'float64 nan': null,
  bool_: true,
  str_: 'a',
  '0-d array': 7,
  datetime64: '2026-01-31T12:00:00.250Z',
  NaT: null,
  nan: null,
  inf: [null, null],
  date: '2026-01-31',
  time: '12:30:00',
  naive: '2026-01-31T12:00:00.000Z',
  aware: '2026-01-31T10:00:00.000Z',
  micros: '2026-01-31T12:00:00.000001Z',
  first: '0001-01-01T00:00:00.000Z',
  Timestamp: '2026-01-31T11:00:00.000Z',
  Decimal: 1.5,
  'Decimal nan': null,
  'Decimal huge': null,
  uuid: '00000000-0000-0000-0000-000000000001',
  tuple: [1, [2]],
  namedtuple: [1, 2],
  'str enum': 'red',
  ordered: { b: 1, a: 2 },
  counter: { a: 2, b: 1 },
  series: [1, null],
  datetimes: ['2026-01-31'],
  empty: { list: [], dict: {}, text: '', array: [] },
  surrogate: 'a\ud800b',
  nul: 'a\0b',
  'frame of mixed': [{ a: 1 }, { a: 'x' }],
  'frame of categories': [{ c: 'x' }, { c: null }],
  'frame of nothing': [],
};

/** What the error says of each. */
const STAY: Record<string, string> = {
  uint64: '2**53 - 1',
  'first of an eastern zone': 'UTC',
  big: '2**53 - 1',
  set: 'builtins.set',
  frozenset: 'frozenset',
  bytes: 'builtins.bytes',
  bytearray: 'bytearray',
  complex: 'complex',
  timedelta: 'timedelta',
  Timedelta: 'Timedelta',
  timedelta64: 'timedelta',
  range: 'range',
  generator: 'iterator',
  Path: 'PurePosixPath',
  Fraction: 'Fraction',
  enum: 'odd.values.Colour',
  dataclass: 'odd.values.Record',
  object: 'odd.values.Custom',
  class: 'type',
  function: 'function',
  key: 'key of type int',
  inside: 'builtins.set',
  endless: 'recursion',
  objects: 'ndarray',
  long: '10000',
  Index: 'Index',
  'frame of objects': 'set',
  'frame of twins': 'two columns named "a"',
  'frame of periods': 'Period',
  'frame of durations': 'Timedelta',
};

describe.skipIf(mainPython() === undefined)('a value that a node returns', () => {
  it('has one JSON form, which comes back also when it is asked for by name, and as a live result', async () => {
    await inProject('kedro-values', {}, async ({ session }) => {
      const seen: typeof TRAVEL = {};
      for (const which of Object.keys(TRAVEL)) {
        const results = new Map<string, unknown>();
        const live = which.startsWith('frame') ? {} : { results };
        const { outputs } = await session.run({ pipelines: ['one'], runtimeParams: { which } }, live);
        seen[which] = outputs.made;
        if (!which.startsWith('frame')) expect(results.get('made')).toEqual(outputs.made);
      }
      expect(seen).toEqual(TRAVEL);
      const named = await session.run({ pipelines: ['one'], runtimeParams: { which: 'naive' }, outputs: ['made'] });
      expect(named.outputs).toEqual({ made: TRAVEL.naive });
    });
  });

  it('and has none is a reference, and where it is asked for by name an error that names dataset and kind', async () => {
    await inProject('kedro-values', {}, async ({ session }) => {
      for (const [which, kind] of Object.entries(STAY)) {
        const request = { pipelines: ['one'], runtimeParams: { which } };
        const report = await session.run(request);
        expect([which, report.outputs]).toEqual([which, {}]);
        expect(report.references).toEqual({ made: { dataset: 'made', type: 'MemoryDataset' } });
        const error = await failureOf(session.run({ ...request, outputs: ['made'] }));
        expect(error).toMatchObject({ code: 'OUTPUT_NOT_JSON', retryable: false, details: { dataset: 'made' } });
        expect(error.message).toContain('"made"');
        expect(error.message).toContain(kind);
      }
    });
  });

  it('and is a frame that Arrow cannot hold is no live result: a reference, or the error that names it', async () => {
    await inProject('kedro-values', {}, async ({ session }) => {
      for (const which of ['frame of mixed', 'frame of objects', 'frame of twins']) {
        const request = { pipelines: ['one'], runtimeParams: { which } };
        const results = new Map<string, unknown>();
        const report = await session.run(request, { results });
        expect([which, report.outputs, [...results]]).toEqual([which, {}, []]);
        expect(Object.keys(report.references)).toEqual(['made']);
        const error = await failureOf(session.run({ ...request, outputs: ['made'] }, { results }));
        expect(error).toMatchObject({ code: 'OUTPUT_NOT_JSON', details: { dataset: 'made' } });
      }
    });
  });
});
