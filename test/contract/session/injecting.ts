import { expect, it } from 'vitest';
import { freezeDeep, type JsonObject } from '../../../src/core/index.ts';
import { failureOf, type InCopy, itWithLiveValues, nodesOf, type SessionSubject } from './subject.ts';

export function injecting(inCopy: InCopy, subject: SessionSubject): void {
  it(
    'replaces a stored dataset for one run and touches no file',
    inCopy(async ({ run, readJson }) => {
      const file = await readJson('data/raw/table.json');
      const given = await run('artifacts', { runtimeData: { table: [0] } });
      expect(given.outputs).toEqual({ seen_table: [0] });
      expect(await readJson('data/raw/table.json')).toEqual(file);
      expect((await run('artifacts')).outputs).toEqual({ seen_table: file });
    }),
  );

  it(
    'false, zero, the empty text and null are values',
    inCopy(async ({ run }) => {
      for (const table of [false, 0, '', null]) {
        expect((await run('artifacts', { runtimeData: { table } })).outputs).toEqual({ seen_table: table });
      }
    }),
  );

  it(
    'leaves out the nodes that only serve to make what is given',
    inCopy(async ({ run }) => {
      const middle = await run('injected', { runtimeData: { middle: 4 } });
      expect(nodesOf(middle)).toEqual(['split', 'join']);
      expect(middle.outputs).toEqual({ both: [4, -4] });
      const sides = await run('injected', { runtimeData: { left: 1, right: 2 } });
      expect(nodesOf(sides)).toEqual(['join']);
      expect(sides.outputs).toEqual({ both: [1, 2] });
      const one = await run('injected', { runtimeData: { left: 1, middle: 4 } });
      expect(nodesOf(one)).toEqual(['split', 'join']);
      expect(one.outputs).toEqual({ both: [1, -4] });
      expect((await failureOf(run('injected', { runtimeData: { left: 1 } }))).code).toBe('DATASET_NOT_SAVED_YET');
    }),
  );

  it(
    'keeps a node whose output is asked for by name, although what it serves is given',
    inCopy(async ({ run }) => {
      const runtimeData = { missing: 1, left: 5, right: 6 };
      const report = await run('injected', { runtimeData, outputs: ['middle', 'both'] });
      expect(report.outputs).toEqual({ middle: 2, both: [5, 6] });
      expect(nodesOf(report)).toEqual(['make_middle', 'join']);
    }),
  );

  it(
    'what a node makes of a given dataset is dropped, also where it would be stored',
    inCopy(async ({ run, files }) => {
      const report = await run('shop', { runtimeData: { receipt: 'mine' } });
      expect(nodesOf(report)).toEqual(['price_orders', 'sum_orders', 'note_receipt']);
      expect(report.saved.map(({ dataset }) => dataset)).toEqual(['receipt_note']);
      expect(await files('data/out')).toEqual([]);
    }),
  );

  it(
    'a parameter may be given as data too',
    inCopy(async ({ run }) => {
      const { outputs } = await run('echo', { runtimeData: { 'params:greeting': 'mine' } });
      expect(outputs).toMatchObject({ seen_greeting: 'mine', seen_answer: 'hello oak' });
    }),
  );

  it(
    'a name that the pipeline does not use is an error with close matches',
    inCopy(async ({ run }) => {
      const error = await failureOf(run('artifacts', { runtimeData: { tabel: 1 } }));
      expect(error).toMatchObject({ code: 'DATASET_NOT_IN_PIPELINE', retryable: false });
      expect(error.message).toContain('Did you mean "table"?');
    }),
  );

  it(
    'an input that nobody makes, stores or gives is refused before the first node',
    inCopy(async ({ run }) => {
      expect(await failureOf(run('predict'))).toMatchObject({
        code: 'DATASET_NOT_FOUND',
        message: expect.stringMatching(/"request".*runtimeData/),
      });
    }),
  );

  it(
    'one frozen request given to several runs at once serves them all and is not changed',
    inCopy(async ({ run }) => {
      const request = freezeDeep({
        runtimeData: { given: { rows: [1], by: { name: 'mine' } } },
        runtimeParams: { model: { depth: 4 } },
      });
      const before = structuredClone(request);
      const reports = await Promise.all(Array.from({ length: 5 }, () => run('vandal', request)));
      expect(reports.map(({ outputs }) => Object.keys(outputs))).toEqual(Array(5).fill(['spoiled']));
      expect(request).toEqual(before);
    }),
  );

  it(
    'a request that its caller changes after the call stays what it was at the call',
    inCopy(async ({ session }) => {
      const runtimeParams: JsonObject = { greeting: '' };
      const table: JsonObject = { n: 0 };
      const request = { pipelines: ['artifacts'], runtimeParams, runtimeData: { table } };
      const runs = [1, 2, 3].map((n) => {
        runtimeParams.greeting = `run ${n}`;
        table.n = n;
        request.pipelines = [n === 2 ? 'echo' : 'artifacts'];
        const { runtimeData: _, ...withoutData } = request;
        return session.run(n === 2 ? withoutData : request);
      });
      runtimeParams.greeting = 'late';
      table.n = 99;
      const [first, second, third] = await Promise.all(runs);
      expect(first?.outputs).toEqual({ seen_table: { n: 1 } });
      expect(second?.outputs.seen_greeting).toBe('run 2');
      expect(third?.outputs).toEqual({ seen_table: { n: 3 } });
    }),
  );

  it(
    'live data serves as runtimeData does; one name in both is refused',
    inCopy(async ({ run }) => {
      expect((await run('artifacts', {}, { data: { table: [3] } })).outputs).toEqual({ seen_table: [3] });
      const twice = run('artifacts', { runtimeData: { table: 1 } }, { data: { table: 2 } });
      expect(await failureOf(twice)).toMatchObject({
        code: 'REQUEST_INVALID',
        message: expect.stringContaining('table'),
      });
      expect((await failureOf(run('artifacts', {}, { data: { tabel: 1 } }))).code).toBe('DATASET_NOT_IN_PIPELINE');
    }),
  );

  itWithLiveValues(subject)(
    'live data may be of any kind and comes to nodes as it is, or equal where it is copied',
    inCopy(async ({ run }) => {
      const table = new Map([['a', new Date(0)]]);
      const results = new Map<string, unknown>();
      const report = await run('artifacts', {}, { data: { table }, results });
      expect(results.get('seen_table')).toEqual(table);
      if (subject.carriesLiveValues !== 'copied') expect(results.get('seen_table')).toBe(table);
      expect(report.outputs).toEqual({});
    }),
  );
}
