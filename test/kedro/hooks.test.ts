/** Hooks fire as in a Kedro run: recorded in the same project under `KedroSession`, then here, and compared line by line. */
import { spawnSync } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../contract/session/subject.ts';
import { inProject, type Opened, OWN_CONTEXT } from './projects.ts';
import { KEDRO_VERSIONS, mainPython, pythonOf, QUIET } from './pythons.ts';

const KEDRO_RUN = `
import json, os, sys
from pathlib import Path
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
project = Path.cwd()
bootstrap_project(project)
params = json.loads(sys.argv[1])
with KedroSession.create(project_path=project, runtime_params=params) as session:
    try:
        session.run()
    except Exception:
        pass
`;

async function recorded(
  python: string,
  params: object,
  project = 'kedro-hooks',
): Promise<{ kedro: string[]; ours: string[] }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hooks-'));
  const file = path.join(folder, 'hooks.txt');
  const lines = async () => (await readFile(file, 'utf8')).trim().split('\n');
  try {
    let kedro: string[] = [];
    let ours: string[] = [];
    await inProject(project, { python, environment: { HOOKED_FILE: file } }, async (opened: Opened) => {
      await opened.session.run({ runtimeParams: JSON.parse(JSON.stringify(params)) }).catch(() => {});
      ours = await lines();
      await writeFile(file, '');
      const env = { ...process.env, ...QUIET, HOOKED_FILE: file };
      spawnSync(python, ['-c', KEDRO_RUN, JSON.stringify(params)], { cwd: opened.folder, env });
      kedro = await lines();
    });
    return { kedro, ours };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

for (const version of KEDRO_VERSIONS) {
  const python = pythonOf(version) ?? (version === '1.7.0' ? mainPython() : undefined);
  describe.skipIf(python === undefined)(`hooks under kedro ${version}`, () => {
    it('a run that goes well: same hooks, same order, same arguments', async () => {
      const { kedro, ours } = await recorded(python ?? '', { folder: 'a', size: 4 });
      expect(kedro.length).toBeGreaterThan(20);
      expect(ours).toEqual(kedro);
    });

    it('a run of a project with a context of its own', async () => {
      await inProject('kedro-hooks', { python: python ?? '' }, async ({ folder, session }) => {
        await session.close();
        await appendFile(path.join(folder, 'src/hooked/settings.py'), OWN_CONTEXT);
        const { kedro, ours } = await recorded(python ?? '', { folder: 'a' }, folder);
        expect(kedro.length).toBeGreaterThan(20);
        expect(ours).toEqual(kedro);
      });
    });

    it('a run whose node fails', async () => {
      const { kedro, ours } = await recorded(python ?? '', { folder: 'a', fail: true });
      expect(kedro.at(-1)).toMatch(/^on_pipeline_error error=ValueError/);
      expect(ours).toEqual(kedro);
    });
  });
}

describe.skipIf(mainPython() === undefined)('hooks', () => {
  it('one that fails while it hears of a failure does not hide it', async () => {
    await inProject('kedro-hooks', {}, async ({ session }) => {
      const runtimeParams = { fail: true, hook_fails: true };
      expect((await failureOf(session.run({ runtimeParams }))).code).toBe('NODE_FAILED');
    });
  });
});
