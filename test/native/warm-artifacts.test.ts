/** Artifacts that runs save over while others read them. */
import { expect, test } from 'vitest';
import { defineDataset, type PipelineSession } from '../../src/index.ts';
import { pipelineFile, withSession } from '../projects/tiny.ts';

const FILES = {
  'conf/base/catalog.yml': 'own:\n  type: own.ShelfDataset\n',
  'pipelines/read.ts': pipelineFile(`node((own: string) => own, { inputs: 'own', outputs: 'seen', name: 'read' })`),
  'pipelines/write.ts': pipelineFile(
    `node((value: string) => value, { inputs: 'params:value', outputs: 'own', name: 'write' })`,
  ),
};

/** A value on a shelf: loads are counted, take what is there when they begin, and end when `pass` says. */
function shelf() {
  const state = { value: 'first', loads: 0, pass: async () => {} };
  const type = defineDataset({
    type: 'own.ShelfDataset',
    options: {},
    open: () => ({
      load: async () => {
        state.loads++;
        const { value } = state;
        await state.pass();
        return value;
      },
      save: async (value: unknown) => {
        state.value = String(value);
      },
      exists: async () => true,
      fingerprint: async () => state.value,
    }),
  });
  return { state, type };
}

const read = async (session: PipelineSession) => (await session.run({ pipelines: ['read'] })).outputs.seen;
const write = (session: PipelineSession, value: string) =>
  session.run({ pipelines: ['write'], runtimeParams: { value } });

test('a stale artifact is loaded again once, however many runs ask', async () => {
  const { state, type } = shelf();
  state.pass = () => new Promise((resolve) => setImmediate(resolve));
  await withSession(
    FILES,
    async (session) => {
      await session.preload(['own']);
      await write(session, 'second');
      const seen = await Promise.all(Array.from({ length: 10 }, () => read(session)));
      expect(new Set(seen)).toEqual(new Set(['second']));
      expect(state.loads).toBe(2);
    },
    { datasets: [type] },
  );
});

test('a reader that comes after a save does not make do with a load that had begun before it', async () => {
  const { state, type } = shelf();
  await withSession(
    FILES,
    async (session) => {
      await session.preload(['own']);
      await read(session);
      await write(session, 'second');
      const begun = new Promise<() => void>((tell) => {
        state.pass = () => new Promise((resolve) => tell(resolve));
      });
      const early = read(session);
      const endLoad = await begun;
      await write(session, 'third');
      state.pass = async () => {};
      const late = read(session);
      endLoad();
      expect(await late).toBe('third');
      expect(['second', 'third']).toContain(await early);
    },
    { datasets: [type] },
  );
});

test('a load that fails leaves the artifact stale, and the next reader tries again', async () => {
  const { state, type } = shelf();
  await withSession(
    FILES,
    async (session) => {
      await session.preload(['own']);
      await write(session, 'second');
      state.pass = () => Promise.reject(new Error('the shelf is shaky'));
      await expect(read(session)).rejects.toMatchObject({ code: 'DATASET_LOAD_FAILED' });
      state.pass = async () => {};
      expect(await read(session)).toBe('second');
    },
    { datasets: [type] },
  );
});
