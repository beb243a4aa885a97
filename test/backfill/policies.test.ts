/** The policies of a backfill on a real session, without a server: cases that test/temporal has for durable ones. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { intervalRule } from '../../src/calendar/index.ts';
import {
  type BackfillOptions,
  backfillLocally,
  type JsonObject,
  openNativeSession,
  type PipelineSession,
} from '../../src/index.ts';
import type { Job } from '../../workflows/index.ts';
import { journal } from '../projects/temporal/journal.ts';

const PROJECT = path.resolve(import.meta.dirname, '../projects/temporal');
const RETRY = { retry: { initialInterval: 1 } };

interface Bench {
  session: PipelineSession;
  folder: string;
}

async function open(): Promise<Bench> {
  const folder = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-local-'));
  const session = await openNativeSession({ project: PROJECT });
  onTestFinished(async () => {
    await session.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { session, folder };
}

function daysOf({ folder }: Bench, days: number, params: JsonObject = {}): BackfillOptions {
  return {
    job: 'days',
    from: '2015-01-01',
    to: `2015-01-${String(days + 1).padStart(2, '0')}`,
    request: { pipelines: ['days'], runtimeParams: { folder, work: 1, ...params } },
    intervalParams: { key: 'key' },
    concurrency: 4,
    run: RETRY,
  };
}

function keys(days: number): string[] {
  return Array.from({ length: days }, (_, i) => `2015-01-${String(i + 1).padStart(2, '0')}`);
}

async function backfill({ session }: Bench, options: BackfillOptions) {
  return await (await backfillLocally(session, options)).result();
}

function noted({ folder }: Bench, what: string): string[] {
  return journal(folder).flatMap((entry) => (entry.what === what ? [entry.key] : []));
}

const mend = ({ folder }: Bench) => writeFile(path.join(folder, 'mended'), '');

test('runs each day once, under its own id, and reports as a durable backfill does', async () => {
  const bench = await open();
  const report = await backfill(bench, daysOf(bench, 6, { bad: ['2015-01-04'] }));
  expect(report).toMatchObject({
    job: 'days',
    units: 'workflow',
    state: 'done',
    total: 6,
    succeeded: 5,
    failed: 1,
    skipped: 0,
    cancelled: 0,
    outcomes: {
      succeeded: {
        RAN: [
          [0, 3],
          [4, 6],
        ],
      },
      failed: { NODE_FAILED: [[3, 4]] },
    },
    failures: [{ key: '2015-01-04', code: 'NODE_FAILED', message: expect.stringContaining('2015-01-04 is bad') }],
  });
  const ends = journal(bench.folder).filter(({ what }) => what === 'end');
  expect(ends.map(({ runId }) => runId).sort()).toEqual(keys(6).map((key) => `days/${key}`));
});

test('leaves out days whose outputs are there', async () => {
  const bench = await open();
  await backfill(bench, daysOf(bench, 3));
  const report = await backfill(bench, { ...daysOf(bench, 5), skip: 'existing' });
  expect(report).toMatchObject({ succeeded: 2, outcomes: { skipped: { EXISTS: [[0, 3]] } } });
  expect(noted(bench, 'start')).toHaveLength(5);
});

describe('a day that depends on the one before', () => {
  test('stops at a bad day, and a retry goes on from there', async () => {
    const bench = await open();
    const options = { ...daysOf(bench, 6, { bad: ['2015-01-03'] }), dependsOnPast: true };
    const handle = await backfillLocally(bench.session, options);
    expect(await handle.result()).toMatchObject({
      state: 'cancelled',
      outcomes: { failed: { NODE_FAILED: [[2, 3]] }, cancelled: { UPSTREAM_FAILED: [[3, 6]] } },
    });
    await mend(bench);
    await handle.retry();
    expect(await handle.result()).toMatchObject({ state: 'done', succeeded: 6, failures: [] });
    expect(noted(bench, 'start')).toEqual([...keys(3), ...keys(6).slice(2)]);
  });

  test('gets the output that the one before hands on, also after a retry', async () => {
    const bench = await open();
    await writeFile(path.join(bench.folder, 'tally-before.json'), JSON.stringify({ sum: 100, keys: [] }));
    const given: string[] = [];
    const session: PipelineSession = {
      ...bench.session,
      run: async (request, live) => {
        given.push(JSON.stringify(request.runtimeData ?? null));
        return await bench.session.run(request, live);
      },
    };
    const carry = { output: 'tally', dataset: 'tally_before' };
    const request = { pipelines: ['tally'], runtimeParams: { folder: bench.folder } };
    const report = await backfill({ ...bench, session }, { ...daysOf(bench, 4), request, carry });
    expect(report).toMatchObject({ succeeded: 4 });
    expect(given).toEqual([
      'null',
      ...[1, 2, 3].map((n) => JSON.stringify({ tally_before: { sum: 100 + n, keys: keys(n) } })),
    ]);
  });

  test('fails where the one before it was left out: without a server nobody knows what that has made', async () => {
    const bench = await open();
    await writeFile(path.join(bench.folder, 'tally-before.json'), JSON.stringify({ sum: 0, keys: [] }));
    const request = { pipelines: ['tally'], runtimeParams: { folder: bench.folder } };
    const carry = { output: 'tally', dataset: 'tally_before' };
    const handle = await backfillLocally(bench.session, { ...daysOf(bench, 3), request, carry });
    await handle.skip(['2015-01-02']);
    expect(await handle.result()).toMatchObject({ failures: [{ key: '2015-01-03', code: 'RUN_NOT_FOUND' }] });
  });
});

describe('a chunk', () => {
  test('names its bad day, and a retry runs only that', async () => {
    const bench = await open();
    const options = { ...daysOf(bench, 14, { bad: ['2015-01-10'] }), chunk: 7 };
    const handle = await backfillLocally(bench.session, options);
    expect(await handle.result()).toMatchObject({
      units: 'chunk',
      succeeded: 13,
      failures: [{ key: '2015-01-10', code: 'NODE_FAILED' }],
    });
    await mend(bench);
    await handle.retry();
    expect(await handle.result()).toMatchObject({ state: 'done', succeeded: 14 });
    expect(noted(bench, 'start').slice(14)).toEqual(['2015-01-10']);
  });

  test('tries again only the days that failed for a passing reason, behind what they have saved', async () => {
    const bench = await open();
    const options = daysOf(bench, 3, { failing: 2 });
    const request = { ...options.request, pipelines: ['steps'] };
    expect(await backfill(bench, { ...options, request, chunk: 3 })).toMatchObject({ succeeded: 3, failed: 0 });
    expect(noted(bench, 'make')).toEqual(keys(3));
    expect(noted(bench, 'check')).toHaveLength(5);
  });
});

test('failures stop a backfill that is told to stop, and what is left says why', async () => {
  const bench = await open();
  const options = { ...daysOf(bench, 8, { bad: keys(8) }), concurrency: 1 };
  const report = await backfill(bench, { ...options, onFailure: 'stop', maxFailures: 3 });
  expect(report).toMatchObject({ failed: 3, outcomes: { cancelled: { AFTER_FAILURES: [[3, 8]] } } });
});

test('the parts of a job hand over what they make; one that fails is named and stops those behind it', async () => {
  const bench = await open();
  const job: Job = {
    name: 'told',
    rule: intervalRule({ every: 'day' }),
    intervalParams: { key: 'key' },
    parts: [
      { name: 'loud', request: { pipelines: ['shout'] }, inputs: { word: { part: 'quiet', output: 'echo' } } },
      { name: 'quiet', request: { pipelines: ['echo'] } },
      { name: 'made', request: { pipelines: ['days'], runtimeParams: { bad: ['2015-01-02'], work: 1 } } },
      { name: 'last', request: { pipelines: ['steps'] }, after: ['made'] },
    ],
    run: RETRY,
  };
  const request = { runtimeParams: { folder: bench.folder } };
  const report = await backfill(bench, { job, from: '2015-01-01', to: '2015-01-03', request, concurrency: 1 });
  expect(report).toMatchObject({
    succeeded: 1,
    failures: [{ key: '2015-01-02', code: 'NODE_FAILED', message: expect.stringMatching(/^Part "made": .*is bad/) }],
  });
  expect(noted(bench, 'shout')).toEqual(keys(2));
  expect(noted(bench, 'check')).toHaveLength(1);
  const versions = journal(bench.folder).filter(({ runId }) => runId === 'told/2015-01-01');
  expect(new Set(versions.map(({ saveVersion }) => saveVersion)).size).toBe(1);
  expect(JSON.parse(await readFile(path.join(bench.folder, 'made/2015-01-01.json'), 'utf8'))).toMatchObject({
    key: '2015-01-01',
  });
});
