import { type JsonValue, node, pipeline } from 'kedro-temporal';

export default pipeline([
  node((value: JsonValue) => value, { inputs: 'locked', outputs: 'seen_locked', name: 'read_locked' }),
]);
