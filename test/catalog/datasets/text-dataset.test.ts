import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datasetContract, withProject } from '../../contract/dataset.ts';

datasetContract({
  name: 'text.TextDataset',
  definition: { type: 'text.TextDataset' },
  file: 'notes/note.txt',
  values: ['one\r\ntwo ä\n', ''],
  refused: { value: { a: 1 }, path: '' },
});

describe('text.TextDataset', () => {
  const bench = withProject();

  it('gives back any text', async () => {
    const dataset = bench.open({ type: 'text.TextDataset', filepath: 'note.txt' });
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        await dataset.save(text);
        expect(await dataset.load()).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  it('has another fingerprint after a save that leaves size and time as they were', async () => {
    const dataset = bench.open({ type: 'text.TextDataset', filepath: 'note.txt' });
    const file = join(bench.project, 'note.txt');
    await dataset.save('a');
    await utimes(file, 1, 1);
    const before = await dataset.fingerprint();
    await dataset.save('b');
    await utimes(file, 1, 1);
    expect(await dataset.fingerprint()).not.toBe(before);
  });

  it('keeps a byte order mark, and refuses half a character', async () => {
    const dataset = bench.open({ type: 'text.TextDataset', filepath: 'note.txt' });
    await dataset.save('\ufeffa');
    expect(await dataset.load()).toBe('\ufeffa');
    await expect(dataset.save('\ud800')).rejects.toMatchObject({ code: 'DATASET_VALUE_INVALID' });
  });
});
