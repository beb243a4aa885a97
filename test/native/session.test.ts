/** What the native engine does beyond the session contract. */
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { addEvent, noProgress } from '../../src/core/index.ts';
import { defineDataset } from '../../src/index.ts';
import { jsonEntry, pipelineFile, withSession, writeFiles } from '../projects/tiny.ts';

describe('a cancel', () => {
  const WAITS = {
    'conf/base/catalog.yml': jsonEntry('late'),
    'pipelines/wait.ts': pipelineFile(
      `node((mark: string) => gates.wait(mark), { inputs: 'params:mark', outputs: 'late', name: 'wait' })`,
      `const gates = (globalThis as unknown as { gates: { wait(mark: string): Promise<string> } }).gates;`,
    ),
  };

  /** A node that waits until its gate opens, whatever its run has come to. */
  function gate() {
    let open = (_: string) => {};
    let arrived = () => {};
    const isThere = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const opened = new Promise<string>((resolve) => {
      open = resolve;
    });
    const wait = () => {
      arrived();
      return opened;
    };
    Object.assign(globalThis, { gates: { wait } });
    return { isThere, open };
  }

  test('does not wait for a node that never looks at a signal, and drops what it returns later', async () => {
    const { isThere, open } = gate();
    await withSession(WAITS, async (session, folder) => {
      const abort = new AbortController();
      const run = session.run({ runtimeParams: { mark: 'a' } }, { signal: abort.signal });
      await isThere;
      abort.abort();
      await expect(run).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
      open('too late');
      await new Promise((resolve) => setImmediate(resolve));
      expect(existsSync(path.join(folder, 'data'))).toBe(false);
    });
  });

  test('close does not wait either', async () => {
    const { isThere } = gate();
    await withSession(WAITS, async (session) => {
      const run = session.run({ runtimeParams: { mark: 'a' } });
      await isThere;
      const failing = expect(run).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
      await session.close();
      await failing;
    });
  });
});

test('a node may ask for its run, and is told when it is cancelled', async () => {
  const files = {
    'pipelines/ask.ts': pipelineFile(
      `node(() => ({ ...runContext(), aborted: runContext()?.signal.aborted, signal: null }), { outputs: 'context', name: 'ask' })`,
    ),
  };
  await withSession(files, async (session) => {
    const reports = await Promise.all(['a', 'b'].map((runId) => session.run({ runId })));
    expect(reports.map(({ outputs }) => outputs.context)).toEqual(
      reports.map(({ runId, saveVersion }) => ({ runId, saveVersion, aborted: false, signal: null })),
    );
  });
});

test.each(['MemoryDataset', 'kedro.io.MemoryDataset'])(
  'a catalog’s %s is a run’s own memory: no run sees another’s',
  async (type) => {
    const files = {
      'conf/base/catalog.yml': `kept:\n  type: ${type}\n`,
      'pipelines/make.ts': pipelineFile(`node(() => 1, { outputs: 'kept', name: 'make' })`),
      'pipelines/use.ts': pipelineFile(
        `node((kept: number) => kept, { inputs: 'kept', outputs: 'seen', name: 'use' })`,
      ),
    };
    await withSession(files, async (session) => {
      const made = await session.run({ pipelines: ['make'] });
      expect(made).toMatchObject({ outputs: { kept: 1 }, saved: [] });
      await expect(session.run({ pipelines: ['use'] })).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
      expect((await session.run({ pipelines: ['make', 'use'] })).outputs).toEqual({ seen: 1 });
    });
  },
);

test('a retry does not run a node again because one of its outputs is given', async () => {
  const files = {
    'conf/base/catalog.yml': jsonEntry('stored'),
    'pipelines/halves.ts': pipelineFile(
      `
      node(() => { calls.push('make'); return { left: 1, stored: 2 }; }, { outputs: { left: 'left', stored: 'stored' }, name: 'make' }),
      node((left: number, stored: number, params: { fail?: boolean }) => {
        if (params.fail) throw new Error('told to fail');
        return [left, stored, calls.length];
      }, { inputs: ['left', 'stored', 'parameters'], outputs: 'both', name: 'use' })`,
      'const calls: string[] = [];',
    ),
  };
  await withSession(files, async (session) => {
    const progress = noProgress();
    const runtimeData = { left: 10 };
    const first = session.run(
      { runtimeData, runtimeParams: { fail: true } },
      { onEvent: (event) => addEvent(progress, event) },
    );
    await expect(first).rejects.toMatchObject({ code: 'NODE_FAILED' });
    expect((await session.run({ runtimeData }, { resume: progress })).outputs).toEqual({ both: [10, 2, 1] });
  });
});

