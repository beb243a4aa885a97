/** Saves over the table that another pipeline reads. */
import { node, pipeline } from 'kedro-temporal';

export default pipeline([
  node((label: string) => ({ rows: [], by: { name: label } }), {
    inputs: 'params:label',
    outputs: 'table',
    name: 'overwrite',
  }),
]);
