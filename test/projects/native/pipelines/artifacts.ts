/** Reads a table and lets it be. */
import { type JsonValue, node, pipeline } from 'kedro-temporal';

export default pipeline([
  node((table: JsonValue) => table, { inputs: 'table', outputs: 'seen_table', name: 'see_table' }),
]);
