import { expect, it } from 'vitest';
import type { RunEvent } from '../../../src/core/index.ts';
import {
  awaitEvent,
  failureOf,
  type InCopy,
  itInSequence,
  leftoversEnd,
  remoteFor,
  type SessionSubject,
} from './subject.ts';

export function callingOff(inCopy: InCopy, subject: SessionSubject): void {
  it(
    'a cancel while a node works ends the run, and nothing is saved after it',
    inCopy(async (copy) => {
      const remote = remoteFor(copy);
      const abort = new AbortController();
      const { seen, onEvent } = awaitEvent('node-started', 'third');
      const request = { runtimeParams: remote.params({ waitAt: 'third' }) };
      const failure = failureOf(copy.run('chain', request, { signal: abort.signal, onEvent }));
      await seen;
      abort.abort(new Error('enough'));
      await remote.openGate();
      expect(await failure).toMatchObject({ code: 'RUN_CANCELLED', retryable: false });
      await leftoversEnd();
      expect(await copy.files('data/out')).toEqual(['first.json']);
      expect(await remote.calls()).not.toContain('fourth');
    }),
  );

  it(
    'a cancel during the last node is a cancel although nothing is left to save',
    inCopy(async (copy) => {
      const remote = remoteFor(copy);
      const abort = new AbortController();
      const { seen, onEvent } = awaitEvent('node-started', 'fourth');
      const request = { runtimeParams: remote.params({ waitAt: 'fourth' }) };
      const failure = failureOf(copy.run('chain', request, { signal: abort.signal, onEvent }));
      await seen;
      abort.abort();
      await remote.openGate();
      expect((await failure).code).toBe('RUN_CANCELLED');
    }),
  );

  itInSequence(subject)(
    'a cancel between two nodes keeps the second from starting',
    inCopy(async (copy) => {
      const remote = remoteFor(copy);
      const abort = new AbortController();
      const events: RunEvent[] = [];
      const onEvent = (event: RunEvent) => {
        events.push(event);
        if (event.type === 'node-finished' && event.node === 'aside') abort.abort();
      };
      const request = { runtimeParams: remote.params() };
      expect((await failureOf(copy.run('chain', request, { signal: abort.signal, onEvent }))).code).toBe(
        'RUN_CANCELLED',
      );
      expect(await remote.calls()).toEqual(['first', 'aside']);
      expect(events.at(-1)).toMatchObject({ type: 'node-finished', node: 'aside' });
    }),
  );

  it(
    'a run whose signal has fired before does not start',
    inCopy(async (copy) => {
      const remote = remoteFor(copy);
      const events: RunEvent[] = [];
      const live = { signal: AbortSignal.abort(), onEvent: (event: RunEvent) => void events.push(event) };
      expect((await failureOf(copy.run('chain', { runtimeParams: remote.params() }, live))).code).toBe('RUN_CANCELLED');
      expect(events).toEqual([]);
      expect(await remote.calls()).toEqual([]);
    }),
  );

  it(
    'a cancel ends its own run only',
    inCopy(async (copy) => {
      const remote = remoteFor(copy);
      const abort = new AbortController();
      const { seen, onEvent } = awaitEvent('node-started', 'fourth');
      const request = { runtimeParams: remote.params({ waitAt: 'fourth' }) };
      const cancelled = failureOf(copy.run('chain', request, { signal: abort.signal, onEvent }));
      await seen;
      const other = copy.run('chain', { ...request, outputs: ['fourth'] });
      abort.abort();
      await remote.openGate();
      expect((await cancelled).code).toBe('RUN_CANCELLED');
      expect((await other).outputs).toEqual({ fourth: -63 });
    }),
  );

  it(
    'close twice is fine; afterwards everything says SESSION_CLOSED',
    inCopy(async ({ session, run }) => {
      await Promise.all([session.close(), session.close()]);
      await session.close();
      const calls = [run('echo'), session.describe(), session.preload(['table']), session.releaseCache()];
      for (const call of calls)
        expect(await failureOf(call)).toMatchObject({ code: 'SESSION_CLOSED', retryable: true });
    }),
  );

  it(
    'close during a run ends the run with SESSION_CLOSED, and nothing is saved after it',
    inCopy(async (copy) => {
      const remote = remoteFor(copy);
      const { seen, onEvent } = awaitEvent('node-started', 'third');
      const run = failureOf(copy.run('chain', { runtimeParams: remote.params({ waitAt: 'third' }) }, { onEvent }));
      await seen;
      const closing = copy.session.close();
      await remote.openGate();
      expect((await run).code).toBe('SESSION_CLOSED');
      await closing;
      await leftoversEnd();
      expect(await copy.files('data/out')).toEqual(['first.json']);
    }),
  );

  it(
    'a run that is called in the same breath as close does not run',
    inCopy(async (copy) => {
      const remote = remoteFor(copy);
      const run = failureOf(copy.run('chain', { runtimeParams: remote.params() }));
      await copy.session.close();
      expect((await run).code).toBe('SESSION_CLOSED');
      expect(await remote.calls()).toEqual([]);
    }),
  );

  it(
    '`await using` closes',
    inCopy(async ({ reopen }) => {
      const session = await reopen();
      {
        await using same = session;
        await same.run({ pipelines: ['echo'] });
      }
      expect((await failureOf(session.describe())).code).toBe('SESSION_CLOSED');
    }),
  );
}
