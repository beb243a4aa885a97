/** Saves a version of the model. */
import { node, pipeline } from 'kedro-temporal';

export default pipeline([
  node((weight: number) => ({ weight }), { inputs: 'params:weight', outputs: 'model', name: 'train' }),
]);
