/** A node that fails with more words than a history can hold, as drivers do that quote what they were given. */
import { node, pipeline } from 'kedro-temporal';

function complain(letters: number): never {
  throw new Error(`too much: ${'x'.repeat(letters)}`, { cause: new Error('y'.repeat(letters)) });
}

export default pipeline([node(complain, { inputs: 'params:letters', outputs: 'peace', name: 'complain' })]);
