/** Asks for a parameter by a name that every object has from birth. */
import { type JsonValue, node, pipeline } from 'kedro-temporal';

export default pipeline([
  node((value: JsonValue) => String(value), { inputs: 'params:constructor', outputs: 'seen', name: 'see_inherited' }),
]);
