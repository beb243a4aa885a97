import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firstOf, newestFirst } from '../../src/catalog/versions.ts';

describe('versions', () => {
  let path = '';
  beforeEach(async () => {
    path = join(await mkdtemp(join(tmpdir(), 'versions-')), 'cars.csv');
  });
  const newestVersion = async (folder: string) => (await firstOf(newestFirst(folder), 1))[0];
  const someVersions = (folder: string, most: number) => firstOf(newestFirst(folder), most);
  afterEach(() => rm(join(path, '..'), { recursive: true, force: true }));
  const have = async (...versions: string[]) => {
    for (const version of versions) {
      await mkdir(join(path, version), { recursive: true });
      await writeFile(join(path, version, 'cars.csv'), '');
    }
  };

  it('takes the latest time for the newest, whatever else has a greater name', async () => {
    await have('zz', '2026-01-01T00.00.00.000Z', '2026-01-01T00.00.00.000123Z', '2025-12-31T23.59.59.999Z');
    expect(await newestVersion(path)).toBe('2026-01-01T00.00.00.000123Z');
    expect(await someVersions(path, 3)).toEqual([
      '2026-01-01T00.00.00.000123Z',
      '2026-01-01T00.00.00.000Z',
      '2025-12-31T23.59.59.999Z',
    ]);
  });

  it('passes over folders without the file, dot-folders, and files', async () => {
    await have('2026-01-01T00.00.00.000Z');
    await mkdir(join(path, '2026-01-03T00.00.00.000Z', 'cars.csv'), { recursive: true });
    await mkdir(join(path, '.cache'), { recursive: true });
    await mkdir(join(path, 'back\\slash'), { recursive: true });
    await writeFile(join(path, '2026-01-04T00.00.00.000Z'), '');
    expect(await newestVersion(path)).toBe('2026-01-01T00.00.00.000Z');
  });

  it('has none when the folder is empty or is not there', async () => {
    expect(await newestVersion(path)).toBeUndefined();
    await mkdir(path);
    expect(await newestVersion(path)).toBeUndefined();
    expect(await someVersions(path, 5)).toEqual([]);
  });
});
