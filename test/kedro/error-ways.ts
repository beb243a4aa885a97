/** A way to each error code of the Kedro engine. They need python3, and no kedro: a package of that name stands in for it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openKedroSession } from '../../src/kedro/index.ts';

/** Opens a project whose Python has that for a kedro. */
async function openWith(kedro: string, openTimeoutMs = 60_000): Promise<unknown> {
  const folder = await mkdtemp(path.join(tmpdir(), 'kedro-ways-'));
  try {
    await mkdir(path.join(folder, 'kedro'));
    await writeFile(path.join(folder, 'kedro/__init__.py'), kedro);
    await writeFile(path.join(folder, 'pyproject.toml'), '[tool.kedro]\npackage_name = "none"\n');
    const environment = { PYTHONPATH: folder };
    return await openKedroSession({ project: folder, python: 'python3', environment, openTimeoutMs, onLog: () => {} });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const kedroErrors = {
  PYTHON_NOT_FOUND: () =>
    openKedroSession({
      project: path.resolve(import.meta.dirname, '../projects/kedro'),
      python: path.join(tmpdir(), 'nowhere/python'),
    }),
  KEDRO_NOT_INSTALLED: () => openWith('raise ImportError("there is none")'),
  KEDRO_TOO_OLD: () => openWith('__version__ = "0.19.15"'),
  HOST_DIED: () => openWith('import os\nos._exit(3)'),
  HOST_FAILED: () => openWith('import time\ntime.sleep(600)', 300),
};
