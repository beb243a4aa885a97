import { expect, it } from 'vitest';
import type { RunEvent } from '../../../src/core/index.ts';
import { isSaveVersion } from '../../../src/core/index.ts';
import {
  failureOf,
  type InCopy,
  itInSequence,
  nodesOf,
  remoteFor,
  type SessionSubject,
  shortEvents,
} from './subject.ts';

export function running(inCopy: InCopy, subject: SessionSubject): void {
  it(
    'runs a pipeline over JSON, CSV and text and reports what it did',
    inCopy(async ({ run, read }) => {
      const report = await run('shop', { runId: 'first-run' });
      expect(report).toMatchObject({ runId: 'first-run', pipelines: ['shop'], outputs: { total: 11.75 } });
      expect(nodesOf(report)).toEqual(['price_orders', 'sum_orders', 'write_receipt', 'note_receipt']);
      expect(report.nodes.every(({ status, durationMs }) => status === 'done' && durationMs >= 0)).toBe(true);
      // Each starts within the run, the one after the other.
      const starts = report.nodes.map(({ at = 0 }) => at);
      expect(starts).toEqual([...starts].sort((a, b) => a - b));
      expect(Math.abs((starts[0] ?? 0) - Date.parse(report.startedAt))).toBeLessThan(60_000);
      expect(report.references).toEqual({
        receipt_note: { dataset: 'receipt_note', type: 'text.TextDataset', filepath: 'data/notes/receipt.txt' },
      });
      expect(report.saved).toEqual([
        { dataset: 'receipt', type: 'text.TextDataset', filepath: 'data/out/receipt.txt' },
        { dataset: 'receipt_note', type: 'text.TextDataset', filepath: 'data/notes/receipt.txt' },
      ]);
      expect(isSaveVersion(report.saveVersion)).toBe(true);
      expect(new Date(report.startedAt).toISOString()).toBe(report.startedAt);
      expect(await read('data/out/receipt.txt')).toBe('hello\ntea 7.5\njam 4.25');
      expect(await read('data/notes/receipt.txt')).toBe('3 lines, true');
      expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    }),
  );

  it(
    'runtime params override parameters deep: one key, a dotted one, the whole',
    inCopy(async ({ run }) => {
      const { outputs } = await run('echo', { runtimeParams: { model: { depth: 7 }, greeting: 'hi' } });
      expect(outputs).toMatchObject({
        seen_depth: 7,
        seen_model: { depth: 7, name: 'oak', options: { fast: true, steps: 10 } },
        seen_greeting: 'hi',
        seen_answer: 'hi oak',
        seen_rounding: 2,
      });
      expect(outputs.seen_all).toMatchObject({ model: { depth: 7, name: 'oak' }, greeting: 'hi', rounding: 2 });
    }),
  );

  it(
    'false, zero, the empty text and null override too',
    inCopy(async ({ run }) => {
      const runtimeParams = { flag: false, rounding: 0, greeting: '', model: { depth: null }, nothing: 0 };
      const { outputs } = await run('echo', { runtimeParams });
      expect(outputs).toMatchObject({ seen_flag: false, seen_rounding: 0, seen_greeting: '', seen_depth: null });
      expect(outputs.seen_nothing).toBe(0);
      expect((await run('echo')).outputs.seen_nothing).toBeNull();
      expect((await run('shop', { runtimeParams: { rounding: 0 } })).outputs.total).toBe(12);
    }),
  );

  it(
    'a param that no file knows is allowed, and reaches the nodes that ask for it',
    inCopy(async ({ run }) => {
      const { outputs } = await run('absent', { runtimeParams: { extra: { deep: [1, 2] }, unused: true } });
      expect(outputs).toEqual({ seen_extra: [1, 2] });
      expect(await failureOf(run('absent'))).toMatchObject({
        code: 'PARAMETER_NOT_FOUND',
        message: expect.stringContaining('extra.deep'),
      });
      expect(await failureOf(run('absent', { runtimeParams: { extra: { depp: 1 } } }))).toMatchObject({
        code: 'PARAMETER_NOT_FOUND',
        message: expect.stringContaining('"depp"'),
      });
    }),
  );

  it(
    'what an object has from birth is no parameter',
    inCopy(async ({ run }) => {
      const request = { runtimeParams: { extra: {} }, runtimeData: {} };
      expect((await failureOf(run('absent', request))).code).toBe('PARAMETER_NOT_FOUND');
      expect((await failureOf(run('inherited'))).code).toBe('PARAMETER_NOT_FOUND');
    }),
  );

  it(
    'runtime params fill catalog and globals for their run only',
    inCopy(async ({ run, readJson, writeJson }) => {
      await writeJson('data/days/monday.json', 'rain');
      await run('days', { runtimeParams: { day: 'monday' } });
      await run('days', { runtimeParams: { day: 'monday', year: 2016 } });
      expect(await readJson('data/out/2015/monday.json')).toEqual({ copied: 'rain' });
      expect(await readJson('data/out/2016/monday.json')).toEqual({ copied: 'rain' });
      expect(await failureOf(run('days'))).toMatchObject({
        code: 'PARAM_MISSING',
        message: expect.stringContaining('day'),
      });
    }),
  );

  it(
    'a param cannot climb out of a path',
    inCopy(async ({ run, writeJson, files }) => {
      await writeJson('data/days/monday.json', 1);
      const before = await files('.');
      for (const day of ['../raw/orders', '/etc/hostname', 'file:///etc/hostname']) {
        expect((await failureOf(run('days', { runtimeParams: { day } }))).code).toBe('PARAM_NOT_ALLOWED');
      }
      expect(await files('.')).toEqual(before);
    }),
  );

  it(
    'several pipelines run together as one',
    inCopy(async ({ session }) => {
      const report = await session.run({
        pipelines: ['predict', 'train'],
        runtimeParams: { weight: 5 },
        runtimeData: { request: { x: 3 } },
      });
      expect(report.outputs).toEqual({ answer: 15 });
      expect(nodesOf(report)).toEqual(['train', 'predict']);
      expect(report.pipelines).toEqual(['predict', 'train']);
    }),
  );

  itInSequence(subject)(
    'events come in order and leave nothing out',
    inCopy(async (copy) => {
      const events: RunEvent[] = [];
      const request = { runId: 'r1', runtimeParams: remoteFor(copy).params() };
      const report = await copy.run('chain', request, { onEvent: (event) => events.push(event) });
      expect(events[0]).toMatchObject({ runId: 'r1', saveVersion: report.saveVersion });
      expect(shortEvents(events)).toEqual([
        'run-started first,aside,second,third,fourth',
        'node-started first',
        'dataset-saved first',
        'node-finished first',
        'node-started aside',
        'dataset-loaded first',
        'dataset-saved aside_note',
        'node-finished aside',
        'node-started second',
        'dataset-loaded first',
        'node-finished second',
        'node-started third',
        'dataset-saved third',
        'node-finished third',
        'node-started fourth',
        'dataset-loaded third',
        'node-finished fourth',
      ]);
      expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).sort((a, b) => a - b));
    }),
  );

  it(
    'a run id may hold any characters; without one each run gets its own',
    inCopy(async ({ run }) => {
      const runId = '../../etc/x y\n"☃" \\ %2e';
      const report = await run('train', { runId });
      expect(report.runId).toBe(runId);
      expect(report.saveVersion).not.toContain('etc');
      const [a, b] = await Promise.all([run('echo'), run('echo')]);
      expect(a.runId).not.toBe(b.runId);
    }),
  );

  it(
    'a node that fails is named, its message kept, and its outputs not touched',
    inCopy(async (copy) => {
      const remote = remoteFor(copy);
      const error = await failureOf(copy.run('chain', { runtimeParams: remote.params({ failAt: 'third' }) }));
      expect(error).toMatchObject({ code: 'NODE_FAILED', retryable: true, details: { node: 'third' } });
      expect(error.message).toContain('third was told to fail');
      expect(await remote.calls()).toEqual(['first', 'aside', 'second', 'third']);
      expect(await copy.files('data/out')).toEqual(['first.json']);
    }),
  );

  it(
    'a value that cannot be stored leaves what was there and nothing half-written',
    inCopy(async ({ run, write, read, files }) => {
      await write('data/out/refused.txt', 'old');
      const error = await failureOf(run('halves', { runtimeParams: { label: 'new' } }));
      expect(error).toMatchObject({ code: 'DATASET_VALUE_INVALID', retryable: false });
      expect(await files('data/out')).toEqual(['kept.txt', 'refused.txt']);
      expect([await read('data/out/kept.txt'), await read('data/out/refused.txt')]).toEqual(['new', 'old']);
    }),
  );

  it(
    'a node that returns another shape than its outputs have is an error',
    inCopy(async ({ run }) => {
      expect(await failureOf(run('wrong_shape'))).toMatchObject({
        code: 'NODE_OUTPUT_INVALID',
        retryable: false,
        message: expect.stringContaining('one_of_two'),
      });
    }),
  );

  it(
    'a field that a request does not have, and one of a wrong shape, are refused before anything runs',
    inCopy(async ({ session, run }) => {
      const wrong: [object, string][] = [
        [{ pipeline: ['shop'] }, 'Did you mean "pipelines"?'],
        [{ pipelines: 'shop' }, 'pipelines'],
        [{ runId: '' }, 'runId'],
        [{ runtimeParams: [] }, 'runtimeParams'],
        [{ runtimeParams: { at: new Date() } }, 'runtimeParams'],
        [{ runtimeData: { table: () => 1 } }, 'runtimeData'],
        [{ runtimeData: { table: { rows: Number.NaN } } }, 'runtimeData'],
        [{ onlyMissingOutputs: 'yes' }, 'onlyMissingOutputs'],
      ];
      for (const [request, says] of wrong) {
        const error = await failureOf(session.run(request));
        expect(error).toMatchObject({ code: 'REQUEST_INVALID', message: expect.stringContaining(says) });
      }
      expect(await failureOf(run('shopp'))).toMatchObject({
        code: 'PIPELINE_NOT_FOUND',
        message: expect.stringContaining('"shop"'),
      });
    }),
  );
}
