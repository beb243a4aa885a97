import { describe, expect, it } from 'vitest';
import { datasetContract, withProject } from '../../contract/dataset.ts';

datasetContract({
  name: 'MemoryDataset',
  definition: { type: 'MemoryDataset' },
  values: [{ a: [1, new Date(0)] }, () => 1],
  refused: { value: undefined, path: '' },
});

describe('MemoryDataset', () => {
  const bench = withProject();

  it('hands out the very same value by default', async () => {
    const value = { a: 1 };
    const dataset = bench.open({ type: 'MemoryDataset' });
    await dataset.save(value);
    expect(await dataset.load()).toBe(value);
  });

  it('copies deeply, at save and at load, when copy_mode says so', async () => {
    const value = { a: { b: 1 } };
    const dataset = bench.open({ type: 'MemoryDataset', copy_mode: 'deepcopy' });
    await dataset.save(value);
    value.a.b = 2;
    const loaded = (await dataset.load()) as typeof value;
    loaded.a.b = 3;
    expect(await dataset.load()).toEqual({ a: { b: 1 } });
  });

  it('refuses to copy deeply what cannot be copied', async () => {
    const dataset = bench.open({ type: 'MemoryDataset', copy_mode: 'deepcopy' });
    await expect(dataset.save(() => 1)).rejects.toMatchObject({ code: 'DATASET_VALUE_INVALID' });
  });

  it('copies one level when copy_mode is copy', async () => {
    const inner = { b: 1 };
    const dataset = bench.open({ type: 'MemoryDataset', copy_mode: 'copy' });
    await dataset.save({ inner });
    const loaded = (await dataset.load()) as { inner: unknown; more?: number };
    loaded.more = 1;
    expect(await dataset.load()).toEqual({ inner });
    expect(loaded.inner).toBe(inner);
  });
});
