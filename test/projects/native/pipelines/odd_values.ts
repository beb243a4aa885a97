/** A value that JSON cannot hold. */
import { node, pipeline } from 'kedro-temporal';

export default pipeline([
  node((label: string) => new Map([[label, 1]]), { inputs: 'params:label', outputs: 'odd_value', name: 'make_odd' }),
]);
