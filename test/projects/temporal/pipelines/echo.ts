/** Next to nothing. */
import { node, pipeline } from 'kedro-temporal';

export default pipeline([
  node((key: string) => key, { inputs: 'params:key', outputs: 'echo', name: 'echo', tags: 'quick' }),
]);
