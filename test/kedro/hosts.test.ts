/** What becomes of Python processes: they die, they are deaf, their parent dies, they grow old. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { RunEvent } from '../../src/core/index.ts';
import { failureOf } from '../contract/session/subject.ts';
import { inProject, isAlive, until } from './projects.ts';
import { mainPython } from './pythons.ts';

const say = { pipelines: ['say'], runtimeParams: { word: 'hello' } };

const hasProc = existsSync('/proc/self');

describe.skipIf(mainPython() === undefined)('a host', () => {
  it.each(['kill', 'exit'])(
    'that ends in mid-run (%s) fails that run retryably, and another takes the next',
    async (how) => {
      await inProject('kedro-hooks', {}, async ({ session }) => {
        const before = (await session.run(say)).outputs.pid;
        const error = await failureOf(session.run({ pipelines: ['die'], runtimeParams: { how } }));
        expect(error).toMatchObject({ code: 'HOST_DIED', retryable: true });
        expect(error.message).toMatch(how === 'kill' ? /SIGKILL/ : /exit code 7/);
        const after = await session.run(say);
        expect(after.outputs.pid).not.toBe(before);
      });
    },
  );

  it('that runs sys.exit() in a node stays, and the node has failed', async () => {
    await inProject('kedro-hooks', {}, async ({ session }) => {
      const { pid } = (await session.run(say)).outputs;
      const error = await failureOf(session.run({ pipelines: ['die'], runtimeParams: { how: 'sys.exit' } }));
      expect(error).toMatchObject({ code: 'NODE_FAILED', message: expect.stringContaining('enough') });
      expect((await session.run(say)).outputs.pid).toBe(pid);
    });
  });

  it('whose node is cancelled stays warm; one whose node does not listen is killed and replaced', async () => {
    await inProject('kedro-hooks', { cancelGraceMs: 300 }, async ({ session }) => {
      const first = (await session.run(say)).outputs.pid;
      const cancel = async (pipeline: string) => {
        const abort = new AbortController();
        const onEvent = ({ type }: RunEvent) => void (type === 'node-started' && setTimeout(() => abort.abort(), 50));
        const request = { pipelines: [pipeline], runtimeParams: { seconds: 600 } };
        return await failureOf(session.run(request, { signal: abort.signal, onEvent }));
      };
      expect((await cancel('sleep')).code).toBe('RUN_CANCELLED');
      expect((await session.run(say)).outputs.pid).toBe(first);
      expect((await cancel('deaf')).code).toBe('RUN_CANCELLED');
      expect((await session.run(say)).outputs.pid).not.toBe(first);
    });
  });

  it('that is cancelled in the midst of telling an event ends the run there, and saves nothing', async () => {
    await inProject('kedro-hooks', {}, async ({ folder, session }) => {
      const events: string[] = [];
      const onEvent = ({ type }: RunEvent) => void events.push(type);
      const error = await failureOf(session.run({ pipelines: ['cut'] }, { onEvent }));
      expect(error.code).toBe('RUN_CANCELLED');
      expect(events.filter((type) => type === 'node-started')).toHaveLength(2);
      expect(existsSync(path.join(folder, 'data'))).toBe(false);
      expect((await session.run({})).saved).toHaveLength(1);
    });
  });

  it.skipIf(!hasProc)(
    'and what its nodes have started are gone when their parent is killed by -9, while a node computes',
    async () => {
      const script = path.join(import.meta.dirname, 'parent.ts');
      const child = spawn(process.execPath, ['--import', 'tsx', script], {
        env: { ...process.env, KEDRO_TEMPORAL_PYTHON: mainPython() },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      child.stdout.on('data', (chunk) => {
        said += chunk;
      });
      await until(() => said.includes('\n'));
      const host = Number(said.trim());
      expect(isAlive(host)).toBe(true);
      // Its guard, and what the node has started.
      await until(() => childrenOf(host).length > 1);
      const started = childrenOf(host);
      child.kill('SIGKILL');
      await until(() => !isAlive(host) && started.every((pid) => !isAlive(pid)));
    },
  );

  it('is replaced after so many runs, between runs', async () => {
    await inProject('kedro-hooks', { maxRunsPerHost: 2 }, async ({ session }) => {
      const pids: unknown[] = [];
      for (let i = 0; i < 5; i++) pids.push((await session.run(say)).outputs.pid);
      expect(pids[0]).toBe(pids[1]);
      expect(new Set(pids).size).toBe(3);
    });
  });

  it('that holds too much memory is replaced', async () => {
    await inProject('kedro-hooks', { maxHostMemoryMb: 1 }, async ({ session }) => {
      const [a, b] = [await session.run(say), await session.run(say)];
      expect(a.outputs.pid).not.toBe(b.outputs.pid);
    });
  });

  it('keeps warm artifacts over its replacement', async () => {
    await inProject('kedro', { maxRunsPerHost: 1 }, async ({ session }) => {
      await session.preload(['table']);
      for (let i = 0; i < 3; i++) await session.run({ pipelines: ['artifacts'] });
      expect((await session.describe()).warm).toMatchObject([{ dataset: 'table', hits: 3 }]);
    });
  });

  it('hands on what nodes print, log and write, by run, and never takes it for an answer', async () => {
    await inProject('kedro-hooks', {}, async ({ session, logs }) => {
      for (const word of ['one', 'two']) {
        await session.run({ pipelines: ['say'], runId: `run ${word}`, runtimeParams: { word } });
      }
      await until(() => logs.length >= 6);
      for (const word of ['one', 'two']) {
        const lines = logs.filter(({ runId }) => runId === `run ${word}`).map(({ line }) => line);
        expect(lines.sort()).toEqual([
          `INFO hooked.pipeline_registry: logged ${word}`,
          `printed ${word}`,
          `written ${word}`,
        ]);
      }
    });
  });

  it('leaves no temporary folder behind when it is closed', async () => {
    const own = await mkdtemp(path.join(tmpdir(), 'kedro-tmp-'));
    vi.stubEnv('TMPDIR', own);
    try {
      await inProject('kedro-hooks', { hosts: 2 }, async ({ session }) => {
        await session.run(say);
        expect(readdirSync(own).filter((name) => name.startsWith('kedro-temporal-'))).not.toEqual([]);
      });
      expect(readdirSync(own)).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
      await rm(own, { recursive: true, force: true });
    }
  });
});

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
