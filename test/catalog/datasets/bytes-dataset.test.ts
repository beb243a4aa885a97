import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { datasetContract, withProject } from '../../contract/dataset.ts';

const picture = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 255, 10, 13]);

for (const type of ['bytes.BytesDataset', 'pillow.ImageDataset', 'matplotlib.MatplotlibDataset']) {
  datasetContract({
    name: type,
    definition: { type },
    file: 'picture.png',
    values: [picture, new Uint8Array(0)],
    refused: { value: 'text', path: '' },
  });
}

describe('bytes.BytesDataset', () => {
  const bench = withProject();
  const open = (more = {}) => bench.open({ type: 'bytes.BytesDataset', filepath: 'a.bin', ...more });

  it('takes a Buffer, and a view of a part of one, and gives plain bytes', async () => {
    await open().save(Buffer.from('xpartx').subarray(1, 5));
    expect(await readFile(join(bench.project, 'a.bin'), 'utf8')).toBe('part');
    const loaded = await open().load();
    expect(loaded).toEqual(new TextEncoder().encode('part'));
    expect(Buffer.isBuffer(loaded)).toBe(false);
  });

  it('gives bytes of its own at each load', async () => {
    await writeFile(join(bench.project, 'a.bin'), 'abc');
    const first = (await open().load()) as Uint8Array;
    first[0] = 0;
    expect(await open().load()).toEqual(new TextEncoder().encode('abc'));
    expect(first.buffer.byteLength).toBe(3);
  });

  it.each([[new ArrayBuffer(2)], [[1, 2]], [new Uint16Array(2)], [undefined], [null]])('refuses %s', async (value) => {
    await expect(open().save(value)).rejects.toMatchObject({ code: 'DATASET_VALUE_INVALID' });
  });

  it('takes what tells Python how to encode a picture, where Kedro has it', () => {
    const save_args = { format: 'png', dpi: 120 };
    expect(bench.open({ type: 'matplotlib.MatplotlibDataset', filepath: 'a.png', save_args }).readOnly).toBe(false);
    expect(() => open({ save_args })).toThrow(expect.objectContaining({ code: 'DATASET_INVALID' }));
  });
});
