/** Runs in threads: what cannot be stopped elsewhere, what crosses, and what becomes of a thread that is gone. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { LiveRun, PipelineSession, RunEvent, RunRequest } from '../../src/core/index.ts';
import type { NativeSessionOptions } from '../../src/native/index.ts';
import { failureOf } from '../contract/session/subject.ts';
import { type Files, jsonEntry, pipelineFile, withSession } from '../projects/tiny.ts';

const ODD = `
import { setTimeout as delay } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
class Model { constructor(readonly weight: number) {} scale(x: number) { return x * this.weight; } }
async function act(how: string) {
  if (how === 'spin') while (true);
  if (how === 'exit') process.exit(3);
  if (how === 'stray') { setTimeout(() => { throw new Error('nobody waits for this'); }); await delay(10_000); }
  if (how === 'grow') { const all = []; while (true) all.push(new Array(100_000).fill(how)); }
  if (how === 'wait') await delay(60_000, undefined, { signal: runContext()?.signal });
  if (how === 'fail') throw Object.assign(new RangeError('far out', { cause: new Error('below') }), { nonRetryable: true });
  return threadId;
}`;

const FILES: Files = {
  'conf/base/catalog.yml': jsonEntry('before') + jsonEntry('after') + jsonEntry('table'),
  'conf/base/parameters.yml': 'how: well\nlabel: none\n',
  'data/table.json': '"first"',
  'pipelines/odd.ts': pipelineFile(
    `node(() => 'before', { outputs: 'before', name: 'first' }),
     node((before: string, how: string) => act(how), { inputs: ['before', 'params:how'], outputs: 'thread', name: 'act' }),
     node((thread: number) => thread, { inputs: 'thread', outputs: 'after', name: 'last' })`,
    ODD,
  ),
  'pipelines/values.ts': pipelineFile(
    `node((given: unknown) => given, { inputs: 'given', outputs: 'same', name: 'pass' }),
     node(() => new Model(2), { outputs: 'model', name: 'train' }),
     node(() => new Map([['a', new Date(0)]]), { outputs: 'plain', name: 'collect' })`,
    ODD,
  ),
  'pipelines/read.ts': pipelineFile(
    `node((table: string, how: string) => act(how).then((thread) => ({ table, thread })), { inputs: ['table', 'params:how'], outputs: 'seen', name: 'read' })`,
    ODD,
  ),
  'pipelines/write.ts': pipelineFile(
    `node((label: string) => label, { inputs: 'params:label', outputs: 'table', name: 'write' })`,
  ),
};

function inThreads(
  work: (session: PipelineSession, folder: string) => Promise<unknown>,
  options: Partial<NativeSessionOptions> = {},
  files: Files = {},
): () => Promise<void> {
  return async () => {
    await withSession({ ...FILES, ...files }, work, {
      isolation: 'thread',
      threads: 1,
      cancelGraceMs: 100,
      ...options,
    });
  };
}

const odd = (how: string, more: RunRequest = {}): RunRequest => ({
  pipelines: ['odd'],
  runtimeParams: { how },
  ...more,
});

/** Resolves when the node of that name has started. */
function started(node: string): { live: LiveRun; seen: Promise<void>; abort: AbortController } {
  const abort = new AbortController();
  let found = () => {};
  const seen = new Promise<void>((resolve) => {
    found = resolve;
  });
  const onEvent = (event: RunEvent) => void (event.type === 'node-started' && event.node === node && found());
  return { live: { signal: abort.signal, onEvent, runsAhead: true }, seen, abort };
}

test(
  'a node that spins stops neither its caller nor other runs, and a cancel ends it; the next run has a new thread',
  inThreads(
    async (session, folder) => {
      const { live, seen, abort } = started('act');
      const spinning = failureOf(session.run(odd('spin'), live));
      await seen;
      const other = await session.run(odd('well', { outputs: ['thread'] }));
      const waiting = failureOf(session.run(odd('wait'), { signal: AbortSignal.timeout(200) }));
      expect((await waiting).code).toBe('RUN_CANCELLED');
      abort.abort('enough');
      expect(await spinning).toMatchObject({ code: 'RUN_CANCELLED', cause: 'enough', retryable: false });
      const next = await Promise.all([session.run(odd('well')), session.run(odd('well', { outputs: ['thread'] }))]);
      expect(next[1].outputs.thread).toBeTypeOf('number');
      expect(other.outputs.thread).toBeTypeOf('number');
      expect(await readFile(path.join(folder, 'data/before.json'), 'utf8')).toContain('before');
    },
    { threads: 2 },
  ),
);

test(
  'runs that wait behind one that spins go on when it is cancelled; one that is cancelled while it waits never starts',
  inThreads(async (session, folder) => {
    const { live, seen, abort } = started('act');
    const spinning = failureOf(session.run(odd('spin'), live));
    await seen;
    const gone = new AbortController();
    const never = failureOf(session.run(odd('exit'), { signal: gone.signal }));
    const next = session.run(odd('well'));
    gone.abort();
    expect((await never).code).toBe('RUN_CANCELLED');
    expect(existsSync(path.join(folder, 'data/after.json'))).toBe(false);
    abort.abort();
    expect((await spinning).code).toBe('RUN_CANCELLED');
    expect((await next).nodes).toHaveLength(3);
  }),
);

