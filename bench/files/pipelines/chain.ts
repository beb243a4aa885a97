import { node, pipeline } from 'kedro-temporal';
import { scaled } from '../steps.ts';

export default pipeline(
  Array.from({ length: 9 }, (_, i) =>
    node(scaled, { inputs: [`step_${i}`, 'params:scale'], outputs: `step_${i + 1}`, name: `scale_${i}` }),
  ),
);
