/** Ten nodes that hand a value on. */
import { node, pipeline } from 'kedro-temporal';
import { steps } from '../steps.ts';

export default pipeline(
  steps.map((step, i) => node(step, { inputs: `value_${i}`, outputs: `value_${i + 1}`, name: `step_${i}` })),
);
