/** A text in a file, UTF-8, byte for byte. No options. */
import { writeToDisk } from '../atomic-write.ts';
import { invalidValue } from '../failures.ts';
import { defineFileDataset } from '../file-dataset.ts';
import { readUtf8 } from './utf8.ts';

export const textDataset = defineFileDataset({
  type: 'text.TextDataset',
  read: (file, { signal }) => readUtf8(file, { keepMark: true, signal }),
  async write(file, value, { dataset, signal }) {
    if (typeof value !== 'string') throw invalidValue(dataset, '', 'it must be a string.');
    if (/\p{Surrogate}/u.test(value)) throw invalidValue(dataset, '', 'it is not valid Unicode.');
    return await writeToDisk(file, value, signal);
  },
});
