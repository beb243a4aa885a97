/** Returns the parameters it is given, so that a test sees what a node sees. */
import { type JsonValue, node, pipeline } from 'kedro-temporal';

const same = (value: JsonValue) => value;

export default pipeline([
  node(same, { inputs: 'parameters', outputs: 'seen_all', name: 'see_all' }),
  node(same, { inputs: 'params:model', outputs: 'seen_model', name: 'see_model' }),
  node(same, { inputs: 'params:model.depth', outputs: 'seen_depth', name: 'see_depth' }),
  node(same, { inputs: 'params:greeting', outputs: 'seen_greeting', name: 'see_greeting' }),
  node(same, { inputs: 'params:flag', outputs: 'seen_flag', name: 'see_flag' }),
  node(same, { inputs: 'params:nothing', outputs: 'seen_nothing', name: 'see_nothing' }),
  node(same, { inputs: 'params:rounding', outputs: 'seen_rounding', name: 'see_rounding' }),
  node(same, { inputs: 'params:answer', outputs: 'seen_answer', name: 'see_answer' }),
]);
