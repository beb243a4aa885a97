/** Small backfills of `test/projects/temporal`, and what their nodes have noted. */
import type { BackfillOptions } from '../../src/client/index.ts';
import type { BackfillReport } from '../../workflows/index.ts';
import { type Entry, journal } from '../projects/temporal/journal.ts';
import { QUICK, type Stack } from './stack.ts';

/** A job of its own over the first days of January 2015. */
export function jobOf(
  stack: Stack,
  days: number,
  params: Record<string, unknown> = {},
): BackfillOptions & { job: string } {
  return {
    job: `job-${crypto.randomUUID().slice(0, 8)}`,
    from: '2015-01-01',
    to: `2015-01-${String(days + 1).padStart(2, '0')}`,
    request: { pipelines: ['days'], runtimeParams: { folder: stack.folder, ...params } as never },
    intervalParams: { key: 'key' },
    concurrency: 4,
    run: QUICK,
  };
}

/** The keys of the first days of January 2015. */
export function keys(days: number): string[] {
  return Array.from({ length: days }, (_, i) => `2015-01-${String(i + 1).padStart(2, '0')}`);
}

/** Starts it and waits for its end. */
export async function backfill(stack: Stack, options: BackfillOptions): Promise<BackfillReport> {
  return await (await stack.kedro.startBackfill(options)).result();
}

export function noted(stack: Stack, what: string): Entry[] {
  return journal(stack.folder).filter((entry) => entry.what === what);
}

/** The keys for which `what` was noted, in that order. */
export function keysNoted(stack: Stack, what: string): string[] {
  return noted(stack, what).map(({ key }) => key);
}

export function mostAtOnce(stack: Stack): number {
  let [now, most] = [0, 0];
  for (const { what } of journal(stack.folder)) {
    now += what === 'start' ? 1 : -1;
    most = Math.max(most, now);
  }
  return most;
}

export async function statusOf(stack: Stack, workflowId: string): Promise<string> {
  return (await stack.client.workflow.getHandle(workflowId).describe()).status.name;
}
