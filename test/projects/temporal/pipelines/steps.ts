/** Three steps: the first one saves, the second keeps its value in memory, the third fails as often as it is told. */
import { node, pipeline, runContext } from 'kedro-temporal';
import { doings, note } from '../journal.ts';

function make(folder: string, key: string) {
  note(folder, 'make', key);
  const value = { key, version: runContext()?.saveVersion };
  return [value, value];
}

function remember(made: { key: string }, folder: string) {
  note(folder, 'remember', made.key);
  return `remembered ${made.key}`;
}

function check(remembered: string, folder: string, failing: number) {
  note(folder, 'check');
  const tries = doings(folder).filter((what) => what === 'check').length;
  if (tries <= failing) throw new Error(`try ${tries} fails`);
  return { remembered, tries };
}

export default pipeline([
  node(make, { inputs: ['params:folder', 'params:key'], outputs: ['made', 'versions'], name: 'make' }),
  node(remember, { inputs: ['made', 'params:folder'], outputs: 'remembered', name: 'remember' }),
  node(check, { inputs: ['remembered', 'params:folder', 'params:failing'], outputs: 'result', name: 'check' }),
]);
