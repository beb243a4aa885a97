/** Tries to change everything it is given; an engine may refuse that or hand out copies. */
import { node, pipeline } from 'kedro-temporal';

type Table = { rows: number[]; by: { name: string } };
type Model = { depth: number; options: { steps: number } };

function tried(change: () => void): void {
  try {
    change();
  } catch {
    // Refused: just as good.
  }
}

function spoil(table: Table, model: Model, given: Table): number {
  for (const each of [table, given]) {
    tried(() => each.rows.push(99));
    tried(() => {
      each.by.name = 'spoiled';
    });
  }
  tried(() => {
    model.depth = 99;
  });
  tried(() => {
    model.options.steps = 99;
  });
  return table.rows.length;
}

export default pipeline([
  node(spoil, { inputs: ['table', 'params:model', 'given'], outputs: 'spoiled', name: 'spoil' }),
]);
