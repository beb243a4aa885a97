/**
 * What a thread costs and what it brings: ten no-op nodes in a thread against the same in the caller's thread, and four runs
 * that compute, on two threads against one after the other. The pipelines are those of `bench/noop`.
 */
import path from 'node:path';
import { openNativeSession } from 'kedro-temporal';
import { compare, report } from './measure.ts';

const project = path.join(import.meta.dirname, 'noop');

/** Returns false when an aim is missed. */
export async function benchThreads(): Promise<boolean> {
  await using inline = await openNativeSession({ project });
  await using threaded = await openNativeSession({ project, isolation: 'thread', threads: 2 });
  const noop = { pipelines: ['chain'], runtimeData: { value_0: 1 } };
  const busy = { pipelines: ['busy'], runtimeData: { turns: 50_000_000 } };
  const four = (session: typeof inline) => Promise.all(Array.from({ length: 4 }, () => session.run(busy)));
  // Both threads are there before the first measurement.
  await four(threaded);
  const medians = await compare(
    [
      { name: 'inline', times: 2_000, work: (times) => repeat(times, () => inline.run(noop)) },
      { name: 'thread', times: 500, work: (times) => repeat(times, () => threaded.run(noop)) },
      { name: 'four inline', times: 1, work: (times) => repeat(times, () => four(inline)) },
      { name: 'four in threads', times: 1, work: (times) => repeat(times, () => four(threaded)) },
    ],
    7,
  );
  const of = (name: string) => medians.get(name) ?? 0;
  const cost = of('thread') - of('inline');
  const faster = of('four inline') / of('four in threads');
  report(
    'threads: a run of 10 no-op nodes in a thread, above one without',
    `${cost.toFixed(0)} µs`,
    '< 500 µs',
    cost < 500,
  );
  report(
    'threads: 4 runs that compute, against one after the other',
    `${faster.toFixed(2)} times`,
    '> 1.5 times',
    faster > 1.5,
  );
  return cost < 500 && faster > 1.5;
}

async function repeat(times: number, work: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < times; i++) await work();
}
