import { type JsonValue, node, pipeline } from 'kedro-temporal';

export default pipeline([node((value: JsonValue) => value, { inputs: 'odd', outputs: 'seen_odd', name: 'read_odd' })]);
