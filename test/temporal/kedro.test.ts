/** The Kedro engine under Temporal: everything above the session works without knowing which engine it is. */
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openKedroSession } from '../../src/kedro/index.ts';
import { mainPython, QUIET } from '../kedro/pythons.ts';
import { openStack, QUICK, quietRuntime, readJson, until } from './stack.ts';

const TWIN = path.resolve(import.meta.dirname, '../projects/kedro');
const python = mainPython();

async function openTwin() {
  const stack = await openStack();
  const project = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-twin-'));
  onTestFinished(() => rm(project, { recursive: true, force: true }));
  await cp(TWIN, project, { recursive: true });
  await mkdir(path.join(project, 'data/days'), { recursive: true });
  const session = () =>
    openKedroSession({ project, hosts: 2, python: python as string, environment: QUIET, onLog: () => {} });
  await stack.startWorker({ maxConcurrentActivityTaskExecutions: 50 }, { session });
  return { ...stack, project };
}

/** Python processes that this process has started. */
function hosts(): number[] {
  const all = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  return all.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('host'));
}

describe.skipIf(python === undefined)('a Kedro project as durable runs', () => {
  beforeAll(quietRuntime);

  test('kill -9 of the host in mid-run: tried again in a fresh one, on from the saved nodes, one clean result', async () => {
    const { kedro, project } = await openTwin();
    const [calls, gate] = [path.join(project, 'calls'), path.join(project, 'gate')];
    const control = { calls, gate, waitAt: 'fourth' };
    const run = await kedro.startRun({ pipelines: ['chain'], runtimeParams: { control } }, QUICK);
    await until(async () => (await run.status()).progress?.saved.includes('third') ?? false);
    await until(async () => (await readFile(calls, 'utf8')).includes('fourth'));
    for (const pid of hosts()) process.kill(pid, 'SIGKILL');
    await writeFile(gate, '');
    const report = await run.result();
    expect(report.outputs).toMatchObject({ fourth: -63 });
    const status = new Map(report.nodes.map((node) => [node.name, node.status]));
    expect(status.get('first')).toBe('skipped');
    expect(status.get('third')).toBe('skipped');
    expect(status.get('fourth')).toBe('done');
    const called = (await readFile(calls, 'utf8')).trim().split('\n');
    expect(called.filter((name) => name === 'third')).toHaveLength(1);
    expect(called.filter((name) => name === 'fourth')).toHaveLength(2);
    expect(await readdir(path.join(project, 'data/out/third.json'))).toEqual([report.saveVersion]);
  }, 120_000);

  test('a backfill of days: each day its own file, from its own params', async () => {
    const { kedro, project } = await openTwin();
    const days = Array.from({ length: 12 }, (_, i) => `2015-01-${String(i + 1).padStart(2, '0')}`);
    for (const day of days) await writeFile(path.join(project, `data/days/${day}.json`), JSON.stringify(`of ${day}`));
    const backfill = await kedro.startBackfill({
      job: `twin-${crypto.randomUUID().slice(0, 8)}`,
      from: '2015-01-01',
      to: '2015-01-13',
      request: { pipelines: ['days'] },
      intervalParams: { day: 'key' },
      run: QUICK,
    });
    expect(await backfill.result()).toMatchObject({ succeeded: 12, failed: 0 });
    for (const day of days) {
      expect(await readJson(project, 'data/out/2015', `${day}.json`)).toEqual({ copied: `of ${day}` });
    }
  }, 120_000);
});
