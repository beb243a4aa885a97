import { expect, it } from 'vitest';
import { addEvent, noProgress, type RunEvent, type RunProgress } from '../../../src/core/index.ts';
import { type Copy, failureOf, type InCopy, nodesOf, type Remote, remoteFor, shortEvents } from './subject.ts';

const VERSION = '2001-01-01T00.00.00.000Z';

/** Runs `chain` as a first attempt that fails at that node; returns what a heartbeat would know of it. */
async function failedAttempt(copy: Copy, remote: Remote, failAt: string): Promise<RunProgress> {
  const progress = noProgress();
  const request = { saveVersion: VERSION, runtimeParams: remote.params({ failAt }) };
  await failureOf(copy.run('chain', request, { onEvent: (event) => addEvent(progress, event) }));
  await remote.calls();
  return progress;
}

export function startingAgain(inCopy: InCopy): void {
  it(
    'a retry does not run nodes again whose outputs were stored',
    inCopy(async (copy) => {
      const remote = remoteFor(copy);
      const resume = await failedAttempt(copy, remote, 'fourth');
      const events: RunEvent[] = [];
      const request = { saveVersion: VERSION, runtimeParams: remote.params() };
      const report = await copy.run('chain', request, { resume, onEvent: (event) => events.push(event) });
      expect(await remote.calls()).toEqual(['fourth']);
      expect(report.outputs).toEqual({ fourth: -63 });
      const status = Object.fromEntries(report.nodes.map((node) => [node.name, node.status]));
      expect(status).toEqual({
        first: 'skipped',
        aside: 'skipped',
        second: 'skipped',
        third: 'skipped',
        fourth: 'done',
      });
      expect(report.saved.map(({ dataset }) => dataset)).toEqual(['first', 'aside_note', 'third']);
      expect(report.references.aside_note).toMatchObject({ filepath: 'data/notes/aside.txt' });
      expect(shortEvents(events).slice(1, 5).sort()).toEqual(
        ['aside', 'first', 'second', 'third'].map((name) => `node-skipped ${name}`),
      );
      expect(events[0]).toMatchObject({ type: 'run-started', nodes: expect.arrayContaining(['first', 'fourth']) });
    }),
  );

  it(
    'a retry runs a finished node again whose value was in memory and is needed',
    inCopy(async (copy) => {
      const remote = remoteFor(copy);
      const resume = await failedAttempt(copy, remote, 'third');
      const report = await copy.run('chain', { saveVersion: VERSION, runtimeParams: remote.params() }, { resume });
      expect(await remote.calls()).toEqual(['second', 'third', 'fourth']);
      expect(report.outputs).toEqual({ fourth: -63 });
      expect(await copy.readJson(`data/out/third.json/${VERSION}/third.json`)).toBe(63);
    }),
  );

  it(
    'a node whose output was stored just before the crash is not run again, although nobody heard of its end',
    inCopy(async (copy) => {
      const remote = remoteFor(copy);
      const { total } = await failedAttempt(copy, remote, 'second');
      const request = { saveVersion: VERSION, runtimeParams: remote.params() };
      const report = await copy.run('chain', request, {
        resume: { total, done: [], saved: ['first'], running: 'first' },
      });
      expect(await remote.calls()).toEqual(['aside', 'second', 'third', 'fourth']);
      expect(report.nodes[0]).toEqual({ name: 'first', status: 'skipped', durationMs: 0 });
    }),
  );

  it(
    'a retry makes again what has been removed since',
    inCopy(async (copy) => {
      const remote = remoteFor(copy);
      const resume = await failedAttempt(copy, remote, 'fourth');
      await copy.remove('data/notes/aside.txt');
      await copy.run('chain', { saveVersion: VERSION, runtimeParams: remote.params() }, { resume });
      expect(await remote.calls()).toEqual(['aside', 'fourth']);
    }),
  );

  it(
    'a retry trusts only what this run has saved: files of other runs do not count',
    inCopy(async (copy) => {
      const remote = remoteFor(copy);
      await copy.run('chain', { runtimeParams: remote.params() });
      await remote.calls();
      const request = { saveVersion: VERSION, runtimeParams: { ...remote.params(), start: 7 } };
      const report = await copy.run('chain', request, { resume: noProgress() });
      expect(await remote.calls()).toEqual(['first', 'aside', 'second', 'third', 'fourth']);
      expect(report.outputs).toEqual({ fourth: -83 });
    }),
  );

  it(
    'a retry may finish a version that an attempt before it had begun, even one that told nobody',
    inCopy(async (copy) => {
      const remote = remoteFor(copy);
      await failedAttempt(copy, remote, 'fourth');
      const request = { saveVersion: VERSION, runtimeParams: remote.params() };
      expect((await failureOf(copy.run('chain', request))).code).toBe('VERSION_EXISTS');
      expect((await copy.run('chain', request, { resume: noProgress() })).outputs).toEqual({ fourth: -63 });
    }),
  );

  it(
    'onlyMissingOutputs leaves out nodes whose stored outputs are there',
    inCopy(async (copy) => {
      const remote = remoteFor(copy);
      const request = { onlyMissingOutputs: true, runtimeParams: remote.params() };
      await copy.run('chain', request);
      expect(await remote.calls()).toEqual(['first', 'aside', 'second', 'third', 'fourth']);
      const again = await copy.run('chain', request);
      expect(await remote.calls()).toEqual(['fourth']);
      expect(again.outputs).toEqual({ fourth: -63 });
      await copy.remove('data/notes/aside.txt');
      await copy.run('chain', request);
      expect(await remote.calls()).toEqual(['aside', 'fourth']);
      await copy.remove('data/out/third.json');
      await copy.run('chain', request);
      expect(await remote.calls()).toEqual(['second', 'third', 'fourth']);
    }),
  );

  it(
    'onlyMissingOutputs with everything there runs nothing and still answers',
    inCopy(async ({ run }) => {
      const first = await run('train');
      const report = await run('train', { onlyMissingOutputs: true });
      expect(report.nodes).toEqual([{ name: 'train', status: 'skipped', durationMs: 0 }]);
      expect(report.saved).toEqual([]);
      expect(nodesOf(first)).toEqual(['train']);
    }),
  );

  it(
    'checkOutputs says which stored outputs are there, and runs nothing',
    inCopy(async (copy) => {
      const remote = remoteFor(copy);
      const request = { pipelines: ['chain'], runtimeParams: remote.params() };
      const before = await copy.session.checkOutputs(request);
      expect(before.there).toEqual([]);
      await copy.run('chain', { runtimeParams: remote.params() });
      await remote.calls();
      const after = await copy.session.checkOutputs(request);
      expect([...after.there].sort()).toEqual([...before.missing].sort());
      expect(after.there).toContain('third');
      await copy.remove('data/out/third.json');
      expect((await copy.session.checkOutputs(request)).missing).toEqual(['third']);
      expect(await remote.calls()).toEqual([]);
      expect(await failureOf(copy.session.checkOutputs({ pipelines: ['chian'] }))).toMatchObject({
        code: 'PIPELINE_NOT_FOUND',
      });
    }),
  );
}
