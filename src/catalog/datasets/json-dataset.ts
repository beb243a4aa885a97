/**
 * One JSON value in a file.
 *
 * Options: `save_args.indent`: spaces, 0 to 10, 0 for one line (default: 2, as Kedro's); `save_args.ensure_ascii: false`
 * is accepted and is what happens anyway.
 */
import { writeFile } from 'node:fs/promises';
import { isPlainObject } from '../../core/index.ts';
import { invalidValue } from '../failures.ts';
import { defineFileDataset } from '../file-dataset.ts';
import { integer, oneOf } from '../options.ts';
import { readUtf8 } from './utf8.ts';

export const jsonDataset = defineFileDataset({
  type: 'json.JSONDataset',
  saveArgs: { indent: integer(0, 10), ensure_ascii: oneOf(false) },
  async read(file, { signal }) {
    return JSON.parse(await readUtf8(file, { keepMark: false, signal }));
  },
  async write(file, value, { dataset, args, signal }) {
    const problem = firstProblem(value, '', new Set());
    if (problem !== undefined) throw invalidValue(dataset, problem.path, `${problem.text}, which JSON cannot hold.`);
    const json = `${JSON.stringify(value, null, args.indent ?? 2)}\n`;
    await writeFile(file, json, { flag: 'wx', signal });
  },
});

interface Problem {
  path: string;
  text: string;
}

// The path is put together on the way back only: most values have no problem, and no text is made for them.
function firstProblem(value: unknown, path: string, open: Set<object>): Problem | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : { path, text: `it is ${value}` };
    case 'object':
      return value === null ? undefined : containerProblem(value, open);
    default:
      return { path, text: `it is ${typeof value === 'undefined' ? '' : 'a '}${typeof value}` };
  }
}

function containerProblem(value: object, open: Set<object>): Problem | undefined {
  if (open.has(value)) return { path: '', text: 'it contains itself' };
  if (!Array.isArray(value) && !isPlainObject(value)) {
    return { path: '', text: `it is an instance of ${value.constructor?.name ?? 'a class'}` };
  }
  open.add(value);
  for (const [key, item] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
    const problem = firstProblem(item, '', open);
    if (problem !== undefined) return { ...problem, path: stepped(key, problem.path) };
  }
  open.delete(value);
  return undefined;
}

function stepped(key: string | number, rest: string): string {
  const step = typeof key === 'number' ? `[${key}]` : /^[A-Za-z_]\w*$/.test(key) ? key : `[${JSON.stringify(key)}]`;
  return rest === '' || rest.startsWith('[') ? `${step}${rest}` : `${step}.${rest}`;
}
