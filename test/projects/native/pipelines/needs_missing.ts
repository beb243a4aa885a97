import { type JsonValue, node, pipeline } from 'kedro-temporal';

export default pipeline([
  node((value: JsonValue) => value, { inputs: 'missing', outputs: 'seen_missing', name: 'read_missing' }),
]);
