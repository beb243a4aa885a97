/** A node that computes for `spin` milliseconds and lets nothing else have its thread. */
import { node, pipeline } from 'kedro-temporal';
import { note } from '../journal.ts';

function spin(folder: string, key: string, ms: number) {
  note(folder, 'spin', key);
  const deadline = Date.now() + ms;
  let turns = 0;
  while (Date.now() < deadline) turns++;
  note(folder, 'spun', key);
  return { turns: turns > 0 };
}

export default pipeline([
  node(spin, { inputs: ['params:folder', 'params:key', 'params:spin'], outputs: 'spun', name: 'spin' }),
]);