test(
  'a node that heeds the signal ends in its thread, which goes on',
  inThreads(
    async (session) => {
      const { outputs } = await session.run(odd('well', { outputs: ['thread'] }));
      const { live, seen, abort } = started('act');
      const waiting = failureOf(session.run(odd('wait'), live));
      await seen;
      abort.abort();
      expect((await waiting).code).toBe('RUN_CANCELLED');
      expect((await session.run(odd('well', { outputs: ['thread'] }))).outputs).toEqual(outputs);
    },
    { cancelGraceMs: 20_000 },
  ),
);

test(
  'closing ends a run that spins with SESSION_CLOSED, and one that waits for its thread',
  inThreads(async (session) => {
    const { live, seen } = started('act');
    const runs = [failureOf(session.run(odd('spin'), live))];
    await seen;
    runs.push(failureOf(session.run(odd('well'))));
    await session.close();
    for (const run of runs) expect((await run).code).toBe('SESSION_CLOSED');
  }),
);

test.each([
  ['exit', /worker exited with code: 3/],
  ['stray', /nobody waits for this/],
  ['grow', /memory/i],
])('a thread that dies (%s) fails its run retryably, and the next run has a new one', async (how, says) => {
  const work = async (session: PipelineSession) => {
    const error = await failureOf(session.run(odd(how)));
    expect(error).toMatchObject({ code: 'THREAD_DIED', retryable: true, message: expect.stringMatching(says) });
    const progress = { total: 3, done: ['first'], saved: ['before'] };
    const report = await session.run(odd('well'), { resume: progress });
    expect(report.nodes.map(({ status }) => status)).toEqual(['skipped', 'done', 'done']);
  };
  await inThreads(work, { threadMemoryMb: 64 })();
});

test(
  'an error keeps its code, message, details, advice and causes on its way',
  inThreads(async (session) => {
    expect(await failureOf(session.run(odd('fail')))).toMatchObject({
      code: 'NODE_FAILED',
      message: 'Node "act" failed: far out',
      details: { node: 'act' },
      retryable: false,
      cause: { name: 'RangeError', message: 'far out', cause: { message: 'below' } },
    });
    expect(await failureOf(session.run({ pipelines: ['od'] }))).toMatchObject({
      code: 'PIPELINE_NOT_FOUND',
      message: expect.stringContaining('"odd"'),
    });
  }),
);

test(
  'plain data crosses both ways; what would lose its methods is refused by name or stays',
  inThreads(async (session) => {
    const given = new Map<string, unknown>([
      ['bytes', new Uint8Array([1, 2])],
      ['set', new Set([1n, undefined])],
    ]);
    const results = new Map<string, unknown>();
    const report = await session.run({ pipelines: ['values'] }, { data: { given }, results });
    expect(results.get('same')).toEqual(given);
    expect(results.get('plain')).toEqual(new Map([['a', new Date(0)]]));
    expect(report.references.model).toEqual({ dataset: 'model', type: 'MemoryDataset' });
    expect(results.has('model')).toBe(false);
    const asked = { pipelines: ['values'], outputs: ['model'] };
    expect(await failureOf(session.run(asked, { data: { given }, results }))).toMatchObject({
      code: 'OUTPUT_NOT_JSON',
      message: expect.stringContaining('"model" cannot leave the thread'),
    });
    for (const data of [{ given: () => 1 }, { given: [{ in: new (class Model {})() }] }]) {
      expect(await failureOf(session.run({ pipelines: ['values'] }, { data }))).toMatchObject({
        code: 'REQUEST_INVALID',
        message: expect.stringContaining('"given"'),
      });
    }
  }),
);

test('settings that hold functions are refused with the place where they belong; plain ones reach the thread', async () => {
  const hooks = [{ beforeNodeRun: () => {} }];
  const refused = inThreads(async () => {}, { hooks })();
  await expect(refused).rejects.toMatchObject({
    code: 'PROJECT_SETTINGS_INVALID',
    message: expect.stringMatching(/"hooks".*settings\.ts/),
  });
  const files = { 'conf/base/catalog.yml': jsonEntry('table').replace('data', '${runtime_params:folder}') };
  const work = async (session: PipelineSession, folder: string) => {
    await session.run({ pipelines: ['write'], runtimeParams: { folder: path.join(folder, 'far') } });
    expect(await readdir(path.join(folder, 'far'))).toEqual(['table.json']);
  };
  await inThreads(work, { allowUnsafeParams: ['folder'] }, files)();
});

