/** Everything that two runs at once could confuse: params, injected data, files by param, versions, what is read back. */
import { setImmediate } from 'node:timers/promises';
import { type JsonObject, node, pipeline } from 'kedro-temporal';

type Made = { label: string; numbers: number[] };

async function scale(numbers: number[], factor: number, label: string, hops: number): Promise<Made> {
  for (let hop = 0; hop < hops; hop++) await setImmediate();
  return { label, numbers: numbers.map((each) => each * factor) };
}

export default pipeline([
  node(scale, {
    inputs: ['numbers', 'params:factor', 'params:label', 'params:hops'],
    outputs: 'scaled',
    name: 'scale',
  }),
  node((scaled: Made) => scaled, { inputs: 'scaled', outputs: 'slot_file', name: 'save_slot' }),
  node((scaled: Made) => ({ ...scaled, from: 'history' }), {
    inputs: 'scaled',
    outputs: 'history',
    name: 'save_history',
  }),
  node((slot: Made, history: JsonObject, model: JsonObject, all: JsonObject) => ({ slot, history, model, all }), {
    inputs: ['slot_file', 'history', 'model', 'parameters'],
    outputs: 'seen',
    name: 'read_back',
  }),
]);
