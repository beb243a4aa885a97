/**
 * A file's bytes as they are: a picture, a model, an archive. The value is a `Uint8Array` (a `Buffer` is one); what the
 * bytes mean is the nodes' business.
 *
 * Kedro's types for pictures, `pillow.ImageDataset` and `matplotlib.MatplotlibDataset`, are the same here: the value is the
 * encoded picture, so their `save_args`, which tell Python how to encode, are accepted and not used.
 */

import { readFile } from 'node:fs/promises';
import { writeToDisk } from '../atomic-write.ts';
import { invalidValue } from '../failures.ts';
import { defineFileDataset } from '../file-dataset.ts';
import { anything, type OptionRules } from '../options.ts';

/** What Pillow's `save` and matplotlib's `savefig` take most. */
const ENCODING = [
  ...['format', 'quality', 'optimize', 'progressive', 'compress_level', 'lossless', 'dpi', 'exif', 'icc_profile'],
  ...['bbox_inches', 'pad_inches', 'facecolor', 'edgecolor', 'transparent', 'metadata', 'pil_kwargs', 'backend'],
];

/** `bytes.BytesDataset`; no options. */
export const bytesDataset = bytesType('bytes.BytesDataset', {});

/** `pillow.ImageDataset`: an encoded picture. */
export const pillowImageDataset = bytesType('pillow.ImageDataset', encodingOptions());

/** `matplotlib.MatplotlibDataset`: an encoded picture. */
export const matplotlibDataset = bytesType('matplotlib.MatplotlibDataset', encodingOptions());

function encodingOptions(): OptionRules {
  return Object.fromEntries(ENCODING.map((name) => [name, anything()]));
}

function bytesType(type: string, saveArgs: OptionRules) {
  return defineFileDataset({
    type,
    saveArgs,
    async read(file, { signal }) {
      const { buffer, byteOffset, byteLength } = await readFile(file, signal === undefined ? {} : { signal });
      return new Uint8Array(buffer, byteOffset, byteLength);
    },
    async write(file, value, { dataset, signal }) {
      if (!(value instanceof Uint8Array)) throw invalidValue(dataset, '', 'it must be bytes, a Uint8Array or Buffer.');
      return await writeToDisk(file, value, signal);
    },
  });
}
