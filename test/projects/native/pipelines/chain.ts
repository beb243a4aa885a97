/** Four nodes in a row and one aside; `first`, `third` and `aside_note` are stored, `second` and `fourth` are not. */
import { node, pipeline } from 'kedro-temporal';
import { type Control, pass } from '../control.ts';

const step = (name: string, work: (value: number) => number) => async (value: number, control: Control) => {
  await pass(name, control);
  return work(value);
};

async function note(value: number, control: Control): Promise<string> {
  await pass('aside', control);
  return `first is ${value}`;
}

export default pipeline([
  node(
    step('first', (value) => value + 1),
    { inputs: ['params:start', 'params:control'], outputs: 'first', name: 'first' },
  ),
  node(
    step('second', (value) => value * 10),
    { inputs: ['first', 'params:control'], outputs: 'second', name: 'second' },
  ),
  node(
    step('third', (value) => value + 3),
    { inputs: ['second', 'params:control'], outputs: 'third', name: 'third' },
  ),
  node(
    step('fourth', (value) => -value),
    { inputs: ['third', 'params:control'], outputs: 'fourth', name: 'fourth' },
  ),
  node(note, { inputs: ['first', 'params:control'], outputs: 'aside_note', name: 'aside' }),
]);
