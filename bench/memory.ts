/** Whether a session keeps anything of a run: the heap after a forced collection, before and after 100,000 runs. */
import path from 'node:path';
import { openNativeSession } from 'kedro-temporal';
import { report } from './measure.ts';

const RUNS = 100_000;
const MOST_GROWTH_BYTES = 1024 * 1024;

/** Returns false when the aim is missed. */
export async function benchMemory(): Promise<boolean> {
  if (globalThis.gc === undefined) throw new Error('run it with node --expose-gc');
  await using session = await openNativeSession({ project: path.join(import.meta.dirname, 'noop') });
  const runs = async (count: number) => {
    for (let i = 0; i < count; i++) {
      await session.run({ pipelines: ['chain'], runId: `run-${i}`, runtimeData: { value_0: i }, runtimeParams: { i } });
    }
  };
  await runs(5_000);
  const before = heap();
  await runs(RUNS);
  const growth = heap() - before;
  const figure = `${(growth / 1024).toFixed(0)} KiB`;
  report(
    `memory: heap growth over ${RUNS.toLocaleString('en')} runs on one session`,
    figure,
    'flat, < 1 MiB',
    growth < MOST_GROWTH_BYTES,
  );
  return growth < MOST_GROWTH_BYTES;
}

function heap(): number {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
