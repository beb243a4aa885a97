/** Whatever a run waits for, a cancel and the end of its session end the wait. */
import { expect, test } from 'vitest';
import type { LiveRun, PipelineSession, RunRequest } from '../../src/core/index.ts';
import { defineDataset } from '../../src/index.ts';
import { failureOf } from '../contract/session/subject.ts';
import { pipelineFile, withSession } from '../projects/tiny.ts';

/** A dataset that never answers: where a server has gone without a word, and nobody listens to the signal. */
function silentStore() {
  const asked: { resolve: () => void } = { resolve: () => {} };
  const never = () => {
    asked.resolve();
    return new Promise<never>(() => {});
  };
  const type = defineDataset({
    type: 'own.SilentDataset',
    options: {},
    open: () => ({ load: never, save: async () => {}, exists: never, fingerprint: async () => '' }),
  });
  const isAsked = new Promise<void>((resolve) => {
    asked.resolve = resolve;
  });
  return { type, isAsked };
}

const FILES = {
  'conf/base/catalog.yml': 'silent:\n  type: own.SilentDataset\n',
  'pipelines/write.ts': pipelineFile(`node(() => 1, { outputs: 'silent', name: 'write' })`),
  'pipelines/read.ts': pipelineFile(
    `node((value: number) => value, { inputs: 'silent', outputs: 'seen', name: 'read' })`,
  ),
  'pipelines/slow.ts': `import { pipeline } from 'kedro-temporal';\nawait new Promise(() => {});\nexport default pipeline([]);\n`,
};

const REQUESTS: [string, RunRequest][] = [
  ['whether an output is there', { pipelines: ['write'], onlyMissingOutputs: true }],
  ['an input', { pipelines: ['read'] }],
  ['a stored output that the request names', { pipelines: ['write'], outputs: ['silent'] }],
];

test.each(REQUESTS)('a run that waits for %s ends with its cancel', async (_, request) => {
  const { type, isAsked } = silentStore();
  const use = async (session: PipelineSession) => {
    const abort = new AbortController();
    const live: LiveRun = { signal: abort.signal };
    const running = failureOf(session.run(request, live));
    await isAsked;
    abort.abort();
    expect(await running).toMatchObject({ code: 'RUN_CANCELLED' });
  };
  await withSession(FILES, use, { datasets: [type] });
});

test('a run whose pipeline never finishes its import ends with its session', async () => {
  const { type } = silentStore();
  const use = async (session: PipelineSession) => {
    const running = failureOf(session.run({ pipelines: ['slow'] }));
    await new Promise((resolve) => setImmediate(resolve));
    await session.close();
    expect(await running).toMatchObject({ code: 'SESSION_CLOSED' });
  };
  await withSession(FILES, use, { datasets: [type] });
});
