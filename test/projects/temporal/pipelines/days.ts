/** A day's work: two nodes that take a while and save a file each. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { node, pipeline } from 'kedro-temporal';
import { note } from '../journal.ts';

async function firstFile(folder: string, key: string, work: number) {
  note(folder, 'start', key);
  await delay(work);
  return { key, twice: key.repeat(2) };
}

async function secondFile(made: { twice: string }, folder: string, key: string, work: number, bad: string[]) {
  await delay(work);
  note(folder, 'end', key);
  if (bad.includes(key) && !existsSync(path.join(folder, 'mended')))
    throw Object.assign(new Error(`${key} is bad`), { nonRetryable: true });
  return { key, letters: made.twice.length };
}

export default pipeline([
  node(firstFile, { inputs: ['params:folder', 'params:key', 'params:work'], outputs: 'made', name: 'first_file' }),
  node(secondFile, {
    inputs: ['made', 'params:folder', 'params:key', 'params:work', 'params:bad'],
    outputs: 'checked',
    name: 'second_file',
  }),
]);
