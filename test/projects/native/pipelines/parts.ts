/** A diamond with a tail, tags and namespaces, all in memory: for slices. */
import { node, pipeline } from 'kedro-temporal';

const next = (value: number) => value + 1;
const sum = (a: number, b: number) => a + b;

export default pipeline([
  node(next, { inputs: 'params:start', outputs: 'top', name: 'top', tags: ['up'] }),
  node(next, { inputs: 'top', outputs: 'west', name: 'west', tags: ['up', 'side'], namespace: 'sides.west' }),
  node(next, { inputs: 'top', outputs: 'east', name: 'east', tags: ['side'], namespace: 'sides.east' }),
  node(sum, { inputs: ['west', 'east'], outputs: 'bottom', name: 'bottom' }),
  node(next, { inputs: 'bottom', outputs: 'tail', name: 'tail', tags: ['down'] }),
]);
