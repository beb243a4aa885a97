/**
 * One JSON value in a file.
 *
 * Options: `save_args.indent`: spaces, 0 to 10, 0 for one line (default: 2, as Kedro's); `save_args.ensure_ascii: false`
 * is accepted and is what happens anyway.
 */
import { writeToDisk } from '../atomic-write.ts';
import { defineFileDataset } from '../file-dataset.ts';
import { integer, oneOf } from '../options.ts';
import { refuseNonJson } from './json-value.ts';
import { readUtf8 } from './utf8.ts';

export const jsonDataset = defineFileDataset({
  type: 'json.JSONDataset',
  saveArgs: { indent: integer(0, 10), ensure_ascii: oneOf(false) },
  async read(file, { signal }) {
    return JSON.parse(await readUtf8(file, { keepMark: false, signal }));
  },
  async write(file, value, { dataset, args, signal }) {
    refuseNonJson(dataset, value);
    const json = `${JSON.stringify(value, null, args.indent ?? 2)}\n`;
    return await writeToDisk(file, json, signal);
  },
});
