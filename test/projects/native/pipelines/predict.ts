/** Needs a request, which only a caller can give. */
import { node, pipeline } from 'kedro-temporal';

export default pipeline([
  node((model: { weight: number }, request: { x: number }) => model.weight * request.x, {
    inputs: ['model', 'request'],
    outputs: 'answer',
    name: 'predict',
  }),
]);