const HOOKED = {
  'settings.ts': `
import { appendFileSync } from 'node:fs';
import { defineSettings } from 'kedro-temporal';
const note = (line: string) => appendFileSync(new URL('./hooks.txt', import.meta.url), line + '\\n');
export default defineSettings({ hooks: [{
  beforeNodeRun: ({ node }) => note('before ' + node.name),
  onPipelineError: ({ error, pipeline }) => note((error as { code: string }).code + ' ' + (pipeline !== undefined)),
}] });`,
};

test(
  'hooks of settings.ts are called in the thread, errors of configuration included',
  inThreads(
    async (session, folder) => {
      await failureOf(session.run(odd('fail')));
      await failureOf(session.run({ pipelines: ['od'] }));
      const lines = (await readFile(path.join(folder, 'hooks.txt'), 'utf8')).trim().split('\n');
      expect(lines).toEqual(['before first', 'before act', 'NODE_FAILED true', 'PIPELINE_NOT_FOUND false']);
    },
    {},
    HOOKED,
  ),
);

test(
  'artifacts are warm in every thread, those that start later too; a save in one makes them stale in all',
  inThreads(
    async (session) => {
      const read = { pipelines: ['read'] };
      await session.preload(['table']);
      // Two that wait at once: two threads.
      const both = [1, 2].map(() => started('read'));
      const waiting = both.map(({ live }) => failureOf(session.run({ ...read, runtimeParams: { how: 'wait' } }, live)));
      for (const { seen } of both) await seen;
      for (const { abort } of both) abort.abort();
      await Promise.all(waiting);
      expect((await session.describe()).warm).toMatchObject([{ dataset: 'table', hits: 2 }]);

      await session.run({ pipelines: ['write'], runtimeParams: { label: 'second' } });
      const after = await Promise.all(Array.from({ length: 4 }, () => session.run(read)));
      const seen = after.map(({ outputs }) => outputs.seen as { table: string; thread: number });
      expect(seen.map(({ table }) => table)).toEqual(Array(4).fill('second'));

      // The thread that is started for one that was ended is as warm as that one was.
      const { live, seen: begun, abort } = started('read');
      const spinning = failureOf(session.run({ ...read, runtimeParams: { how: 'spin' } }, live));
      await begun;
      abort.abort();
      await spinning;
      await session.run({ pipelines: ['write'], runtimeParams: { label: 'third' } });
      for (let i = 0; i < 3; i++) {
        expect((await session.run(read)).outputs.seen).toMatchObject({ table: 'third' });
      }
      expect(await session.releaseCache()).toEqual({ released: ['table'] });
      expect((await session.describe()).warm).toEqual([]);
    },
    { threads: 2, cancelGraceMs: 500 },
  ),
);

test(
  'a preload that is cancelled is RUN_CANCELLED',
  inThreads(async (session) => {
    const error = await failureOf(session.preload(['table'], { signal: AbortSignal.abort() }));
    expect(error.code).toBe('RUN_CANCELLED');
  }),
);

test(
  'describe waits for a thread while all of them compute',
  inThreads(async (session) => {
    const { live, seen, abort } = started('act');
    const spinning = failureOf(session.run(odd('spin'), live));
    await seen;
    const asked = session.describe();
    abort.abort();
    await spinning;
    expect(Object.keys((await asked).pipelines)).toContain('odd');
  }),
);

test('options of a wrong shape are refused by name', async () => {
  for (const option of [
    { isolation: 'threads' },
    { threads: 0 },
    { cancelGraceMs: Number.NaN },
    { threadMemoryMb: 0 },
  ]) {
    const opening = inThreads(async () => {}, option as never)();
    await expect(opening).rejects.toMatchObject({
      code: 'PROJECT_SETTINGS_INVALID',
      message: expect.stringContaining(`"${Object.keys(option)[0]}"`),
    });
  }
});

test('a database file of DuckDB is refused in a session of several threads, which would spoil it', async () => {
  const files = {
    'conf/base/catalog.yml': `
days: {type: duckdb.TableDataset, database: days.duckdb, table_name: days}
count: {type: duckdb.QueryDataset, database: days.duckdb, sql: SELECT count(*)::INT AS n FROM days}
`,
    'pipelines/save.ts': pipelineFile(`node(() => [{ day: 1 }], { outputs: 'days', name: 'save' })`),
    'pipelines/count.ts': pipelineFile(
      `node((rows: unknown) => rows, { inputs: 'count', outputs: 'n', name: 'count' })`,
    ),
  };
  const two = async (session: PipelineSession) => {
    for (const pipeline of ['save', 'count']) {
      expect(await failureOf(session.run({ pipelines: [pipeline] }))).toMatchObject({
        code: 'DATASET_INVALID',
        message: expect.stringContaining('threads: 1'),
      });
    }
  };
  await withSession(files, two, { isolation: 'thread', threads: 2 });
  const one = async (session: PipelineSession) => {
    await session.run({ pipelines: ['save'] });
    expect((await session.run({ pipelines: ['count'] })).outputs).toEqual({ n: [{ n: 1 }] });
  };
  await withSession(files, one, { isolation: 'thread', threads: 1 });
});
