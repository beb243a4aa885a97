/** What threads keep warm, and what becomes of it when saves, cancels and deaths come in between. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { LiveRun, PipelineSession, RunEvent, RunRequest } from '../../src/core/index.ts';
import { failureOf } from '../contract/session/subject.ts';
import { type Files, jsonEntry, pipelineFile, withSession } from '../projects/tiny.ts';

// `exit` and `hang` are files that change what happens in threads that come later.
const SETTINGS = `
import { existsSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';
import { defineDataset, defineSettings } from 'kedro-temporal';
const at = (name: string) => path.join(import.meta.dirname, name);
if (!isMainThread && existsSync(at('hang'))) while (true);
const odd = defineDataset({
  type: 'own.OddDataset',
  options: {},
  open: () => ({
    load: async () => {
      await appendFile(at('loads'), '.');
      if (existsSync(at('exit'))) process.exit(3);
      // In the second thread.
      if (existsSync(at('slow')) && (await readFile(at('loads'))).length === 2) await delay(60_000);
      return readFile(at('odd'), 'utf8');
    },
    save: async (value) => {
      await writeFile(at('odd'), String(value));
      throw new Error('the answer was lost');
    },
    exists: async () => true,
    fingerprint: async () => '',
  }),
});
export default defineSettings({ datasets: [odd] });`;

const WAIT = `
import { setTimeout as delay } from 'node:timers/promises';
async function act(how: string) {
  if (how === 'spin') while (true);
  if (how === 'wait') await delay(60_000, undefined, { signal: runContext()?.signal });
  if (how === 'pause') await delay(1_000);
}`;

const FILES: Files = {
  odd: 'first',
  'settings.ts': SETTINGS,
  'conf/base/parameters.yml': 'how: well\ntext: "[1, 2]"\n',
  'conf/base/catalog.yml': `${jsonEntry('"table@json"').replace('"table@json".json', 'table.json')}
"table@text":
  type: text.TextDataset
  filepath: data/table.json
odd:
  type: own.OddDataset
`,
  'data/table.json': '[1]',
  'pipelines/act.ts': pipelineFile(
    `node(async (how: string) => { await act(how); return how; }, { inputs: 'params:how', outputs: 'done', name: 'act' })`,
    WAIT,
  ),
  'pipelines/read.ts': pipelineFile(
    `node(async (table: number[], how: string) => { await act(how); return table.length; }, { inputs: ['table@json', 'params:how'], outputs: 'size', name: 'read' })`,
    WAIT,
  ),
  'pipelines/write.ts': pipelineFile(
    `node((text: string) => text, { inputs: 'params:text', outputs: 'table@text', name: 'write' })`,
  ),
  'pipelines/read_odd.ts': pipelineFile(
    `node(async (odd: string, how: string) => { await act(how); return odd; }, { inputs: ['odd', 'params:how'], outputs: 'seen', name: 'read_odd' })`,
    WAIT,
  ),
  'pipelines/write_odd.ts': pipelineFile(
    `node((text: string) => text, { inputs: 'params:text', outputs: 'odd', name: 'write_odd' })`,
  ),
};

const inThreads =
  (threads: number, work: (session: PipelineSession, folder: string) => Promise<void>) => async (): Promise<void> => {
    await withSession(FILES, work, { isolation: 'thread', threads, cancelGraceMs: 100 });
  };

/** A run that has come to its only node, and how to call it off. */
async function begun(session: PipelineSession, request: RunRequest, how: string) {
  const abort = new AbortController();
  let found = () => {};
  const seen = new Promise<void>((resolve) => {
    found = resolve;
  });
  const onEvent = (event: RunEvent) => void (event.type === 'node-started' && found());
  const live: LiveRun = { signal: abort.signal, onEvent, runsAhead: true };
  const ended = failureOf(session.run({ ...request, runtimeParams: { how } }, live));
  await seen;
  return async () => {
    abort.abort();
    await ended;
  };
}

/** Runs in both of two threads at once. */
async function inBoth(session: PipelineSession, request: RunRequest): Promise<void> {
  const ends = [await begun(session, request, 'wait'), await begun(session, request, 'wait')];
  await Promise.all(ends.map((end) => end()));
}

/** Ends the thread that is next, and so has another one started. */
async function killOne(session: PipelineSession): Promise<void> {
  await (await begun(session, { pipelines: ['act'] }, 'spin'))();
}

test(
  'a save in another way makes an artifact stale in every thread',
  inThreads(2, async (session) => {
    await session.preload(['table@json']);
    await inBoth(session, { pipelines: ['read'] });
    await session.run({ pipelines: ['write'] });
    const runs = await Promise.all([1, 2, 3, 4].map(() => session.run({ pipelines: ['read'] })));
    expect(runs.map(({ outputs }) => outputs.size)).toEqual([2, 2, 2, 2]);
  }),
);

test(
  'a save that fails, and may have saved all the same, makes an artifact stale in every thread',
  inThreads(2, async (session) => {
    await session.preload(['odd']);
    await inBoth(session, { pipelines: ['read_odd'] });
    const failing = session.run({ pipelines: ['write_odd'], runtimeParams: { text: 'second' } });
    await expect(failing).rejects.toMatchObject({ code: 'DATASET_SAVE_FAILED' });
    const runs = await Promise.all([1, 2, 3, 4].map(() => session.run({ pipelines: ['read_odd'] })));
    expect(runs.map(({ outputs }) => outputs.seen)).toEqual(Array(4).fill('second'));
  }),
);

test(
  'an artifact whose load ends the thread is given up: the runs that do not need it go on',
  inThreads(1, async (session, folder) => {
    await session.preload(['odd']);
    await writeFile(path.join(folder, 'exit'), '');
    await killOne(session);
    for (let i = 0; i < 3; i++) {
      expect((await session.run({ pipelines: ['act'] })).outputs).toEqual({ done: 'well' });
    }
    expect((await session.describe()).warm).toEqual([]);
  }),
);

test(
  'a preload that is cancelled, and does not hear of it, takes no run with it',
  inThreads(2, async (session, folder) => {
    await inBoth(session, { pipelines: ['act'] });
    const abort = new AbortController();
    await writeFile(path.join(folder, 'slow'), '');
    const preloading = failureOf(session.preload(['odd'], { signal: abort.signal }));
    const loads = () => readFile(path.join(folder, 'loads'), 'utf8').catch(() => '');
    while ((await loads()) !== '..') await new Promise((resolve) => setTimeout(resolve, 5));
    // One for each thread.
    const running = [1, 2].map(() => session.run({ pipelines: ['act'], runtimeParams: { how: 'pause' } }));
    abort.abort();
    expect(await preloading).toMatchObject({ code: 'RUN_CANCELLED' });
    expect((await Promise.all(running)).map(({ outputs }) => outputs.done)).toEqual(['pause', 'pause']);
  }),
);

test(
  'closing does not wait for a thread that does not open',
  inThreads(1, async (session, folder) => {
    await writeFile(path.join(folder, 'hang'), '');
    await killOne(session);
    const waiting = failureOf(session.run({ pipelines: ['act'] }));
    await session.close();
    expect(await waiting).toMatchObject({ code: 'SESSION_CLOSED' });
  }),
);
