/** Uses a parameter that only a run can give. */
import { type JsonValue, node, pipeline } from 'kedro-temporal';

export default pipeline([
  node((value: JsonValue) => value, { inputs: 'params:extra.deep', outputs: 'seen_extra', name: 'see_extra' }),
]);
