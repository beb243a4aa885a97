/** A large value and a small one, both in memory. */
import { node, pipeline } from 'kedro-temporal';

function fill(letters: number) {
  return ['é'.repeat(letters / 2), 'small'];
}

export default pipeline([node(fill, { inputs: 'params:letters', outputs: ['large', 'small'], name: 'fill' })]);
