/** Two ways to the end: what a node makes may be given instead, and then its maker is not needed. */
import { node, pipeline } from 'kedro-temporal';

type Pair = { left: number; right: number };

export default pipeline([
  node((missing: number) => missing + 1, { inputs: 'missing', outputs: 'middle', name: 'make_middle' }),
  node((middle: number): Pair => ({ left: middle, right: -middle }), {
    inputs: 'middle',
    outputs: { left: 'left', right: 'right' },
    name: 'split',
  }),
  node((left: number, right: number) => [left, right], {
    inputs: ['left', 'right'],
    outputs: 'both',
    name: 'join',
  }),
]);
