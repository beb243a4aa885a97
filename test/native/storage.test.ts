/** A run's view of storage, where nodes side by side ask at the same time. */
import { describe, expect, test } from 'vitest';
import type { Dataset } from '../../src/catalog/index.ts';
import type { ProjectCatalog } from '../../src/native/catalog.ts';
import { runStorage } from '../../src/native/storage.ts';
import { WarmCache } from '../../src/native/warm-cache.ts';
import { Cancellation } from '../../src/runner/index.ts';

/** A versioned dataset of which somebody saves a version whenever it is looked at. */
function busyStorage(newest: () => Promise<string | undefined>) {
  const dataset = {
    type: 'own.Versioned',
    filepath: 'data/table.json',
    versioned: true,
    newestVersion: newest,
    load: async ({ version = 'none' } = {}) => version,
  } as unknown as Dataset;
  const open = { dataset, copyMode: 'assign', isCached: false, key: () => 'one' } as const;
  return runStorage({
    catalog: { open: () => open } as unknown as ProjectCatalog,
    warm: new WarmCache(),
    cancellation: new Cancellation(),
    fill: {},
    saveVersion: 'own',
    loadVersions: {},
    savedBefore: undefined,
  });
}

function counting(): () => Promise<string> {
  let count = 0;
  return async () => {
    const version = `v${++count}`;
    await undefined;
    return version;
  };
}

describe('the newest version of a dataset', () => {
  test('is one and the same for all nodes of a run, also for those that ask at once', async () => {
    const storage = busyStorage(counting());
    expect(await Promise.all([storage.load('table'), storage.load('table')])).toEqual(['v1', 'v1']);
    expect(await storage.load('table')).toBe('v1');
    expect(storage.refer('table')).toMatchObject({ version: 'v1' });
  });

  test('is one for two ways to it', async () => {
    const storage = busyStorage(counting());
    expect(await Promise.all([storage.load('table@a'), storage.load('table@b')])).toEqual(['v1', 'v1']);
  });

  test('is looked for again after a look that failed, and where there was none', async () => {
    const answers = [() => Promise.reject(new Error('away')), async () => undefined, async () => 'v1'];
    const storage = busyStorage(async () => answers.shift()?.());
    await expect(storage.load('table')).rejects.toThrow('away');
    expect(await storage.load('table')).toBe('none');
    expect(await storage.load('table')).toBe('v1');
  });
});
