/**
 * What a run on a warm session costs beside its nodes: ten no-op nodes on memory datasets, against calling the ten functions
 * in a loop, and against opening a session for each run.
 */
import path from 'node:path';
import { openNativeSession } from 'kedro-temporal';
import { compare, report } from './measure.ts';
import { steps } from './noop/steps.ts';

const project = path.join(import.meta.dirname, 'noop');

/** Returns false when an aim is missed. */
export async function benchSession(): Promise<boolean> {
  await using session = await openNativeSession({ project });
  const request = { pipelines: ['chain'], runtimeData: { value_0: 1 } };
  const medians = await compare(
    [
      {
        name: 'loop',
        times: 20_000,
        work: (times) => {
          for (let i = 0; i < times; i++) {
            let value = 1;
            for (const step of steps) value = step(value);
            if (value !== 46) throw new Error(`ten steps make ${value}`);
          }
        },
      },
      {
        name: 'warm',
        times: 5_000,
        work: async (times) => {
          for (let i = 0; i < times; i++) {
            const { outputs } = await session.run(request);
            if (outputs.value_10 !== 46) throw new Error(`the pipeline makes ${outputs.value_10}`);
          }
        },
      },
      {
        name: 'opened',
        times: 20,
        work: async (times) => {
          for (let i = 0; i < times; i++) {
            await using own = await openNativeSession({ project });
            await own.run(request);
          }
        },
      },
    ],
    9,
  );
  const [loop = 0, warm = 0, opened = 0] = ['loop', 'warm', 'opened'].map((name) => medians.get(name));
  const above = warm - loop;
  const ratio = opened / warm;
  report('session: a warm run of 10 no-op nodes, above the bare loop', `${above.toFixed(1)} µs`, '< 30 µs', above < 30);
  report(
    'session: opening one for each run, against a warm run',
    `${ratio.toFixed(0)} times`,
    '> 100 times',
    ratio > 100,
  );
  return above < 30 && ratio > 100;
}
