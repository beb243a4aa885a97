/** A node that waits for the file "go", with a look at the run's signal or without; before that it may fail, or end its thread. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { node, pipeline, runContext } from 'kedro-temporal';
import { doings, note } from '../journal.ts';

function begin(folder: string, key: string) {
  note(folder, 'begin', key);
  return { key };
}

async function wait(made: { key: string }, folder: string, how: string, failing: number) {
  note(folder, 'wait', made.key);
  const tries = doings(folder).filter((what) => what === 'wait').length;
  if (how === 'exit' && tries === 1) process.exit(1);
  if (tries <= failing) throw new Error(`wait ${tries} fails`);
  const signal = how === 'signal' ? runContext()?.signal : undefined;
  const deadline = Date.now() + 60_000;
  while (!existsSync(path.join(folder, 'go'))) {
    if (Date.now() > deadline) throw new Error('nobody said go');
    await delay(20, undefined, signal === undefined ? {} : { signal });
  }
  note(folder, 'waited', made.key);
  return { waited: made.key };
}

export default pipeline([
  node(begin, { inputs: ['params:folder', 'params:key'], outputs: 'made', name: 'begin' }),
  node(wait, { inputs: ['made', 'params:folder', 'params:how', 'params:failing'], outputs: 'checked', name: 'wait' }),
]);
