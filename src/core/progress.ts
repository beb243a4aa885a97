import type { RunEvent, RunProgress } from './contract.ts';

/** The progress of a run that has not started. */
export function noProgress(): RunProgress {
  return { total: 0, done: [], saved: [] };
}

/** Adds one event to `progress`, in place: a run has many events, and one owner of its progress. */
export function addEvent(progress: RunProgress, event: RunEvent): void {
  switch (event.type) {
    case 'run-started':
      progress.total = event.nodes.length;
      // What ran when an earlier attempt ended does not run now.
      delete progress.running;
      delete progress.alongside;
      return;
    case 'node-started':
      if (progress.running !== undefined) progress.alongside = [...(progress.alongside ?? []), progress.running];
      progress.running = event.node;
      return;
    case 'node-skipped':
      addOnce(progress.done, event.node);
      return;
    case 'node-finished':
      addOnce(progress.done, event.node);
      endRunning(progress, event.node);
      return;
    case 'dataset-saved':
      addOnce(progress.saved, event.dataset);
      return;
    case 'dataset-loaded':
      return;
    default:
      event satisfies never;
  }
}

function endRunning(progress: RunProgress, node: string): void {
  const others = progress.alongside?.filter((name) => name !== node) ?? [];
  if (progress.running === node) {
    const next = others.pop();
    if (next === undefined) delete progress.running;
    else progress.running = next;
  }
  if (others.length === 0) delete progress.alongside;
  else progress.alongside = others;
}

function addOnce(names: string[], name: string): void {
  if (!names.includes(name)) names.push(name);
}
