/** Adds one to what the day before came to. */
import { node, pipeline } from 'kedro-temporal';
import { note } from '../journal.ts';

function add(before: { sum: number; keys: string[] }, folder: string, key: string, bad: string[]) {
  note(folder, 'tally', key);
  if (bad.includes(key)) throw Object.assign(new Error(`${key} is bad`), { nonRetryable: true });
  return { sum: before.sum + 1, keys: [...before.keys, key] };
}

export default pipeline([
  node(add, { inputs: ['tally_before', 'params:folder', 'params:key', 'params:bad'], outputs: 'tally', name: 'tally' }),
]);
