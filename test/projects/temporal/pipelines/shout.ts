/** Makes a word loud, and fails as often as it is told. */
import { node, pipeline } from 'kedro-temporal';
import { doings, note } from '../journal.ts';

function shout(word: string, folder: string, failing: number) {
  note(folder, 'shout', word);
  const tries = doings(folder).filter((what) => what === 'shout').length;
  if (tries <= failing) throw new Error(`shout ${tries} fails`);
  return `${word.toUpperCase()}!`;
}

export default pipeline([
  node(shout, { inputs: ['word', 'params:folder', 'params:failing'], outputs: 'shouted', name: 'shout' }),
]);
