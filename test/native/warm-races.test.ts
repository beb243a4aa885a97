/** Artifacts and saves that meet: whoever asks after a save gets nothing older than it. */
import { expect, test } from 'vitest';
import { defineDataset, type PipelineSession } from '../../src/index.ts';
import { pipelineFile, withSession } from '../projects/tiny.ts';

const FILES = {
  'conf/base/catalog.yml': 'table:\n  type: own.SlowDataset\n',
  'conf/base/parameters.yml': 'value: new\n',
  'pipelines/read.ts': pipelineFile(
    `node((table: string) => table, { inputs: 'table', outputs: 'seen', name: 'read' })`,
  ),
  'pipelines/write.ts': pipelineFile(
    `node((value: string) => value, { inputs: 'params:value', outputs: 'table', name: 'write' })`,
  ),
};

/** A dataset whose loads take what is there when they begin, and end when they are let go. */
function slowStore() {
  const state = { content: 'old', failsAfterSaving: false, loads: 0 };
  let letGo = () => {};
  let hold: Promise<void> | undefined;
  const began = { resolve: () => {} };
  const type = defineDataset({
    type: 'own.SlowDataset',
    options: {},
    open: () => ({
      load: async () => {
        state.loads++;
        const { content } = state;
        began.resolve();
        await hold;
        return content;
      },
      save: async (value) => {
        state.content = String(value);
        if (state.failsAfterSaving) throw new Error('the answer was lost');
      },
      exists: async () => true,
      fingerprint: async () => state.content,
    }),
  });
  /** Holds loads back; resolves when one has begun. */
  const holdLoads = (): Promise<void> => {
    hold = new Promise((resolve) => {
      letGo = resolve;
    });
    return new Promise((resolve) => {
      began.resolve = resolve;
    });
  };
  return { type, state, holdLoads, letGo: () => letGo() };
}

const seenBy = async (session: PipelineSession) =>
  (await session.run({ pipelines: ['read'], outputs: ['seen'] })).outputs.seen;

test('a run that saves while the artifact is loaded for the first time makes it stale', async () => {
  const store = slowStore();
  const use = async (session: PipelineSession) => {
    const begun = store.holdLoads();
    const preloading = session.preload(['table']);
    await begun;
    await session.run({ pipelines: ['write'] });
    store.letGo();
    await preloading;
    expect(await seenBy(session)).toBe('new');
    expect(await seenBy(session)).toBe('new');
  };
  await withSession(FILES, use, { datasets: [store.type] });
});

test('a save that fails, and may have saved all the same, makes the artifact stale', async () => {
  const store = slowStore();
  const use = async (session: PipelineSession) => {
    await session.preload(['table']);
    expect(await seenBy(session)).toBe('old');
    store.state.failsAfterSaving = true;
    await expect(session.run({ pipelines: ['write'] })).rejects.toThrow('the answer was lost');
    expect(await seenBy(session)).toBe('new');
    expect(store.state.loads).toBe(2);
  };
  await withSession(FILES, use, { datasets: [store.type] });
});
