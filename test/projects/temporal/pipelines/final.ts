/** A node that says that trying again is in vain. */
import { node, pipeline } from 'kedro-temporal';
import { note } from '../journal.ts';

function refuse(folder: string): never {
  note(folder, 'refuse');
  throw Object.assign(new Error('this can never work'), { nonRetryable: true });
}

export default pipeline([node(refuse, { inputs: 'params:folder', outputs: 'refused', name: 'refuse' })]);
