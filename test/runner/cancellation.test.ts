import { expect, test } from 'vitest';
import { cancelledBy, PipelineError } from '../../src/core/index.ts';
import { Cancellation } from '../../src/runner/index.ts';

const forever = new Promise<never>(() => {});

test('a cancel ends a wait for something that never comes', async () => {
  const cancellation = new Cancellation();
  const waiting = cancellation.race(forever);
  cancellation.cancel(cancelledBy('enough'));
  await expect(waiting).rejects.toMatchObject({ code: 'RUN_CANCELLED', cause: 'enough' });
});

test('the first cancel counts', () => {
  const cancellation = new Cancellation();
  cancellation.cancel(new PipelineError('SESSION_CLOSED', 'first'));
  cancellation.cancel(cancelledBy('second'));
  expect(() => cancellation.throwIfCancelled()).toThrow('first');
});

test('a signal asked for after the cancel has fired, one asked for before fires with it', () => {
  const cancellation = new Cancellation();
  const early = cancellation.signal;
  expect(early.aborted).toBe(false);
  cancellation.cancel(cancelledBy('enough'));
  expect(early.reason).toMatchObject({ code: 'RUN_CANCELLED' });
  const other = new Cancellation();
  other.cancel(cancelledBy('enough'));
  expect(other.signal.reason).toMatchObject({ code: 'RUN_CANCELLED' });
});

test('a cancel between two waits is seen by the second', async () => {
  const cancellation = new Cancellation();
  await cancellation.race(Promise.resolve());
  cancellation.cancel(cancelledBy('enough'));
  await expect(cancellation.race(forever)).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
});

test('what fails after the cancel is nobody’s unhandled rejection', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => void unhandled.push(error);
  process.on('unhandledRejection', note);
  let failLate = (_: Error) => {};
  const late = new Promise<never>((_, reject) => {
    failLate = reject;
  });
  const cancellation = new Cancellation();
  const waiting = cancellation.race(late).catch(() => 'cancelled');
  cancellation.cancel(cancelledBy('enough'));
  expect(await waiting).toBe('cancelled');
  failLate(new Error('late'));
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});
