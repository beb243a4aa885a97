/** Its second output cannot be stored as text. */
import { node, pipeline } from 'kedro-temporal';

export default pipeline([
  node((label: string) => [label, { not: 'a text' }], {
    inputs: 'params:label',
    outputs: ['kept_text', 'refused_text'],
    name: 'write_both',
  }),
]);
