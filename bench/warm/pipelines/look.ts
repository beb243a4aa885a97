/** A lookup in a large table, and one in a large buffer: next to nothing beside getting at them. */
import { node, pipeline } from 'kedro-temporal';

interface Row {
  id: number;
  name: string;
  value: number;
}

export default pipeline([
  node((table: readonly Row[], at: number) => table[at]?.value ?? null, {
    inputs: ['table', 'params:at'],
    outputs: 'row_value',
    name: 'in_table',
  }),
  node((buffer: Buffer, at: number) => buffer[at] ?? null, {
    inputs: ['buffer', 'params:at'],
    outputs: 'byte_value',
    name: 'in_buffer',
  }),
]);
