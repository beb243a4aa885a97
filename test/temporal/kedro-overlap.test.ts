/** Many runs at once through one Temporal worker with a Kedro project: none takes another's params, files or values. */
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openKedroSession } from '../../src/kedro/index.ts';
import { mainPython, QUIET } from '../kedro/pythons.ts';
import { openStack, QUICK, quietRuntime, readJson } from './stack.ts';

const TWIN = path.resolve(import.meta.dirname, '../projects/kedro');
const python = mainPython();

/** `KEDRO_OVERLAP=1000` by hand; what CI has time for otherwise. */
const RUNS = Number(process.env.KEDRO_OVERLAP ?? 300);

async function openTwin() {
  const stack = await openStack();
  const project = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-overlap-'));
  onTestFinished(() => rm(project, { recursive: true, force: true }));
  await cp(TWIN, project, { recursive: true });
  const session = () =>
    openKedroSession({ project, hosts: 2, python: python as string, environment: QUIET, onLog: () => {} });
  // More runs in the session than it has hosts, so that they overlap and wait there too.
  const options = { maxConcurrentActivityTaskExecutions: 50, maxHeartbeatThrottleInterval: '10 seconds' } as const;
  await stack.startWorker(options, { session });
  return { ...stack, project };
}

describe.skipIf(python === undefined)('a Kedro project under one worker with two hosts', () => {
  beforeAll(quietRuntime);

  test(`${RUNS} runs at once with params of their own: none mixed, none missing`, async () => {
    const { kedro, project } = await openTwin();
    await kedro.run({ pipelines: ['train'], runtimeParams: { weight: 1 } }, QUICK);
    const all = Array.from({ length: RUNS }, (_, i) => i);
    const id = crypto.randomUUID().slice(0, 8);
    const started = performance.now();
    const reports = await Promise.all(
      all.map((i) =>
        kedro.run(
          {
            runId: `${id} ${i}`,
            pipelines: ['overlap'],
            runtimeParams: { slot: `s${i}`, label: `l${i}`, factor: i, group: `g${i % 7}` },
            runtimeData: { numbers: [i, 1] },
          },
          { ...QUICK, heartbeatTimeout: '30 seconds' },
        ),
      ),
    );
    if (process.env.KEDRO_OVERLAP) console.log(`${RUNS} runs: ${((performance.now() - started) / 1000).toFixed(1)} s`);
    for (const [i, report] of reports.entries()) {
      const made = { label: `l${i}`, numbers: [i * i, i] };
      expect(report.runId).toBe(`${id} ${i}`);
      expect(report.outputs.seen).toMatchObject({
        slot: made,
        history: { ...made, from: 'history' },
        model: { weight: 1 },
        all: { slot: `s${i}`, factor: i, group: `g${i % 7}` },
      });
      expect(await readJson(project, `data/slots/s${i}.json`)).toEqual(made);
      const history = `data/history/g${i % 7}.json`;
      expect(report.saved).toMatchObject([
        { dataset: 'history', filepath: history, version: report.saveVersion },
        { dataset: 'slot_file', filepath: `data/slots/s${i}.json` },
      ]);
      const file = path.join(history, report.saveVersion, `g${i % 7}.json`);
      expect(await readJson(project, file)).toEqual({ ...made, from: 'history' });
    }
    expect(new Set(reports.map(({ saveVersion }) => saveVersion)).size).toBe(RUNS);
    expect(await readdir(path.join(project, 'data/slots'))).toHaveLength(RUNS);
  }, 240_000);
});
