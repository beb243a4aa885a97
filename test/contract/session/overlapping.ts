/** The headline: two thousand runs at once on one session, held against a model that runs them one after the other. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RunReport, RunRequest } from '../../../src/core/index.ts';
import { type Copy, failureOf, type InCopy } from './subject.ts';

const RUNS = 2000;
const BASE_VERSIONS = ['2000-01-01T00.00.00.000Z', '2000-01-02T00.00.00.000Z', '2000-01-03T00.00.00.000Z'];

/** What one run is given. A missing field leaves the project's own value. */
interface Given {
  numbers: number[];
  factor: number | undefined;
  label: string | undefined;
  depth: number | undefined;
  group: 'red' | 'green' | undefined;
  hops: number;
  /** Index of the model's version to load; undefined: the newest. */
  model: number | undefined;
  /** Whether the save version is the caller's. */
  ownVersion: boolean;
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const givenArbitrary: fc.Arbitrary<Given> = fc.record({
  numbers: fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 4 }),
  factor: maybe(fc.integer({ min: -5, max: 5 })),
  label: maybe(fc.string({ maxLength: 8, unit: 'binary' })),
  depth: maybe(fc.integer({ min: 0, max: 9 })),
  group: maybe(fc.constantFrom('red', 'green')),
  hops: fc.integer({ min: 0, max: 6 }),
  model: maybe(fc.nat({ max: BASE_VERSIONS.length - 1 })),
  ownVersion: fc.boolean(),
});

function requestOf(given: Given, index: number): RunRequest {
  const { numbers, factor, label, depth, group, hops, model, ownVersion } = given;
  return {
    pipelines: ['overlap'],
    runId: `run ${index}`,
    runtimeData: { numbers },
    runtimeParams: {
      slot: `s${index}`,
      hops,
      ...(factor === undefined ? {} : { factor }),
      ...(label === undefined ? {} : { label }),
      ...(depth === undefined ? {} : { model: { depth } }),
      ...(group === undefined ? {} : { group }),
    },
    ...(model === undefined ? {} : { loadVersions: { model: BASE_VERSIONS[model] as string } }),
    ...(ownVersion ? { saveVersion: ownVersionOf(index) } : {}),
  };
}

function ownVersionOf(index: number): string {
  return `1999-01-01T00.00.00.${String(index).padStart(6, '0')}Z`;
}

/** What the run must answer and leave behind, worked out without a session. */
function expectationOf(given: Given, index: number) {
  const { numbers, factor = 1, label = 'none', depth = 3, group = 'all', model = BASE_VERSIONS.length - 1 } = given;
  // + 0: JSON has no −0.
  const made = { label, numbers: numbers.map((each) => each * factor + 0) };
  const history = { ...made, from: 'history' };
  return {
    seen: {
      slot: made,
      history,
      model: { weight: model + 1 },
      all: expect.objectContaining({
        slot: `s${index}`,
        factor,
        label,
        greeting: 'hello',
        model: { depth, name: 'oak', options: { fast: true, steps: 10 } },
      }),
    },
    slotFile: made,
    historyFile: history,
    historyFolder: `data/history/${group}.json`,
  };
}

async function check(copy: Copy, given: Given, index: number, report: RunReport): Promise<void> {
  const expected = expectationOf(given, index);
  expect(report.runId).toBe(`run ${index}`);
  expect(report.outputs).toEqual({ seen: expected.seen });
  if (given.ownVersion) expect(report.saveVersion).toBe(ownVersionOf(index));
  expect(report.saved).toEqual([
    { dataset: 'history', type: 'json.JSONDataset', filepath: expected.historyFolder, version: report.saveVersion },
    { dataset: 'slot_file', type: 'json.JSONDataset', filepath: `data/slots/s${index}.json` },
  ]);
  expect(await copy.readJson(`data/slots/s${index}.json`)).toEqual(expected.slotFile);
  const file = `${expected.historyFolder}/${report.saveVersion}/${expected.historyFolder.split('/').at(-1)}`;
  expect(await copy.readJson(file)).toEqual(expected.historyFile);
}

async function withModels(copy: Copy): Promise<Copy> {
  for (const [i, saveVersion] of BASE_VERSIONS.entries()) {
    await copy.run('train', { saveVersion, runtimeParams: { weight: i + 1 } });
  }
  return copy;
}

export function overlapping(inCopy: InCopy): void {
  it(
    `none of ${RUNS} overlapping runs sees another's params, data, files or versions`,
    inCopy(async (copy) => {
      await withModels(copy);
      const runs = fc.array(givenArbitrary, { minLength: RUNS, maxLength: RUNS, size: 'max' });
      // A smaller counterexample would cost minutes to find: the failing run's own difference is what helps.
      await fc.assert(
        fc.asyncProperty(runs, async (all) => {
          const reports = await Promise.all(all.map((given, i) => copy.session.run(requestOf(given, i))));
          expect(new Set(reports.map(({ saveVersion }) => saveVersion)).size).toBe(RUNS);
          for (const [i, report] of reports.entries()) await check(copy, all[i] as Given, i, report);
          expect(await copy.files('data/slots')).toHaveLength(RUNS);
          expect(await copy.files('data/history')).toHaveLength(RUNS);
        }),
        { numRuns: 1, endOnFailure: true },
      );
    }),
    240_000,
  );

  it(
    'a mistake in one run’s request hurts that run only',
    inCopy(async (copy) => {
      await withModels(copy);
      const good = requestOf(
        { numbers: [1], factor: 2, label: 'a', depth: 1, group: 'red', hops: 3, model: 0, ownVersion: false },
        0,
      );
      const bad: RunRequest[] = [
        { ...good, runtimeParams: { ...good.runtimeParams, slot: '../../up' } },
        { ...good, runtimeData: { numbrs: [1] } },
        { ...good, loadVersions: { model: 'no-such-version' } },
        { ...good, runtimeParams: {} },
        { ...good, runtimeData: { numbers: 'not a list' } },
      ];
      const runs = bad.flatMap((request) => [failureOf(copy.session.run(request)), copy.session.run(good)]);
      const ended = await Promise.all(runs);
      const codes = ended.filter((each) => 'code' in each).map((each) => ('code' in each ? each.code : ''));
      expect(codes).toEqual([
        'PARAM_NOT_ALLOWED',
        'DATASET_NOT_IN_PIPELINE',
        'DATASET_NOT_SAVED_YET',
        'PARAM_MISSING',
        'NODE_FAILED',
      ]);
      const seen = ended.filter((each) => 'outputs' in each).map((each) => ('outputs' in each ? each.outputs.seen : 0));
      expect(seen).toHaveLength(5);
      for (const each of seen) expect(each).toMatchObject({ slot: { label: 'a', numbers: [2] }, model: { weight: 1 } });
    }),
  );
}
