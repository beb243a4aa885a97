/** One way into each error of pipelines and runs. */
import { z } from 'zod';
import { node, pipeline } from '../../src/index.ts';
import { pipelineFile, withSession } from '../projects/tiny.ts';
import { run } from './ways.ts';

const step = (input: string, output: string, name: string) =>
  node((value: unknown) => value, { inputs: input, outputs: output, name });

const one = (nodes: string) => ({ 'pipelines/one.ts': pipelineFile(nodes) });

const GOOD = one(
  `node((a: number) => a, { inputs: 'params:a', outputs: 'b', name: 'take', tags: 't', namespace: 's' })`,
);
const GIVEN = { runtimeParams: { a: 1 } };

export const runErrors = {
  SESSION_CLOSED: () =>
    withSession(GOOD, async (session) => {
      await session.close();
      await session.run({});
    }),

  NODE_INVALID: async () => node((a: number) => a, { inputs: 'a', outputs: 'a' }),
  PIPELINE_CYCLE: async () => pipeline([step('a', 'b', 'ab'), step('b', 'a', 'ba')]),
  PIPELINE_DUPLICATE_NODE: async () => pipeline([step('a', 'b', 'same'), step('a', 'c', 'same')]),
  PIPELINE_DUPLICATE_OUTPUT: async () => pipeline([step('a', 'c', 'ac'), step('b', 'c', 'bc')]),
  PIPELINE_INVALID: async () => pipeline([step('a', 'b', 'ab')], { inputs: { aa: 'c' } }),
  PIPELINE_NOT_FOUND: () => run(GOOD, { pipelines: ['two'] }),
  PIPELINE_BROKEN: () => run({ 'pipelines/one.ts': 'throw new Error("no");' }, {}),
  PIPELINE_EMPTY: () => run(GOOD, { ...GIVEN, tags: ['t'], toOutputs: ['params:a'] }),
  NODE_NOT_FOUND: () => run(GOOD, { ...GIVEN, nodeNames: ['taek'] }),
  TAG_NOT_FOUND: () => run(GOOD, { ...GIVEN, tags: ['u'] }),
  NAMESPACE_NOT_FOUND: () => run(GOOD, { ...GIVEN, namespaces: ['r'] }),
  PARAMETER_NOT_FOUND: () => run(GOOD, {}),
  PARAMETER_INVALID: () => run(GOOD, GIVEN, {}, { parameterSchemas: { a: z.string() } }),

  REQUEST_INVALID: () => run(GOOD, { pipeline: 'one' } as never),
  DATASET_NOT_IN_PIPELINE: () => run(GOOD, { ...GIVEN, runtimeData: { c: 1 } }),
  NODE_FAILED: () => run(one(`node(() => { throw new Error('no'); }, { outputs: 'a', name: 'fail' })`), {}),
  NODE_OUTPUT_INVALID: () => run(one(`node(() => undefined, { outputs: 'a', name: 'nothing' })`), {}),
  HOOK_FAILED: () => run(GOOD, GIVEN, {}, { hooks: [{ beforePipelineRun: () => Promise.reject(new Error('no')) }] }),
  OUTPUT_NOT_JSON: () => run(one(`node(() => new Date(), { outputs: 'a', name: 'now' })`), { outputs: ['a'] }),
  THREAD_DIED: () =>
    run(
      one(`node(() => process.exit(1), { outputs: 'a', name: 'leave' })`),
      {},
      {},
      { isolation: 'thread', threads: 1 },
    ),
  RUN_CANCELLED: () => run(GOOD, GIVEN, { signal: AbortSignal.abort() }),
};