describe('an artifact of a dataset type of the project’s own', () => {
  const value = Object.freeze({ rows: [1], by: { name: 'first' } });
  let loads = 0;
  const own = defineDataset({
    type: 'own.FrozenDataset',
    options: {},
    open: () => ({
      load: async () => {
        loads++;
        return value;
      },
      exists: async () => true,
      fingerprint: async () => 'same',
    }),
  });
  const files = {
    'conf/base/catalog.yml': 'own:\n  type: own.FrozenDataset\n',
    'pipelines/spoil.ts': pipelineFile(
      `node((own: { rows: number[] }) => { try { own.rows.push(2); } catch {} return own.rows.length; }, { inputs: 'own', outputs: 'rows', name: 'spoil' })`,
    ),
  };

  test('is safe from nodes also below what the type has frozen itself', async () => {
    await withSession(
      files,
      async (session) => {
        await session.preload(['own']);
        expect([(await session.run({})).outputs.rows, (await session.run({})).outputs.rows]).toEqual([1, 1]);
      },
      { datasets: [own] },
    );
  });

  test('is not loaded again under "when-changed" while its fingerprint is the same', async () => {
    loads = 0;
    await withSession(
      files,
      async (session) => {
        await session.preload(['own'], { refresh: 'when-changed' });
        await Promise.all([session.run({}), session.run({})]);
        expect(loads).toBe(1);
        expect(await session.preload(['own'], { refresh: 'never' })).toMatchObject({ loaded: [{ dataset: 'own' }] });
        expect(loads).toBe(2);
      },
      { datasets: [own] },
    );
  });
});

test('what a session has read from conf stays, whatever happens to the files', async () => {
  const files = {
    'conf/base/catalog.yml': jsonEntry('out'),
    'conf/base/parameters.yml': 'a: 1\n',
    'pipelines/copy.ts': pipelineFile(`node((a: number) => a, { inputs: 'params:a', outputs: 'out', name: 'copy' })`),
  };
  await withSession(files, async (session, folder) => {
    await writeFiles(folder, { 'conf/base/parameters.yml': 'a: 2\n' });
    await rm(path.join(folder, 'conf/base/catalog.yml'));
    await session.run({});
    expect(JSON.parse(await readFile(path.join(folder, 'data/out.json'), 'utf8'))).toBe(1);
  });
});

test('a session that is closed during a preload does not say that it is loaded', async () => {
  let release = () => {};
  const slow = defineDataset({
    type: 'own.SlowDataset',
    options: {},
    open: () => ({
      load: () =>
        new Promise((resolve) => {
          release = () => resolve(1);
        }),
      exists: async () => true,
      fingerprint: async () => '1',
    }),
  });
  await withSession(
    { 'conf/base/catalog.yml': 'slow:\n  type: own.SlowDataset\n' },
    async (session) => {
      const preloading = expect(session.preload(['slow'])).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
      await session.close();
      release();
      await preloading;
    },
    { datasets: [slow] },
  );
});

test('a plan is made once for all runs of the same names, and each run has its own values', async () => {
  const files = {
    'pipelines/add.ts': pipelineFile(
      `node((a: number[], b: number) => { a.push(b); return a; }, { inputs: ['given', 'params:b'], outputs: 'list', name: 'add' })`,
    ),
  };
  await withSession(files, async (session) => {
    const runtimeData = { given: [1] };
    const runs = [2, 3].map((b) => session.run({ runtimeData, runtimeParams: { b } }));
    expect((await Promise.all(runs)).map(({ outputs }) => outputs.list)).toEqual([
      [1, 2],
      [1, 3],
    ]);
    expect(runtimeData).toEqual({ given: [1] });
  });
});
