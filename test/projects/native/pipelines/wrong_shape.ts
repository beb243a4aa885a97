/** Returns one value where two are promised. */
import { node, pipeline } from 'kedro-temporal';

const one: (label: string) => unknown = (label) => [label];

export default pipeline([node(one, { inputs: 'params:label', outputs: ['one', 'two'], name: 'one_of_two' })]);
