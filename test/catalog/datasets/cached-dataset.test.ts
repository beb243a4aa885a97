import { describe, expect, it } from 'vitest';
import { datasetContract, withProject } from '../../contract/dataset.ts';

datasetContract({
  name: 'CachedDataset',
  definition: { type: 'CachedDataset', dataset: { type: 'json.JSONDataset', filepath: 'data/value.json' } },
  values: [{ a: 1 }, [2]],
  refused: { value: { at: new Date(0) }, path: 'at' },
});

describe('CachedDataset', () => {
  const bench = withProject();
  const dataset = { type: 'json.JSONDataset', filepath: 'data/value.json' };

  it('shows where the inner one is', () => {
    expect(bench.open({ type: 'kedro.io.CachedDataset', dataset })).toMatchObject({
      type: 'CachedDataset',
      filepath: 'data/value.json',
      versioned: false,
      readOnly: false,
    });
  });

  it('keeps the versions of the inner one', async () => {
    const cached = bench.open({ type: 'CachedDataset', versioned: true, dataset });
    expect(cached.versioned).toBe(true);
    await cached.save(1, { version: '2026-01-01T00.00.00.000Z' });
    await cached.save(2, { version: '2026-01-02T00.00.00.000Z' });
    expect(await cached.newestVersion()).toBe('2026-01-02T00.00.00.000Z');
    expect(await cached.load({ version: '2026-01-01T00.00.00.000Z' })).toBe(1);
    expect(await cached.exists({ version: '2026-01-03T00.00.00.000Z' })).toBe(false);
    const [one, two] = ['01', '02'].map((day) => cached.fingerprint({ version: `2026-01-${day}T00.00.00.000Z` }));
    expect(await one).not.toBe(await two);
  });

  it('keeps nothing itself: a second load sees what somebody else has saved', async () => {
    const cached = bench.open({ type: 'CachedDataset', dataset });
    await cached.save(1);
    expect(await cached.load()).toBe(1);
    await bench.open(dataset).save(2);
    expect(await cached.load()).toBe(2);
  });

  it.each([
    [{}, /needs the option "dataset"/],
    [{ dataset: 1 }, /wrong "dataset"/],
    [{ dataset: { filepath: 'a.json' } }, /needs the option "type"/],
    [{ dataset: { ...dataset, versioned: true } }, /beside "dataset:"/],
    [{ dataset: { ...dataset, versioned: false } }, /beside "dataset:"/],
    [{ dataset: 'MemoryDataset' }, /in memory already/],
    [{ dataset, copy_mode: 'deep' }, /wrong "copy_mode"/],
    [{ dataset: { ...dataset, credentials: {} }, credentials: {} }, /one is enough/],
  ])('refuses %j', (options, message) => {
    expect(() => bench.open({ type: 'CachedDataset', ...options }, 'value')).toThrow(
      expect.objectContaining({ code: 'DATASET_INVALID', message: expect.stringMatching(message) }),
    );
  });

  it('names the inner type that is not known', () => {
    expect(() => bench.open({ type: 'CachedDataset', dataset: { type: 'json.JSONDatset' } })).toThrow(
      expect.objectContaining({ code: 'DATASET_TYPE_UNKNOWN', message: expect.stringContaining('json.JSONDataset') }),
    );
  });
});
