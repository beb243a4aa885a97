/** One node that computes. */
import { node, pipeline } from 'kedro-temporal';

function count(turns: number): number {
  let sum = 0;
  for (let i = 0; i < turns; i++) sum = (sum + i * 31) % 1_000_003;
  return sum;
}

export default pipeline([node(count, { inputs: 'turns', outputs: 'sum', name: 'count' })]);
