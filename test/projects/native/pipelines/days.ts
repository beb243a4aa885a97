/** Files whose place depends on runtime params. */
import { type JsonValue, node, pipeline } from 'kedro-temporal';

export default pipeline([
  node((day: JsonValue) => ({ copied: day }), { inputs: 'day_in', outputs: 'day_out', name: 'copy_day' }),
]);
